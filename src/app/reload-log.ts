/**
 * What the log says of a reload: what was wrong, what stays as it was, and what is different now. What is different is always
 * said; that nothing is, or that all is refused once more, only so often, and goes to the debug log otherwise.
 */
import type { Clock, Logger } from '../domain/ports.js'
import type { ActiveConfiguration } from './live-configuration.js'
import type { NextVersion } from './next-version.js'
import { createProblemLog } from './problem-log.js'
import { createReloadStorm } from './reload-storm.js'
import type { ValidSettings } from './settings.js'

export interface ReloadLog {
  refused(problems: readonly string[]): void
  swapped(before: ActiveConfiguration, next: NextVersion): void
  broken(error: unknown): void
}

const SHOWN_NAMES = 20

export function createReloadLog({
  first,
  clock,
  logger,
}: {
  readonly first: ValidSettings
  readonly clock: Clock
  readonly logger: Logger
}): ReloadLog {
  const tellProblems = createProblemLog(logger, clock)
  const storm = createReloadStorm(clock)
  let warnings = new Set(first.warnings)
  let refusalTold = false

  function tellWarnings(now: readonly string[]): void {
    for (const warning of now) if (!warnings.has(warning)) logger.warn({}, warning)
    warnings = new Set(now)
  }

  /** One line for a reload that came to nothing, where it may be said. Answers whether it was. */
  function tellFailure(kind: 'refused' | 'cut short', fields: object, message: string): boolean {
    const leave = storm(kind)
    if (leave) logger.error(withCount(fields, leave.alike), message)
    else logger.debug(fields, message)
    return leave !== undefined
  }

  return {
    refused(problems) {
      tellProblems(problems)
      const fields = { problems: problems.length }
      if (tellFailure('refused', fields, 'reload refused; everything stays as it was')) refusalTold = true
    },
    swapped(before, next) {
      const { settings, changes } = next
      tellProblems(settings.problems)
      tellWarnings(settings.warnings)
      const mended = mendedFiles(before, next)
      const isNews =
        refusalTold || mended.length > 0 || Object.keys(changes).length > 0 || hasNewlyBad(before, next)
      refusalTold = false
      const leave = isNews ? { alike: 0 } : storm('same')
      tellSwap(next, { mended, logger: leave ? logger : onlyDebug(logger), alike: leave?.alike ?? 0 })
    },
    broken(error) {
      tellFailure('cut short', { error }, 'reload was cut short; everything stays as it was')
    },
  }
}

function tellSwap(
  { settings, restart, changes }: NextVersion,
  { mended, logger, alike }: { mended: readonly string[]; logger: Logger; alike: number },
): void {
  if (settings.badFiles.length > 0)
    logger.error({ files: settings.badFiles }, 'these watchlists are bad and stay as they were')
  if (mended.length > 0) logger.info({ files: mended }, 'these watchlists are good again, and in force')
  if (restart.length > 0)
    logger.warn(
      { sections: restart },
      'these sections have changed and are not in force; restart the daemon to apply them',
    )
  const fields = Object.entries(changes).map(([what, names]) => [what, shortened(names)])
  const same = restart.length > 0 ? 'reloaded; nothing else is different' : 'reloaded; nothing is different'
  logger.info(withCount(Object.fromEntries(fields), alike), fields.length === 0 ? same : 'reloaded')
}

/** Those that were bad, still belong to the configuration, and are as they stand there again. */
function mendedFiles({ configuration: before }: ActiveConfiguration, { version }: NextVersion): string[] {
  const { files, badFiles } = version.configuration
  return [...before.badFiles.keys()].filter((file) => files.includes(file) && !badFiles.has(file))
}

function hasNewlyBad({ configuration: before }: ActiveConfiguration, { version }: NextVersion): boolean {
  return [...version.configuration.badFiles.keys()].some((file) => !before.badFiles.has(file))
}

function onlyDebug(logger: Logger): Logger {
  const debug: Logger['debug'] = (fields, message) => logger.debug(fields, message)
  return { ...logger, info: debug, warn: debug, error: debug }
}

function withCount(fields: object, alike: number): object {
  return alike === 0 ? fields : { ...fields, alike }
}

function shortened(names: readonly string[]): readonly string[] {
  if (names.length <= SHOWN_NAMES) return names
  return [...names.slice(0, SHOWN_NAMES), `and ${names.length - SHOWN_NAMES} more`]
}
