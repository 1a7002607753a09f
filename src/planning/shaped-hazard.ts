/**
 * How much is asked of each age. The hazard of the model alone, h = f/S, makes the mean latency smallest and leaves the rare
 * build that ends where nothing was expected to wait very long. So latency L costs L + c·L²/I, with I the step at which the
 * budget would go round evenly. A step d then costs price/d + h·(d/2 + c·d²/(3·I)) a second; the hazard for which the plain
 * square-root step would be as long as the best d takes the place of h. Where h is large nothing changes; where it is small
 * steps grow as its cube root only (the p-th power of latency asks with density h^(1/(p+1))). A floor keeps steps below
 * LONGEST_IN_EVEN_STEPS·I at any age: the model may be wrong.
 */
import { AGES_S, at, CELLS } from './age-grid.js'
import type { DurationModel } from './duration-model.js'

/** What planning is told of the market for requests: the same for all targets of an account. */
export interface Market {
  /** The price of one request, in seconds of latency. */
  readonly priceS: number
  /** The step at which each target would be asked if the budget went round evenly. */
  readonly evenStepS: number
  /** The longest step of a feed in which nothing is known to be under way. */
  readonly idleStepS: number
}

/** What the shape of a hazard depends on. */
export type Pressure = Pick<Market, 'priceS' | 'evenStepS'>

const CONVEXITY = 1.5
const LONGEST_IN_EVEN_STEPS = 8

/** By cell: builds ending per second, given that they get there. */
export function hazardOf({ survival }: DurationModel): Float64Array {
  const hazard = new Float64Array(CELLS)
  for (let cell = 0; cell < CELLS - 1; cell += 1) {
    const here = at(survival, cell)
    const next = at(survival, cell + 1)
    hazard[cell] = (2 * (here - next)) / ((here + next) * (at(AGES_S, cell + 1) - at(AGES_S, cell)))
  }
  hazard[CELLS - 1] = at(hazard, CELLS - 2)
  return hazard
}

export function shapedHazard(hazard: Float64Array, { priceS, evenStepS }: Pressure): Float64Array {
  const floor = (2 * priceS) / (LONGEST_IN_EVEN_STEPS * evenStepS) ** 2
  const scale = 2 * priceS * (FINENESS / evenStepS) ** 2
  const shaped = new Float64Array(hazard.length)
  for (let cell = 0; cell < hazard.length; cell += 1) {
    const plain = at(hazard, cell)
    const steps = Math.sqrt(scale / plain)
    const raised = at(RAISED, steps < LAST_TABLED ? Math.floor(steps) : LAST_TABLED)
    shaped[cell] = Math.max(floor, plain * raised)
  }
  return shaped
}

const FINENESS = 64
const LAST_TABLED = 64 * FINENESS

/**
 * By how much a hazard is raised, by the length of its square-root step in even steps, u. With d = φ·u·I the best step solves
 * φ²·(1 + 4/3·c·u·φ) = 1, and the hazard is raised by 1/φ². Tabled, because it is looked up for each cell of each plan.
 */
const RAISED: Float64Array = Float64Array.from({ length: LAST_TABLED + 1 }, (_, place) =>
  exactlyRaised(place / FINENESS),
)

/** Newton's steps fall towards the root from above and do not overshoot. */
function exactlyRaised(steps: number): number {
  const slope = (4 * CONVEXITY * steps) / 3
  let share = 1
  for (let round = 0; round < 40; round += 1)
    share -= (share ** 2 * (1 + slope * share) - 1) / (share * (2 + 3 * slope * share))
  return 1 / share ** 2
}
