import { AGES_S, at, CELLS, cellOf } from './age-grid.js'

export interface Hazard {
  /** By cell. */
  readonly hazard: Float64Array
  readonly priceS: number
}

/**
 * Seconds from `ageS` until the polls due since, ∫ density, add up to one. With density sqrt(w·h/(2·price)) this is the
 * high-rate limit of the best plan (Keller 1974; Cho & Garcia-Molina 2003 for web pages): a step sqrt(2·price/(w·h))
 * where the hazard h is level, shorter where a peak is ahead.
 */
export function squareRootStepS({ hazard, priceS }: Hazard, ageS: number): number {
  let due = Math.sqrt(2 * priceS)
  let fromS = ageS
  for (let cell = cellOf(ageS); cell < CELLS - 1; cell += 1) {
    const toS = at(AGES_S, cell + 1)
    const density = Math.sqrt(at(hazard, cell))
    const polls = density * (toS - fromS)
    if (polls >= due) return fromS + due / density - ageS
    due -= polls
    fromS = toS
  }
  const beyond = Math.sqrt(at(hazard, CELLS - 1))
  return Math.max(0, fromS - ageS) + (beyond > 0 ? due / beyond : Infinity)
}
