import { AGES_S, at, CELLS, cellOf } from './age-grid.js'

/**
 * Seconds from `ageS` until the polls due since, ∫ density, add up to one. With density sqrt(w·h/(2·price)) this is the
 * high-rate limit of the best plan (Keller 1974; Cho & Garcia-Molina 2003 for web pages): a step sqrt(2·price/(w·h))
 * where the hazard h is level, shorter where a peak is ahead.
 */
export function squareRootStepS(density: Float64Array, ageS: number): number {
  let due = 1
  let fromS = ageS
  for (let cell = cellOf(ageS); cell < CELLS - 1; cell += 1) {
    const toS = at(AGES_S, cell + 1)
    const polls = at(density, cell) * (toS - fromS)
    if (polls >= due) return fromS + due / at(density, cell) - ageS
    due -= polls
    fromS = toS
  }
  const beyond = at(density, CELLS - 1)
  return Math.max(0, fromS - ageS) + (beyond > 0 ? due / beyond : Infinity)
}
