/**
 * When to probe a target next: plain exponential backoff. Pure, so that another strategy can take its place.
 * After a good probe the pause grows by 1.5 from the minimum to the maximum interval; after a failed one it doubles on a
 * schedule of its own, because an API in trouble says nothing about the build.
 */
import type { ErrorCode } from '../domain/errors.js'
import type { Pacing, PollingRails } from '../domain/target.js'

const GROWTH = 1.5
const JITTER = 0.2
/** After a 429 the polls of an account come back spread over this span. */
const THROTTLE_SPREAD_MS = 5000

interface ErrorBackoff {
  readonly firstMs: number
  readonly capMs: number
}

const TRANSIENT: ErrorBackoff = { firstMs: 2000, capMs: 60_000 }
/** A person has to act, or the build has only just been created. */
const PERSISTENT: ErrorBackoff = { firstMs: 5000, capMs: 300_000 }

const PERSISTENT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'API_UNAUTHORIZED',
  'API_FORBIDDEN',
  'API_NOT_FOUND',
  'API_WRONG_ROUTE',
  'SECRET_UNREADABLE',
])

/** Pause in ms after a good probe, spread evenly ±20 % around the backoff and never outside the rails. */
export function cadenceMs(pacing: Pacing, rails: PollingRails, random: number): number {
  const growth = GROWTH ** Math.min(Math.max(0, pacing.polls - 1), 64)
  const base = Math.min(rails.minIntervalMs * growth, rails.maxIntervalMs)
  const lowest = Math.max(rails.minIntervalMs, base * (1 - JITTER))
  const highest = Math.min(rails.maxIntervalMs, base * (1 + JITTER))
  return Math.round(lowest + (highest - lowest) * random)
}

export interface ProbeFailure {
  readonly code: ErrorCode
  readonly resetInMs: number | undefined
}

/** Pause in ms after `errors` failed probes in a row. */
export function errorBackoffMs(failure: ProbeFailure, errors: number, random: number): number {
  if (failure.code === 'API_THROTTLED')
    return Math.round((failure.resetInMs ?? 60_000) + random * THROTTLE_SPREAD_MS)
  const { firstMs, capMs } = PERSISTENT_CODES.has(failure.code) ? PERSISTENT : TRANSIENT
  const base = Math.min(firstMs * 2 ** Math.min(Math.max(0, errors - 1), 32), capMs)
  return Math.round(base * (1 - JITTER + 2 * JITTER * random))
}
