/** What the log says of a reload: what was wrong, what stays as it was, and what is different now. */
import type { Clock, Logger } from '../domain/ports.js'
import { configurationChanges } from './configuration-changes.js'
import type { ActiveConfiguration } from './live-configuration.js'
import type { NextVersion } from './next-version.js'
import { createProblemLog } from './problem-log.js'
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
  let warnings = new Set(first.warnings)

  function tellWarnings(now: readonly string[]): void {
    for (const warning of now) if (!warnings.has(warning)) logger.warn({}, warning)
    warnings = new Set(now)
  }

  return {
    refused(problems) {
      tellProblems(problems)
      logger.error({ problems: problems.length }, 'reload refused; everything stays as it was')
    },
    swapped(before, { version, settings, restart }) {
      tellProblems(settings.problems)
      tellWarnings(settings.warnings)
      if (settings.badFiles.length > 0)
        logger.error({ files: settings.badFiles }, 'these watchlists are bad and stay as they were')
      if (restart.length > 0)
        logger.warn(
          { sections: restart },
          'these sections have changed too; restart the daemon to apply them',
        )
      const changes = Object.entries(configurationChanges(before.configuration, version.configuration))
      const fields = Object.fromEntries(changes.map(([what, names]) => [what, shortened(names)]))
      logger.info(fields, changes.length === 0 ? 'reloaded; nothing is different' : 'reloaded')
    },
    broken: (error) => logger.error({ error }, 'reload was cut short; everything stays as it was'),
  }
}

function shortened(names: readonly string[]): readonly string[] {
  if (names.length <= SHOWN_NAMES) return names
  return [...names.slice(0, SHOWN_NAMES), `and ${names.length - SHOWN_NAMES} more`]
}
