import type { Configuration } from '../config/configuration.js'
import { loadConfiguration } from '../config/load-configuration.js'
import { formatProblem } from '../config/problem.js'
import { NOTIFIER_KINDS } from '../notify/registry.js'
import { createScrubber, type Scrubber } from '../telemetry/scrubber.js'

export type Environment = Readonly<Record<string, string | undefined>>

export type CheckedSettings =
  | {
      readonly kind: 'valid'
      readonly configuration: Configuration
      readonly warnings: readonly string[]
      readonly scrubber: Scrubber
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[]; readonly warnings: readonly string[] }

/** Reads the settings file and its watchlists. Every secret revealed later teaches the scrubber. */
export async function checkSettings(file: string, env: Environment): Promise<CheckedSettings> {
  const scrubber = createScrubber()
  const loaded = await loadConfiguration(file, {
    env,
    notifierKinds: NOTIFIER_KINDS,
    onSecret: (value) => scrubber.add(value),
  })
  const warnings = loaded.warnings.map(formatProblem)
  if (!loaded.ok) return { kind: 'invalid', problems: loaded.problems.map(formatProblem), warnings }
  return { kind: 'valid', configuration: loaded.configuration, warnings, scrubber }
}
