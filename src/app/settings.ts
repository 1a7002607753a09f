import { isDeepStrictEqual } from 'node:util'
import type { Configuration, NotifierSettings, RedisSettings } from '../config/configuration.js'
import { fingerprint } from '../config/fingerprint.js'
import { loadConfiguration } from '../config/load-configuration.js'
import { formatProblem } from '../config/problem.js'
import { BuildwatchdError } from '../domain/errors.js'
import { findPlugIn } from '../notify/plug-in-kind.js'
import { NOTIFIER_KINDS } from '../notify/registry.js'
import { createTemplateCheck } from '../notify/template.js'
import { createScrubber, type Scrubber } from '../telemetry/scrubber.js'
import { isExecAllowed, openNotifiers } from './notifiers.js'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ValidSettings {
  readonly kind: 'valid'
  readonly configuration: Configuration
  readonly warnings: readonly string[]
  /** What is wrong with the watchlists in `badFiles`; the settings file and all others are good. */
  readonly problems: readonly string[]
  /** Watchlists for which their last good version stands in, or that are left out. */
  readonly badFiles: readonly string[]
  /** Of the watchlists in force, by absolute path. */
  readonly texts: ReadonlyMap<string, string>
  /** Of the settings file, to tell whether it has changed. */
  readonly settingsText: string
  readonly scrubber: Scrubber
  /** Reads the same files again. */
  readonly reader: SettingsReader
}

interface InvalidSettings {
  readonly kind: 'invalid'
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  /** Where the data is, if that much could be read. */
  readonly redis?: RedisSettings
}

export type CheckedSettings = ValidSettings | InvalidSettings

export interface SettingsReader {
  /** Watchlists that are bad now stay as they are in `lastGood`. */
  load(lastGood?: ValidSettings): Promise<CheckedSettings>
  /** Of all that the files hold, and of which there are. */
  fingerprint(): Promise<string>
  /** The fingerprint just before the last {@link load}, whatever became of that. */
  lastRead(): string
}

export interface CheckOptions {
  /** Whatever is wrong with a watchlist refuses all; without it, a bad one is left out and told of in `problems`. */
  readonly strict?: boolean
}

/** Reads the settings file and its watchlists. Every secret revealed later teaches the scrubber. */
export function checkSettings(
  file: string,
  env: Environment,
  { strict = false }: CheckOptions = {},
): Promise<CheckedSettings> {
  return createSettingsReader(file, { env, strict }).load()
}

/** What the kinds themselves have against their options and secrets, taken together. */
function unusableNotifiers({ notifiers, files }: Configuration, env: Environment): string[] {
  const means = { clock: { now: Date.now }, out: () => undefined, allowExec: isExecAllowed(env) }
  const tried = (settings: NotifierSettings): string[] => {
    try {
      openNotifiers([settings], means)
      return []
    } catch (error) {
      if (error instanceof BuildwatchdError) return [`${files[0]}: ${error.message}`]
      throw error
    }
  }
  return [...notifiers.values()].flatMap(tried)
}

function createSettingsReader(
  file: string,
  { env, strict }: { env: Environment; strict: boolean },
): SettingsReader {
  const scrubber = createScrubber()
  const context = {
    env,
    notifierKinds: NOTIFIER_KINDS,
    findPlugIn,
    checkTemplate: createTemplateCheck(),
    onSecret: (value: string) => scrubber.add(value),
  }
  let lastRead = ''
  let patterns: readonly string[] = []
  const reader: SettingsReader = {
    async load(lastGood) {
      const before = await reader.fingerprint()
      const standIns = strict ? {} : { lastGood: lastGood?.texts ?? new Map<string, string>() }
      const loaded = await loadConfiguration(file, { ...context, ...standIns })
      const warnings = loaded.warnings.map(formatProblem)
      // The patterns may be others now: what they match is then to be looked at, too.
      const isLookedAt = !loaded.ok || isDeepStrictEqual(loaded.patterns, patterns)
      if (loaded.ok) patterns = loaded.patterns
      lastRead = isLookedAt ? before : await reader.fingerprint()
      if (!loaded.ok) {
        const { problems, redis } = loaded
        const invalid = { kind: 'invalid', problems: problems.map(formatProblem), warnings } as const
        return redis ? { ...invalid, redis } : invalid
      }
      const { configuration, texts, settingsText } = loaded
      const unusable = unusableNotifiers(configuration, env)
      if (unusable.length > 0) return { kind: 'invalid', problems: unusable, warnings }
      return {
        kind: 'valid',
        configuration,
        warnings,
        problems: loaded.refused.map(formatProblem),
        badFiles: [...configuration.badFiles.keys()],
        texts,
        settingsText,
        scrubber,
        reader,
      }
    },
    fingerprint: () => fingerprint(file, patterns),
    lastRead: () => lastRead,
  }
  return reader
}
