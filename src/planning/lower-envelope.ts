/**
 * The best ages to ask at, exactly, for known costs on a grid of ages g. With T the cost per second of not knowing (for a
 * single build and weight 1 its survival function) and S the probability that asking still matters:
 *
 *   V(k) = price·S(k) − T(k)·g(k) + min over j > k of [ T(k)·g(j) + V(j) ]
 *
 * is the cost to go when all was last seen unfinished at g(k), plus ∫T from g(k) on, which nobody can save: one more request,
 * and what ends in between waits for g(j). The bracket is a line in T(k) with slope g(j). T grows as k falls, so that the lower
 * envelope of the lines is walked once from one end to the other: O(N) in all (Barlow, Hunter & Proschan 1963 for the
 * problem; the "convex hull trick" for the walk). With tails instead of 1 − T precision lasts where survival is tiny.
 */
import { at } from './age-grid.js'

export interface AskingCosts {
  /** Ages or times from now, rising, in seconds. */
  readonly grid: Float64Array
  /** Cost in (weighted) seconds of one second more of not knowing what has ended since; falling to the end of the grid. */
  readonly tail: Float64Array
  /** Probability that a request is still to be made; falling. */
  readonly survival: Float64Array
  /** The price of one request in seconds. */
  readonly priceS: number
}

export interface Programme {
  /** By cell: the cell at which to ask next, when last seen unfinished there. The last cell points to itself. */
  readonly next: Int16Array
  /** By cell: expected further requests, times the probability to get there. */
  readonly requests: Float64Array
  /** By cell: V(k), the cost to go from there on, times the probability to get there. */
  readonly costs: Float64Array
}

export function lowerEnvelope({ grid, tail, survival, priceS }: AskingCosts): Programme {
  const last = grid.length - 1
  const next = new Int16Array(grid.length).fill(last)
  const requests = new Float64Array(grid.length)
  const costs = new Float64Array(grid.length)
  const envelope = new Envelope(grid.length)
  envelope.add(at(grid, last), 0, last)
  for (let cell = last - 1; cell >= 0; cell -= 1) {
    const [here, ageS] = [at(tail, cell), at(grid, cell)]
    const lowest = envelope.lowestAt(here)
    next[cell] = envelope.lowestCell
    requests[cell] = at(survival, cell) + at(requests, envelope.lowestCell)
    costs[cell] = priceS * at(survival, cell) - here * ageS + lowest
    envelope.add(ageS, at(costs, cell), cell)
  }
  return { next, requests, costs }
}

/** Lines come with falling slopes, questions with rising arguments: what has left the envelope never returns. */
class Envelope {
  readonly #slopes: Float64Array
  readonly #intercepts: Float64Array
  readonly #cells: Int16Array
  #oldest = 0
  #size = 0

  constructor(capacity: number) {
    this.#slopes = new Float64Array(capacity)
    this.#intercepts = new Float64Array(capacity)
    this.#cells = new Int16Array(capacity)
  }

  /** The cell of the line that was lowest when last asked. */
  get lowestCell(): number {
    return at(this.#cells, this.#oldest)
  }

  add(slope: number, intercept: number, cell: number): void {
    while (this.#size - this.#oldest >= 2 && this.#hidesNewest(slope, intercept)) this.#size -= 1
    this.#slopes[this.#size] = slope
    this.#intercepts[this.#size] = intercept
    this.#cells[this.#size] = cell
    this.#size += 1
  }

  lowestAt(argument: number): number {
    let lowest = this.#value(this.#oldest, argument)
    while (this.#size - this.#oldest >= 2) {
      const younger = this.#value(this.#oldest + 1, argument)
      if (younger > lowest) break
      lowest = younger
      this.#oldest += 1
    }
    return lowest
  }

  #value(line: number, argument: number): number {
    return at(this.#slopes, line) * argument + at(this.#intercepts, line)
  }

  /** Whether the newest line lies nowhere below both its elder and the line to come. */
  #hidesNewest(slope: number, intercept: number): boolean {
    const [newest, elder] = [this.#size - 1, this.#size - 2]
    const toElder =
      (at(this.#intercepts, newest) - at(this.#intercepts, elder)) * (at(this.#slopes, elder) - slope)
    const toCome =
      (intercept - at(this.#intercepts, elder)) * (at(this.#slopes, elder) - at(this.#slopes, newest))
    return toElder >= toCome
  }
}
