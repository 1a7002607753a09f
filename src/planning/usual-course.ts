/** Where a build stands beside what builds of its job usually do. */
import { AGES_S, at, CELLS, cellOf } from './age-grid.js'
import type { DurationModel } from './duration-model.js'

export interface UsualCourse {
  readonly medianMs: number
  /** Nine of ten have ended by then. */
  readonly p90Ms: number
  /** Expected share done, 0 to 1; 1 never comes before the build has ended. */
  readonly progress: number
  /** As likely more as less; `undefined` for who has outlived nine of ten, where nobody can tell. */
  readonly leftMs: number | undefined
}

const MOST_PROGRESS = 0.99

export function usualCourse({ survival }: DurationModel, ageMs: number): UsualCourse {
  const ageS = Math.max(0, ageMs / 1000)
  const here = at(survival, cellOf(ageS))
  const p90S = ageAtS(survival, 0.1)
  const leftS = Math.max(0, ageAtS(survival, here / 2) - ageS)
  const progress = Math.min(MOST_PROGRESS, ageS / Math.max(ageS + leftS, 1))
  return {
    medianMs: Math.round(1000 * ageAtS(survival, 0.5)),
    p90Ms: Math.round(1000 * p90S),
    progress,
    leftMs: ageS > p90S ? undefined : Math.round(1000 * leftS),
  }
}

/** The age that this share of all builds outlives. */
function ageAtS(survival: Float64Array, share: number): number {
  let [low, high] = [0, CELLS - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(survival, middle) > share) low = middle + 1
    else high = middle
  }
  return at(AGES_S, low)
}
