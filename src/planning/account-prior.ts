/**
 * What is expected of a build whose job has no history yet: how ln(duration) of the account's builds is spread. Begins at
 * a median of 8 minutes and learns with weight 1/(n + 8), never below 0.05, so that it follows an account that changes.
 */
export interface AccountPrior {
  /** Builds it has learned from. */
  readonly builds: number
  /** Mean of ln(duration in seconds). */
  readonly meanLn: number
  readonly sdLn: number
}

export const FRESH_PRIOR: AccountPrior = { builds: 0, meanLn: Math.log(480), sdLn: 1.3 }

const HEAD_START = 8
const LEAST_WEIGHT = 0.05
const SHORTEST_MS = 1000

/** The prior after one more build has concluded. Durations under a second count as one. */
export function learnedPrior(prior: AccountPrior, durationMs: number): AccountPrior {
  if (!Number.isFinite(durationMs)) return prior
  const ln = Math.log(Math.max(SHORTEST_MS, durationMs) / 1000)
  const weight = Math.max(LEAST_WEIGHT, 1 / (prior.builds + HEAD_START))
  const off = ln - prior.meanLn
  return {
    builds: prior.builds + 1,
    meanLn: prior.meanLn + weight * off,
    sdLn: Math.sqrt((1 - weight) * (prior.sdLn ** 2 + weight * off ** 2)),
  }
}
