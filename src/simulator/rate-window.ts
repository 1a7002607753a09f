/** The account's allowance as Northflank documents it: a fixed window that starts at the first request. */
export interface RateWindow {
  /** Counts one request; answers whether it was still allowed. */
  take(now: number): boolean
  /** The three headers of every answer; the reset is in whole real seconds to go. */
  headers(now: number): Record<string, string>
  /** Requests that were allowed in each window so far. */
  readonly counts: readonly number[]
}

export function createRateWindow({ limit, windowMs }: { limit: number; windowMs: number }): RateWindow {
  const counts: number[] = []
  let startedAt = Number.NEGATIVE_INFINITY
  const used = (now: number): number => (now < startedAt + windowMs ? (counts.at(-1) ?? 0) : 0)
  return {
    counts,
    take(now) {
      if (now >= startedAt + windowMs) {
        startedAt = now
        counts.push(0)
      }
      if (used(now) >= limit) return false
      counts[counts.length - 1] = used(now) + 1
      return true
    },
    headers(now) {
      const leftMs = startedAt + windowMs - now
      return {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - used(now))),
        'x-ratelimit-reset': String(Math.ceil((leftMs > 0 ? leftMs : windowMs) / 1000)),
      }
    },
  }
}
