/**
 * When to read a list on which many builds are under way. What may have ended unseen after t seconds:
 *
 *   M(t) = Σ F(age_i + t | unfinished at age_i) + α·∫F          α: builds a second that start unseen
 *
 * Requests are due with density sqrt(M′/(2·price·s)), s the probability that anything is left to ask for (1 while builds may
 * start unseen). The plan is made anew at each poll, so only the first step is needed, and its cost is that of walking to it.
 * M′ is per cell of a time grid that widens by 5 %, so that a peak ahead is seen and no logarithm is taken per build.
 */
import { AGES_S, at, CELLS, cellOf } from './age-grid.js'
import type { DurationModel } from './duration-model.js'
import type { FeedOutlook } from './feed-ahead.js'
import type { Pressure } from './shaped-hazard.js'

const FIRST_WIDTH_S = 0.5
const GROWTH = 0.05
const LONGEST_IN_EVEN_STEPS = 6
const HORIZON_S = 86_400

/** Seconds until the list is worth a request. */
export function crowdedStepS(model: DurationModel, outlook: FeedOutlook, market: Pressure): number {
  const ahead = new Ahead(model, outlook)
  const floor = outlook.agesS.length > 0 ? 1 / (LONGEST_IN_EVEN_STEPS * market.evenStepS) : 0
  let due = 1
  let fromS = 0
  while (fromS < HORIZON_S) {
    const widthS = Math.max(FIRST_WIDTH_S, fromS * GROWTH)
    const { endingPerS, left } = ahead.at(fromS + widthS / 2)
    const density = Math.max(floor, Math.sqrt((outlook.weight * endingPerS) / (2 * market.priceS * left)))
    if (density * widthS >= due) return fromS + due / density
    due -= density * widthS
    fromS += widthS
  }
  return outlook.agesS.length > 0 || outlook.unseenPerS > 0 ? HORIZON_S : Infinity
}

const LEAST_LEFT = 1e-6

/** Looks along the time grid; each build keeps its place on the age grid, which only moves up. */
class Ahead {
  readonly #survival: Float64Array
  readonly #agesS: readonly number[]
  readonly #unseenPerS: number
  readonly #cells: number[]
  readonly #unfinished: number[]

  constructor({ survival }: DurationModel, { agesS, unseenPerS }: FeedOutlook) {
    this.#survival = survival
    this.#agesS = agesS
    this.#unseenPerS = unseenPerS
    this.#cells = agesS.map(cellOf)
    this.#unfinished = this.#cells.map((cell) => at(survival, cell))
  }

  at(timeS: number): { endingPerS: number; left: number } {
    const survival = this.#survival
    let endingPerS = this.#unseenPerS * (1 - at(survival, cellOf(timeS)))
    let allEnded = 1
    for (let build = 0; build < this.#agesS.length; build += 1) {
      const cell = this.#moveTo(build, (this.#agesS[build] ?? 0) + timeS)
      const [here, next, before] = [at(survival, cell), at(survival, cell + 1), this.#unfinished[build] ?? 1]
      endingPerS += (here - next) / ((at(AGES_S, cell + 1) - at(AGES_S, cell)) * before)
      allEnded *= 1 - Math.min(1, here / before)
    }
    return { endingPerS, left: this.#unseenPerS > 0 ? 1 : Math.max(LEAST_LEFT, 1 - allEnded) }
  }

  #moveTo(build: number, ageS: number): number {
    let cell = Math.min(this.#cells[build] ?? 0, CELLS - 2)
    while (cell < CELLS - 2 && at(AGES_S, cell + 1) <= ageS) cell += 1
    this.#cells[build] = cell
    return cell
  }
}
