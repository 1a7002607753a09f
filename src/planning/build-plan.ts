/** The plan of a single build: one programme for all its ages, so that each poll only looks up where it stands. */
import { AGES_S, at, CELLS, cellOf } from './age-grid.js'
import type { DurationModel } from './duration-model.js'
import { lowerEnvelope, type Programme } from './lower-envelope.js'
import { type Pressure, shapedHazard } from './shaped-hazard.js'
import { squareRootStepS } from './square-root-step.js'

export interface BuildPlan {
  readonly programme: Programme
  /** Of the square-root rule, shaped, by cell. */
  readonly hazard: Float64Array
  readonly survival: Float64Array
  readonly priceS: number
}

export interface Step {
  readonly inS: number
  readonly why: 'plan' | 'square-root'
}

/** Steps of so few cells are finer than the grid. */
const FINE_CELLS = 4

/** Written anew by each plan, which is done with it when it returns. */
const TAIL = new Float64Array(CELLS)

/** @param plain the model's hazard, where it is at hand. */
export function buildPlan({ survival }: DurationModel, market: Pressure, plain: Float64Array): BuildPlan {
  const hazard = shapedHazard(plain, market)
  let beyond = 0
  for (let cell = CELLS - 2; cell >= 0; cell -= 1) {
    const meanSurvival = (at(survival, cell) + at(survival, cell + 1)) / 2
    const widthS = at(AGES_S, cell + 1) - at(AGES_S, cell)
    beyond += at(hazard, cell) * meanSurvival * widthS
    TAIL[cell] = beyond
  }
  const { priceS } = market
  const programme = lowerEnvelope({ grid: AGES_S, tail: TAIL, survival, priceS })
  return { programme, hazard, survival, priceS }
}

/** When to ask next for a build that was seen unfinished at `ageS`. */
export function nextStep(plan: BuildPlan, ageS: number): Step {
  const cell = cellOf(ageS)
  const next = plan.programme.next[cell] ?? 0
  if (next - cell <= FINE_CELLS) return { inS: squareRootStepS(plan, ageS), why: 'square-root' }
  return { inS: at(AGES_S, next) - ageS, why: 'plan' }
}

/** Expected further requests until a build that was seen unfinished at `ageS` is seen finished. */
export function expectedRequests({ programme, survival }: BuildPlan, ageS: number): number {
  const cell = cellOf(ageS)
  return at(programme.requests, cell) / at(survival, cell)
}
