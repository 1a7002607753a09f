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

export interface Usage {
  /** Requests of this window: all that the API counts, and ours among them, those under way included. */
  readonly used: number
  readonly ours: number
  readonly remaining: number
  /** Since the last call a window began. */
  readonly isNewWindow: boolean
}

/**
 * Within a window the requests of others only grow: what is under way is counted twice for a moment, or not yet, and that must
 * not count as theirs. Nor may a 429, which tells that nothing is left, and not who has had it.
 */
export function nextOthers(
  before: Others,
  { used, ours, remaining, isNewWindow }: Usage,
  now: number,
): Others {
  if (remaining === 0) return { ...before, at: now }
  const theirs = Math.max(0, used - ours)
  const seen = isNewWindow ? theirs : Math.max(theirs, before.seen)
  const sinceS = (now - before.at) / 1000
  if (before.at === 0 || sinceS <= 0) return { perS: before.perS, seen, at: now }
  const more = isNewWindow ? seen : seen - before.seen
  const weight = 1 - Math.exp(-sinceS / SMOOTHING_S)
  return { perS: before.perS + weight * (more / sinceS - before.perS), seen, at: now }
}
