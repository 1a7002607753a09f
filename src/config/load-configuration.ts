/**
 * Settings and watchlists to one configuration, or to everything that is wrong with them. The parts are checked one by
 * one and go on after a refusal, so that one run names all mistakes of all files. A refused entry still leaves its name
 * behind, so that nothing else is blamed for it. A configuration comes out only when nothing at all was refused, or nothing
 * but watchlists that may be bad.
 */
import { resolve } from 'node:path'
import type { Watch } from '../domain/target.js'
import { accountRoutesOf } from './account-routes.js'
import type { PlacedWatch } from './check-watches.js'
import type { BadFile, Configuration, NotifierSchema, RedisSettings } from './configuration.js'
import { digestOf } from './digest.js'
import { frozen } from './frozen.js'
import type { Environment } from './interpolate.js'
import { type LoadedWatchlists, loadWatchlists } from './load-watchlists.js'
import { nameWatchlists } from './name-watchlists.js'
import { openText } from './open-text.js'
import { inReadingOrder, type Problem } from './problem.js'
import { readText } from './read-text.js'
import { resolveSettings, type Settings } from './resolve-settings.js'
import type { WatchDefaults } from './resolve-watch.js'
import type { Findings, Section } from './section.js'
import { watchesIn, watchesInWatchlist } from './watches-in.js'

export interface ConfigurationContext {
  readonly env: Environment
  readonly notifierKinds: readonly NotifierSchema[]
  /** A notifier of the user's own, by its path or package, as seen from the settings file. Rejects with CONFIG_INVALID. */
  findPlugIn?(type: string, settingsFile: string): Promise<NotifierSchema | undefined>
  /** What is wrong with a route's Liquid template, to follow it in a sentence; `undefined`: nothing is. */
  readonly checkTemplate?: (template: string) => string | undefined
  /** Told each secret that is revealed, so that logs can be scrubbed of it. */
  onSecret?(value: string): void
  /**
   * The texts of watchlists that were last in force, by absolute path. Where it is given, empty or not, bad watchlists are
   * replaced by them or left out; where it is absent, any problem refuses all.
   */
  readonly lastGood?: ReadonlyMap<string, string>
  /** Epoch ms; the present by default. */
  readonly now?: number
}

export type LoadedConfiguration =
  | {
      readonly ok: true
      readonly configuration: Configuration
      readonly warnings: readonly Problem[]
      /** What is wrong with the watchlists that were replaced or left out (`configuration.badFiles`), as they are now. */
      readonly refused: readonly Problem[]
      /** Of the watchlists in force, by absolute path: the `lastGood` of the next time. */
      readonly texts: ReadonlyMap<string, string>
      /** Of the settings file. */
      readonly settingsText: string
      /** Paths and globs of watchlists as the settings name them, for {@link fingerprint}. */
      readonly patterns: readonly string[]
    }
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
      /** Where the data is, if that much could be read: commands that only look need no more. */
      readonly redis?: RedisSettings
    }

/**
 * Reads `file` and the watchlists it names. Never rejects: whatever is wrong, from a missing file on, is a problem with
 * a place.
 */
export async function loadConfiguration(
  file: string,
  context: ConfigurationContext,
): Promise<LoadedConfiguration> {
  const findings: Findings = { problems: [], warnings: [] }
  const source = await readText(file)
  const root = await openText({ name: file, ...source }, { env: context.env, findings })
  const settings =
    root &&
    (await resolveSettings(root, {
      onSecret: () => undefined,
      ...context,
      findPlugIn: async (type) => context.findPlugIn?.(type, file),
    }))
  if (!settings) return refused(findings, [file])
  const { lastGood } = context
  const files = await nameWatchlists(
    file,
    settings.watchlists,
    (path) => lastGood?.has(resolve(path)) ?? false,
  )
  const loaded = await watchlistsOf({ file, root, settings, files }, context)
  const all = [file, ...files]
  const { inForce, problems, badFiles, own } = loaded
  const current = inForce.filter(({ standing }) => standing === 'current')
  findings.warnings.push(...current.flatMap((list) => list.findings.warnings))
  const watches = [...own, ...inForce.flatMap((list) => list.watches)].map(({ watch }) => watch)
  const configuration = configurationOf(settings, { watches, files: all, badFiles })
  const isRefused = findings.problems.length > 0 || (!lastGood && problems.length > 0)
  findings.problems.push(...problems)
  if (isRefused || !configuration) return { ...refused(findings, all), ...redisOf(settings) }
  return {
    ok: true,
    configuration,
    warnings: inReadingOrder(findings.warnings, all),
    refused: inReadingOrder(problems, all),
    texts: new Map(inForce.map(({ path, text }) => [path, text])),
    settingsText: source.text,
    patterns: settings.watchlists.map(({ value }) => String(value)),
  }
}

interface Reading {
  readonly file: string
  readonly root: Section
  readonly settings: Settings
  readonly files: readonly string[]
}

/** The watches of all files, those of the settings file apart: it is good, or nothing is. */
async function watchlistsOf(
  { file, root, settings, files }: Reading,
  { env, lastGood, now = Date.now(), checkTemplate }: ConfigurationContext,
): Promise<LoadedWatchlists & { readonly own: readonly PlacedWatch[] }> {
  const defaults: WatchDefaults = {
    accounts: settings.accountNames,
    notifiers: settings.notifierNames,
    routes: settings.routes,
    quietHours: settings.quietHours,
    polling: settings.polling,
    catchUpMs: settings.catchUpMs,
    buildsMs: settings.retention?.buildsMs,
    now,
    ...(checkTemplate ? { checkTemplate } : {}),
  }
  const own = watchesIn(root, defaults)
  const loaded = await loadWatchlists(files, {
    env,
    lastGood,
    settingsFile: file,
    own,
    watchesIn: (section) => watchesInWatchlist(section, { ...defaults, settingsFile: file }),
  })
  return { ...loaded, own }
}

function redisOf({ redis }: Settings): { readonly redis?: RedisSettings } {
  return redis ? { redis } : {}
}

function refused(
  { problems, warnings }: Findings,
  files: readonly string[],
): LoadedConfiguration & { readonly ok: false } {
  return {
    ok: false,
    problems: inReadingOrder(problems, files),
    warnings: inReadingOrder(warnings, files),
  }
}

interface InForce {
  readonly watches: readonly Watch[]
  /** As they are called in messages, the settings file first. */
  readonly files: readonly string[]
  readonly badFiles: ReadonlyMap<string, BadFile>
}

/** `undefined` where a part was refused. */
function configurationOf(
  settings: Settings,
  { watches, files, badFiles }: InForce,
): Configuration | undefined {
  const { redis, engine, deliveries, retention, stuck, http, log, accounts, polling, strategy, notifiers } =
    settings
  const { routes, digestSchedule, messages } = settings
  if (!redis || !engine || !deliveries || !retention || !stuck || !messages || !log) return undefined
  const wanted = {
    watches,
    accounts,
    accountRoutes: accountRoutesOf({ accounts: settings.accountNames, routes, watches }),
    retention,
    stuck,
    ...(digestSchedule ? { digestSchedule } : {}),
  }
  return frozen({
    ...wanted,
    digest: digestOf({ ...wanted, notifiers: notifiers.keys() }),
    redis,
    engine,
    deliveries,
    messages,
    strategy,
    polling,
    notifiers,
    notify: routes,
    http,
    log,
    files: files.map((file) => resolve(file)),
    badFiles,
  })
}
