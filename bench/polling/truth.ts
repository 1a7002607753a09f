/** The model that the bound plans with: how long the builds of a job really took, future ones included. */
import { AGES_S, CELLS } from '../../src/planning/age-grid.js'
import type { DurationModel } from '../../src/planning/duration-model.js'

/** Beyond the longest build survival falls to almost nothing, but not to 0: builds are asked for until they are seen ended. */
const NOTHING = 1e-9

export function trueModel(durationsS: readonly number[]): DurationModel {
  const sorted = durationsS.toSorted((a, b) => a - b)
  const survival = new Float64Array(CELLS)
  let ended = 0
  for (let cell = 0; cell < CELLS; cell += 1) {
    while (ended < sorted.length && sorted[ended]! <= AGES_S[cell]!) ended += 1
    survival[cell] = Math.max((sorted.length - ended) / sorted.length, NOTHING * (1 - cell / CELLS))
  }
  return { survival, medianS: sorted[sorted.length >> 1] ?? 0, longestS: sorted.at(-1) }
}
