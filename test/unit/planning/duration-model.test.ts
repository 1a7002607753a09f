import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FRESH_PRIOR, learnedPrior } from '../../../src/planning/account-prior.js'
import { AGES_S, CELL_LN, CELLS, cellOf, LN_AGES } from '../../../src/planning/age-grid.js'
import { durationModel } from '../../../src/planning/duration-model.js'
import { normalAbove } from '../../../src/planning/normal.js'
import { weightedSample } from '../../../src/planning/weighted-sample.js'

const anyDuration = fc.oneof(
  fc.constantFrom(0, 1, 300, 86_400, 1e9, Number.MAX_VALUE, NaN, Infinity),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
)

function survivalAt(durationsS: readonly number[], ageS: number): number {
  return durationModel(durationsS, FRESH_PRIOR).survival[cellOf(ageS)]!
}

/** By definition, kernel by kernel, each in the middle of the cell of its build. */
function mixtureAt(durationsS: readonly number[], cell: number): number {
  const { ln, weights, size, spread, medianLn } = weightedSample(durationsS)!
  const width = Math.min(Math.max(0.35 * spread * size ** -0.2, 0.04), 0.6)
  const age = LN_AGES[cell]!
  const kernels = ln.map((value, at) => {
    const middle = LN_AGES[0]! + (Math.floor((value - LN_AGES[0]!) / CELL_LN) + 0.5) * CELL_LN
    return weights[at]! * normalAbove((age - middle) / width)
  })
  const usual = kernels.reduce((sum, value) => sum + value, 0)
  const surprise = Math.max(0.05, 0.5 / (size + 0.5))
  const tails =
    0.5 * normalAbove((age - medianLn) / 0.35) +
    0.35 / (1 + AGES_S[cell]! / Math.exp(medianLn)) +
    0.15 * normalAbove((age - FRESH_PRIOR.meanLn) / FRESH_PRIOR.sdLn)
  return (1 - surprise) * usual + surprise * tails
}

describe('the model of how long builds take', () => {
  it('is a survival function for any history', () => {
    fc.assert(
      fc.property(fc.array(anyDuration, { maxLength: 120 }), (durations) => {
        const { survival } = durationModel(durations, FRESH_PRIOR)
        expect(survival[0]).toBe(1)
        const wrong = survival.findIndex(
          (value, cell) => !(value > 0) || value > (survival[cell - 1] ?? 1) + 1e-12,
        )
        expect(wrong).toBe(-1)
      }),
    )
  })

  it('is the mixture that its formula says', () => {
    const history = fc.array(fc.double({ min: 5, max: 200_000, noNaN: true }), {
      minLength: 1,
      maxLength: 110,
    })
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: CELLS - 1 }), (durations, cell) => {
        const { survival } = durationModel(durations, FRESH_PRIOR)
        expect(Math.abs(survival[cell]! - mixtureAt(durations, cell))).toBeLessThan(1e-4)
      }),
    )
  })

  it('expects the usual duration of a job that is always alike', () => {
    const history = Array<number>(50).fill(600)
    expect(survivalAt(history, 540)).toBeGreaterThan(0.9)
    expect(survivalAt(history, 670)).toBeLessThan(0.1)
  })

  it('keeps both peaks of a job that fails fast or runs long', () => {
    const history = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 60 : 900))
    expect(survivalAt(history, 300)).toBeGreaterThan(0.4)
    expect(survivalAt(history, 300)).toBeLessThan(0.6)
    expect(survivalAt(history, 700) / survivalAt(history, 100)).toBeGreaterThan(0.75)
  })

  it('still expects a build to end that has outlived all history', () => {
    const history = Array<number>(100).fill(300)
    const halved = survivalAt(history, 20_000) / survivalAt(history, 10_000)
    expect(halved).toBeGreaterThan(0.2)
    expect(halved).toBeLessThan(0.8)
  })

  it('believes the newest builds most', () => {
    const slower = [...Array<number>(20).fill(900), ...Array<number>(80).fill(300)]
    expect(survivalAt(slower, 600)).toBeGreaterThan(0.7)
  })

  it('leans on the account where a job has no history', () => {
    const slow = Array.from({ length: 100 }).reduce<typeof FRESH_PRIOR>(
      (prior) => learnedPrior(prior, 3_600_000),
      FRESH_PRIOR,
    )
    expect(durationModel([], slow).survival[cellOf(1200)]!).toBeGreaterThan(0.6)
    expect(durationModel([], FRESH_PRIOR).survival[cellOf(1200)]!).toBeLessThan(0.4)
  })
})

describe('the grid of ages', () => {
  it('finds each age in its cell', () => {
    expect(AGES_S.findIndex((age, cell) => cellOf(age) !== cell)).toBe(-1)
    fc.assert(
      fc.property(fc.double({ min: 0, max: 259_000, noNaN: true }), (age) => {
        const cell = cellOf(age)
        expect(AGES_S[cell]!).toBeLessThanOrEqual(age * (1 + 1e-9))
        if (cell < CELLS - 1) expect(AGES_S[cell + 1]!).toBeGreaterThan(age * (1 - 1e-9))
      }),
    )
  })

  it('puts what is no age into the first cell and what is too old into the last', () => {
    expect([cellOf(NaN), cellOf(-5), cellOf(1e12)]).toEqual([0, 0, CELLS - 1])
  })
})

describe('the prior of an account', () => {
  it('moves towards what its builds take', () => {
    const learned = Array.from({ length: 200 }).reduce<typeof FRESH_PRIOR>(
      (prior) => learnedPrior(prior, 60_000),
      FRESH_PRIOR,
    )
    expect(Math.exp(learned.meanLn)).toBeCloseTo(60, 0)
    expect(learned.sdLn).toBeLessThan(0.1)
  })

  it('learns nothing from what is no duration', () => {
    expect(learnedPrior(FRESH_PRIOR, NaN)).toEqual(FRESH_PRIOR)
  })
})
