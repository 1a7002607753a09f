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
  const next = new Int16Array(grid.length)
  const requests = new Float64Array(grid.length)
  const costs = new Float64Array(grid.length)
  const envelope = emptyEnvelope(grid.length)
  envelope.add(at(grid, last), 0, last)
  next[last] = last
  for (let cell = last - 1; cell >= 0; cell -= 1) {
    const here = at(tail, cell)
    const ageS = at(grid, cell)
    const alive = at(survival, cell)
    const lowest = envelope.lowestAt(here)
    const best = envelope.lowestCell
    next[cell] = best
    requests[cell] = alive + at(requests, best)
    const cost = priceS * alive - here * ageS + lowest
    costs[cell] = cost
    envelope.add(ageS, cost, cell)
  }
  return { next, requests, costs }
}

let spare: Envelope | undefined

/** One that is used again and again: to make and to clear its arrays would take as long as to fill them. */
function emptyEnvelope(capacity: number): Envelope {
  if (spare?.cells.length !== capacity) spare = new Envelope(capacity)
  spare.oldest = 0
  spare.size = 0
  return spare
}

/** Lines come with falling slopes, questions with rising arguments: what has left the envelope never returns. */
class Envelope {
  readonly slopes: Float64Array
  readonly intercepts: Float64Array
  readonly cells: Int16Array
  oldest = 0
  size = 0

  constructor(capacity: number) {
    this.slopes = new Float64Array(capacity)
    this.intercepts = new Float64Array(capacity)
    this.cells = new Int16Array(capacity)
  }

  /** The cell of the line that was lowest when last asked. */
  get lowestCell(): number {
    return this.cells[this.oldest] ?? 0
  }

  add(slope: number, intercept: number, cell: number): void {
    const { slopes, intercepts } = this
    let size = this.size
    // Hidden is the newest line where it lies nowhere below both its elder and the line to come.
    while (size - this.oldest >= 2) {
      const elderSlope = at(slopes, size - 2)
      const elder = at(intercepts, size - 2)
      const toElder = (at(intercepts, size - 1) - elder) * (elderSlope - slope)
      const toCome = (intercept - elder) * (elderSlope - at(slopes, size - 1))
      if (!(toElder >= toCome)) break
      size -= 1
    }
    slopes[size] = slope
    intercepts[size] = intercept
    this.cells[size] = cell
    this.size = size + 1
  }

  lowestAt(argument: number): number {
    const { slopes, intercepts } = this
    const newest = this.size - 1
    let oldest = this.oldest
    let lowest = at(slopes, oldest) * argument + at(intercepts, oldest)
    while (oldest < newest) {
      const younger = at(slopes, oldest + 1) * argument + at(intercepts, oldest + 1)
      if (younger > lowest) break
      lowest = younger
      oldest += 1
    }
    this.oldest = oldest
    return lowest
  }
}
