/** What is expected of a list in the time ahead: all on one grid of times since its last answer, in seconds. */
import { AGES_S, at, CELLS, cellOf } from './age-grid.js'
import type { DurationModel } from './duration-model.js'

export interface FeedOutlook {
  /** Ages of the builds seen unfinished, in seconds. */
  readonly agesS: readonly number[]
  /** Builds a second that start unseen; 0 where each start is told. */
  readonly unseenPerS: number
  readonly weight: number
}

const FIRST_WIDTH_S = 1
const GROWTH = 0.1
const HORIZON_S = 86_400

/** Each width is 10 % of the time before it, so that a peak ahead is seen and few cells reach a day. */
export const TIMES_S: Float64Array = timesUntil(HORIZON_S)

function timesUntil(lastS: number): Float64Array {
  const times: number[] = []
  for (let timeS = 0; timeS < lastS; timeS += Math.max(FIRST_WIDTH_S, timeS * GROWTH)) times.push(timeS)
  return Float64Array.from([...times, lastS])
}

/** Where the times lie on the age grid: no logarithm is taken per plan. */
const CELLS_OF_TIMES: Int16Array = Int16Array.from(TIMES_S, cellOf)

export interface KnownBuilds {
  /** By time: how many of them have not ended, as expected. */
  readonly unfinished: Float64Array
  /** By time: P(any of them has not ended). */
  readonly left: Float64Array
}

/** Of builds that were seen unfinished at these ages, in seconds. */
export function knownAhead({ survival }: DurationModel, agesS: readonly number[]): KnownBuilds {
  const unfinished = new Float64Array(TIMES_S.length)
  const left = new Float64Array(TIMES_S.length)
  for (const ageS of agesS) {
    let cell = cellOf(ageS)
    const before = survivalAt(survival, cell, ageS)
    for (let time = 0; time < TIMES_S.length; time += 1) {
      const thenS = ageS + at(TIMES_S, time)
      while (cell < CELLS - 1 && at(AGES_S, cell + 1) <= thenS) cell += 1
      const lasting = survivalAt(survival, cell, thenS) / before
      unfinished[time] = at(unfinished, time) + lasting
      left[time] = at(left, time) + (1 - at(left, time)) * lasting
    }
  }
  return { unfinished, left }
}

/** A line over each cell; past the grid it stays. */
function survivalAt(survival: Float64Array, cell: number, ageS: number): number {
  if (cell >= CELLS - 1) return at(survival, CELLS - 1)
  const [fromS, here] = [at(AGES_S, cell), at(survival, cell)]
  return here + ((at(survival, cell + 1) - here) * (ageS - fromS)) / (at(AGES_S, cell + 1) - fromS)
}

export interface UnseenBuilds {
  /** By time: seconds of unseen news of builds that start at a rate of one a second, ∫∫F. */
  readonly latencyS: Float64Array
  /** By time: how many of those are under way. */
  readonly underWay: Float64Array
}

/** Of builds that start after the last answer. */
export function unseenAhead({ survival }: DurationModel): UnseenBuilds {
  const latencyS = new Float64Array(TIMES_S.length)
  const underWay = new Float64Array(TIMES_S.length)
  let ended = 0
  for (let time = 1; time < TIMES_S.length; time += 1) {
    const widthS = at(TIMES_S, time) - at(TIMES_S, time - 1)
    const [here, before] = [
      at(survival, CELLS_OF_TIMES[time] ?? 0),
      at(survival, CELLS_OF_TIMES[time - 1] ?? 0),
    ]
    const ending = (1 - (here + before) / 2) * widthS
    latencyS[time] = at(latencyS, time - 1) + (ended + ending / 2) * widthS
    ended += ending
    underWay[time] = at(TIMES_S, time) - ended
  }
  return { latencyS, underWay }
}
