/**
 * What everyone else on the account asks for: where `remaining` falls faster than we spend, the difference is theirs. An
 * exponentially weighted mean over ten minutes, in requests a second.
 */
export interface Others {
  readonly perS: number
  /** Requests of others that had been seen in this window. */
  readonly seen: number
  /** Epoch ms. */
  readonly at: number
}

export const NOBODY_ELSE: Others = { perS: 0, seen: 0, at: 0 }

const SMOOTHING_S = 600

/** @param usage requests of this window: all that the API counts, and ours among them, those under way included. */
export function nextOthers(before: Others, usage: { used: number; ours: number }, now: number): Others {
  const seen = Math.max(0, usage.used - usage.ours)
  const sinceS = (now - before.at) / 1000
  if (before.at === 0 || sinceS <= 0) return { perS: before.perS, seen, at: now }
  // In a new window the count begins anew.
  const more = seen >= before.seen ? seen - before.seen : seen
  const weight = 1 - Math.exp(-sinceS / SMOOTHING_S)
  return { perS: before.perS + weight * (more / sinceS - before.perS), seen, at: now }
}
