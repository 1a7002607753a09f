import { at, cellOf } from './age-grid.js'
import type { DurationModel } from './duration-model.js'

/** How many of the builds that are unfinished at these ages will have ended `inS` seconds later, as expected. */
export function endedBy({ survival }: DurationModel, agesS: readonly number[], inS: number): number {
  return agesS.reduce((sum, age) => sum + 1 - at(survival, cellOf(age + inS)) / at(survival, cellOf(age)), 0)
}
