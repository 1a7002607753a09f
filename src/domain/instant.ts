/**
 * Instants are epoch milliseconds inside the daemon and ISO 8601 text in events. The API gives `createdAt` as ISO 8601
 * and `buildConcludedAt` as a number of undocumented unit: seconds in its only example, where the build also concludes
 * before it was created. So a value is normalised when it can be read, dropped when it cannot, and never trusted in order.
 */

const EARLIEST_AT = Date.UTC(2015, 0, 1)
const SKEW_MS = 24 * 3_600_000
/** Seconds stay below this until the year 5138; milliseconds are above it since 1973. */
const SECONDS_BELOW = 1e11

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?$/

/**
 * `createdAt` as epoch ms, or `undefined` when it is no plausible ISO 8601 instant (the zero times of other languages are
 * none). One without an offset is read as UTC: the zone of the daemon's machine has nothing to do with it.
 */
export function normaliseCreatedAt(value: unknown): number | undefined {
  const match = typeof value === 'string' ? ISO_INSTANT.exec(value) : null
  if (!match) return undefined
  const [text, offset] = match
  const at = Date.parse(offset === undefined ? `${text}Z` : text)
  return at >= EARLIEST_AT ? at : undefined
}

/** `buildConcludedAt` (seconds or milliseconds) as epoch ms, or `undefined` when it is nonsense at `observedAt`. */
export function normaliseConcludedAt(value: unknown, observedAt: number): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const at = Math.round(value < SECONDS_BELOW ? value * 1000 : value)
  return at >= EARLIEST_AT && at <= observedAt + SKEW_MS ? at : undefined
}

/** Epoch ms as ISO 8601 text in UTC. */
export function isoInstant(at: number): string {
  return new Date(at).toISOString()
}
