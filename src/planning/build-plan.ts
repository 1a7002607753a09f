/** The plan of a single build: one programme for all its ages, so that each poll only looks up where it stands. */
import { AGES_S, at, CELLS, cellOf } from './age-grid.js'
import type { DurationModel } from './duration-model.js'
import { lowerEnvelope, type Programme } from './lower-envelope.js'
import { hazardOf, type Pressure, shapedHazard } from './shaped-hazard.js'
import { squareRootStepS } from './square-root-step.js'

export interface BuildPlan {
  readonly programme: Programme
  /** Polls per second by the square-root rule, by cell. */
  readonly density: Float64Array
  readonly survival: Float64Array
}

export interface Step {
  readonly inS: number
  readonly why: 'plan' | 'square-root'
}

/** Steps of so few cells are finer than the grid. */
const FINE_CELLS = 4

/** @param plain the model's hazard, where it is at hand. */
export function buildPlan(model: DurationModel, market: Pressure, plain = hazardOf(model)): BuildPlan {
  const { survival } = model
  const hazard = shapedHazard(plain, market)
  const tail = new Float64Array(CELLS)
  for (let cell = CELLS - 2; cell >= 0; cell -= 1) {
    const meanSurvival = (at(survival, cell) + at(survival, cell + 1)) / 2
    const widthS = at(AGES_S, cell + 1) - at(AGES_S, cell)
    tail[cell] = at(tail, cell + 1) + at(hazard, cell) * meanSurvival * widthS
  }
  const { priceS } = market
  return {
    programme: lowerEnvelope({ grid: AGES_S, tail, survival, priceS }),
    density: hazard.map((value) => Math.sqrt(value / (2 * priceS))),
    survival,
  }
}

/** When to ask next for a build that was seen unfinished at `ageS`. */
export function nextStep({ programme, density }: BuildPlan, ageS: number): Step {
  const cell = cellOf(ageS)
  const next = at(programme.next, cell)
  if (next - cell <= FINE_CELLS) return { inS: squareRootStepS(density, ageS), why: 'square-root' }
  return { inS: at(AGES_S, next) - ageS, why: 'plan' }
}

/** Expected further requests until a build that was seen unfinished at `ageS` is seen finished. */
export function expectedRequests({ programme, survival }: BuildPlan, ageS: number): number {
  const cell = cellOf(ageS)
  return at(programme.requests, cell) / at(survival, cell)
}
