/**
 * Settings and watchlists to one configuration, or to everything that is wrong with them. The parts are checked one by
 * one and go on after a refusal, so that one run names all mistakes of all files. A refused entry still leaves its name
 * behind, so that nothing else is blamed for it. A configuration comes out only when nothing at all was refused.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Watch } from '../domain/target.js'
import { checkWatches, type PlacedWatch } from './check-watches.js'
import type { Configuration, NotifierSchema } from './configuration.js'
import { digestOf } from './digest.js'
import { frozen } from './frozen.js'
import type { Environment } from './interpolate.js'
import { openFile } from './open-file.js'
import { openWatchlists } from './open-watchlists.js'
import { parseSection } from './parse-section.js'
import { inReadingOrder, type Problem } from './problem.js'
import { part, resolveSettings, type Settings } from './resolve-settings.js'
import { resolveWatch } from './resolve-watch.js'
import type { Findings, Section } from './section.js'

export interface ConfigurationContext {
  readonly env: Environment
  readonly notifierKinds: readonly NotifierSchema[]
  /** Told each secret that is revealed, so that logs can be scrubbed of it. */
  onSecret?(value: string): void
}

export type LoadedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

/**
 * Reads `file` and the watchlists it names. Never rejects: whatever is wrong, from a missing file on, is a problem with
 * a place.
 */
export async function loadConfiguration(
  file: string,
  context: ConfigurationContext,
): Promise<LoadedConfiguration> {
  const findings: Findings = { problems: [], warnings: [] }
  const reading = { env: context.env, findings }
  const root = await openFile(file, reading)
  if (!root) return refused(findings, [file])
  const settings = await resolveSettings(root, {
    env: context.env,
    notifierKinds: context.notifierKinds,
    onSecret: (value) => context.onSecret?.(value),
  })
  if (!settings) return refused(findings, [file])
  const watchlists = await openWatchlists(file, settings.watchlists, reading)
  const files = [file, ...watchlists.files]
  const watches = resolveWatches([root, ...watchlists.roots], settings)
  const configuration = configurationOf(settings, watches, files)
  if (findings.problems.length > 0 || !configuration) return refused(findings, files)
  return { ok: true, configuration, warnings: inReadingOrder(findings.warnings, files) }
}

function refused({ problems, warnings }: Findings, files: readonly string[]): LoadedConfiguration {
  return {
    ok: false,
    problems: inReadingOrder(problems, files),
    warnings: inReadingOrder(warnings, files),
  }
}

const listSchema = z.array(z.unknown()).optional()

function resolveWatches(roots: readonly Section[], settings: Settings): Watch[] {
  const defaults = {
    accounts: settings.accountNames,
    notifiers: settings.notifierNames,
    routes: settings.routes,
    polling: settings.polling,
  }
  const placed: PlacedWatch[] = []
  for (const section of roots.flatMap(entriesOf)) {
    const watch = resolveWatch(section, defaults)
    if (watch) placed.push({ watch, section })
  }
  checkWatches(placed)
  return placed.map(({ watch }) => watch)
}

function entriesOf(root: Section): Section[] {
  const section = part(root, 'watches')
  return (parseSection(section, listSchema) ?? []).map((_, index) => section.at(index))
}

/** `undefined` where a part was refused. */
function configurationOf(
  settings: Settings,
  watches: readonly Watch[],
  files: readonly string[],
): Configuration | undefined {
  const { redis, engine, deliveries, http, log, accounts, polling, notifiers } = settings
  if (!redis || !engine || !deliveries || !http || !log) return undefined
  const digest = digestOf({ watches, notifiers: notifiers.keys(), accounts: accounts.values() })
  const absolute = files.map((file) => resolve(file))
  const parts = { redis, engine, deliveries, accounts, polling, notifiers, http, log }
  return frozen({ digest, ...parts, watches, files: absolute })
}
