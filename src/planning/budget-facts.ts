/** What an account may still ask for. Requests and ms. */
export interface BudgetFacts {
  readonly limit: number
  /** Left of the window, by the API's word. */
  readonly remaining: number
  readonly resetInMs: number
  /** Requests that planned polls leave to others. */
  readonly reserve: number
  /** Requests a second of everyone else on the account; 0 if unknown. */
  readonly othersPerS: number
}

const WINDOW_S = 3600
/** So near to its end a window says little of the rate that will hold. */
const LEAST_HORIZON_S = 120
const LEAST_SHARE = 0.05

/**
 * Requests a second that planned polls may make: what is left of the window over the time that is left of it, or over two
 * minutes, into which the next window then counts. Never less than a twentieth of an untouched window's rate, so that a
 * price can be formed when nothing is left; the governor still refuses.
 */
export function affordablePerS({ limit, remaining, resetInMs, reserve, othersPerS }: BudgetFacts): number {
  const evenPerS = Math.max(1, limit - reserve) / WINDOW_S
  const resetInS = Math.max(0, resetInMs / 1000)
  const horizonS = Math.max(resetInS, LEAST_HORIZON_S)
  const left = Math.max(0, remaining - reserve) + (horizonS - resetInS) * evenPerS
  return Math.max(LEAST_SHARE * evenPerS, left / horizonS - othersPerS)
}
