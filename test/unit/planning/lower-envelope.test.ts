import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type AskingCosts, lowerEnvelope } from '../../../src/planning/lower-envelope.js'

/** Cost of asking at these cells in turn, from the first cell on, less what nobody can save. */
function costOf({ grid, tail, survival, priceS }: AskingCosts, cells: readonly number[]): number {
  return cells.slice(0, -1).reduce((cost, cell, at) => {
    const next = cells[at + 1]!
    return cost + priceS * survival[cell]! + tail[cell]! * (grid[next]! - grid[cell]!)
  }, 0)
}

function* waysThrough(cells: number): Generator<number[]> {
  for (let chosen = 0; chosen < 2 ** (cells - 2); chosen += 1) {
    const between = Array.from({ length: cells - 2 }, (_, at) => at + 1).filter(
      (cell) => (chosen >> (cell - 1)) & 1,
    )
    yield [0, ...between, cells - 1]
  }
}

function pathOf(costs: AskingCosts): number[] {
  const { next } = lowerEnvelope(costs)
  const path = [0]
  while (path.at(-1)! < costs.grid.length - 1) path.push(next[path.at(-1)!]!)
  return path
}

const costs = fc
  .record({
    widths: fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { minLength: 2, maxLength: 9 }),
    drops: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 }),
    falls: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 }),
    priceS: fc.double({ min: 0.001, max: 100, noNaN: true }),
  })
  .map(({ widths, drops, falls, priceS }): AskingCosts => {
    const grid = Float64Array.from([0, ...widths])
    for (let cell = 1; cell < grid.length; cell += 1) grid[cell]! += grid[cell - 1]!
    const falling = (steps: readonly number[]) => {
      let level = 1
      return grid.map((_, cell) => (cell === 0 ? 1 : (level *= 1 - steps[cell]!)))
    }
    return { grid, tail: falling(drops), survival: falling(falls), priceS }
  })

describe('the programme of asking', () => {
  it('is as cheap as the cheapest of all ways through a small grid', () => {
    fc.assert(
      fc.property(costs, (each) => {
        const cheapest = Math.min(...[...waysThrough(each.grid.length)].map((cells) => costOf(each, cells)))
        expect(costOf(each, pathOf(each))).toBeCloseTo(cheapest, 6)
      }),
    )
  })

  it('counts the requests of its way', () => {
    fc.assert(
      fc.property(costs, (each) => {
        const expected = pathOf(each)
          .slice(0, -1)
          .reduce((sum, cell) => sum + each.survival[cell]!, 0)
        expect(lowerEnvelope(each).requests[0]).toBeCloseTo(expected, 9)
      }),
    )
  })

  it('leaves a programme as it is when the next one is worked out', () => {
    fc.assert(
      fc.property(costs, costs, (each, other) => {
        const programme = lowerEnvelope(each)
        const before = structuredClone(programme)
        lowerEnvelope(other)
        lowerEnvelope({ ...each, priceS: each.priceS * 3 })
        expect(programme).toEqual(before)
      }),
    )
  })

  it('asks less often the dearer a request is', () => {
    fc.assert(
      fc.property(costs, fc.double({ min: 1, max: 50, noNaN: true }), (each, factor) => {
        const dearer = lowerEnvelope({ ...each, priceS: each.priceS * factor })
        expect(dearer.requests[0]!).toBeLessThanOrEqual(lowerEnvelope(each).requests[0]! + 1e-9)
      }),
    )
  })

  it('asks at even steps of the known length where builds end at a constant rate', () => {
    // Of all steps d, price + ∫(d − t)·h·e^(−ht) over 0..d, divided by 1 − e^(−hd), is least for h·price = e^(−hd) − 1 + hd … at the root.
    const [rate, priceS] = [1 / 300, 20]
    const grid = Float64Array.from({ length: 4000 }, (_, second) => second)
    const survival = grid.map((second) => Math.exp(-rate * second))
    const { next } = lowerEnvelope({ grid, tail: survival, survival, priceS })
    const best = exponentialStep(rate, priceS)
    for (const cell of [0, 50, 300]) expect(Math.abs(next[cell]! - cell - best)).toBeLessThanOrEqual(1)
  })

  it('asks at ever shorter steps towards the end of a uniform distribution', () => {
    // Barlow & Proschan: with n checks of a uniform time on [0, 1] the k-th step is shorter than the one before by price·length.
    const [length, priceS] = [1000, 5]
    const grid = Float64Array.from({ length: length + 1 }, (_, second) => second)
    const survival = grid.map((second) => 1 - second / length)
    const path = pathOf({ grid, tail: survival, survival, priceS })
    const steps = path.slice(1).map((cell, at) => cell - path[at]!)
    const shorter = steps.slice(1).map((step, at) => steps[at]! - step)
    for (const each of shorter.slice(0, -1)) expect(Math.abs(each - priceS)).toBeLessThanOrEqual(2)
  })
})

/** The even step that makes [price + waiting] per unit of ended probability least, by golden search. */
function exponentialStep(rate: number, priceS: number): number {
  const cost = (step: number) => {
    const ended = 1 - Math.exp(-rate * step)
    return (priceS + step - ended / rate) / ended
  }
  let best = 1
  for (let step = 1; step < 2000; step += 0.1) if (cost(step) < cost(best)) best = step
  return best
}
