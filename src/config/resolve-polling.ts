import type { PollingStrategy } from '../domain/cadence.js'
import type { PollingRails } from '../domain/target.js'
import { formatDuration } from './duration.js'
import { isOutside, msAt } from './duration-at.js'
import type { Section } from './section.js'

const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 7 * 86_400_000
const MIN_TIMEOUT_MS = 100
const MAX_TIMEOUT_MS = 600_000

/** Who has learned when to ask needs no rail but for what goes wrong; with thousands of jobs the budget allows no more. */
export const DEFAULT_RAILS: Readonly<Record<PollingStrategy, PollingRails>> = {
  learned: { minIntervalMs: 2000, maxIntervalMs: 3_600_000, timeoutMs: 15_000 },
  backoff: { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 },
}

const KEYS = ['min_interval', 'max_interval', 'timeout']

/** The rails of the settings or of one watch, on top of those around it; `undefined` after they have been refused. */
export function resolvePolling(section: Section, around: PollingRails): PollingRails | undefined {
  if (!KEYS.some((key) => section.has(key))) return around
  const rails = {
    minIntervalMs: msAt(section.at('min_interval')) ?? around.minIntervalMs,
    maxIntervalMs: msAt(section.at('max_interval')) ?? around.maxIntervalMs,
    timeoutMs: msAt(section.at('timeout')) ?? around.timeoutMs,
  }
  const refused = [
    isOutside(section.at('min_interval'), rails.minIntervalMs, [MIN_INTERVAL_MS, MAX_INTERVAL_MS]),
    isOutside(section.at('max_interval'), rails.maxIntervalMs, [MIN_INTERVAL_MS, MAX_INTERVAL_MS]),
    isOutside(section.at('timeout'), rails.timeoutMs, [MIN_TIMEOUT_MS, MAX_TIMEOUT_MS]),
  ].includes(true)
  // One mistake is reported once: what cannot be read says nothing of the other.
  const unread = KEYS.some((key) => section.has(key) && msAt(section.at(key)) === undefined)
  return refused || unread || crossed(section, rails) ? undefined : rails
}

/** Complains where the reader wrote something: the other of the two may be a default or stand in another file. */
function crossed(section: Section, { minIntervalMs, maxIntervalMs }: PollingRails): boolean {
  if (minIntervalMs <= maxIntervalMs) return false
  const least = formatDuration(minIntervalMs)
  const most = formatDuration(maxIntervalMs)
  const [min, max] = [section.at('min_interval'), section.at('max_interval')]
  if (min.source === undefined && max.source !== undefined) {
    max.refuse(`${most} is below the min_interval of ${least}; raise it, or set a lower min_interval too`)
  } else {
    min.refuse(`${least} is above the max_interval of ${most}; lower it, or set a higher max_interval too`)
  }
  return true
}
