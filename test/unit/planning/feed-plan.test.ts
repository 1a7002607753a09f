import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FRESH_PRIOR } from '../../../src/planning/account-prior.js'
import { AGES_S, at, CELLS, cellOf } from '../../../src/planning/age-grid.js'
import { buildPlan, nextStep } from '../../../src/planning/build-plan.js'
import { type DurationModel, durationModel } from '../../../src/planning/duration-model.js'
import { knownAhead, TIMES_S, unseenAhead } from '../../../src/planning/feed-ahead.js'
import { feedStep } from '../../../src/planning/feed-plan.js'
import { hazardOf } from '../../../src/planning/shaped-hazard.js'

const EVEN_STEP_S = 80

function usually(durationS: number): DurationModel {
  const around = Array.from({ length: 60 }, (_, nth) => durationS * (1 + 0.04 * Math.sin(nth)))
  return durationModel(around, FRESH_PRIOR)
}

/** Without surprises, so that the best step is known in closed form. */
function always(durationS: number): DurationModel {
  return {
    survival: AGES_S.map((ageS) => (ageS < durationS ? 1 : 1e-9)),
    medianS: durationS,
    longestS: durationS,
  }
}

function stepS(
  model: DurationModel,
  { agesS = [] as readonly number[], unseenPerS = 0, weight = 1, priceS = 5 },
): number {
  return feedStep(model, { agesS, unseenPerS, weight }, { priceS, evenStepS: EVEN_STEP_S }).inS
}

function largestRise(values: Float64Array): number {
  return values.reduce((largest, value, time) => Math.max(largest, value - (values[time - 1] ?? value)), 0)
}

/** Times differ by 8 %, and what is exact lies between two of them. */
function expectAbout(found: number, wanted: number): void {
  expect(found / wanted).toBeGreaterThan(0.9)
  expect(found / wanted).toBeLessThan(1.1)
}

const ages = fc.array(fc.double({ min: 0, max: 40_000, noNaN: true }), { maxLength: 8 })
const price = fc.double({ min: 0.001, max: 1e5, noNaN: true })
const rate = fc.oneof(fc.constant(0), fc.double({ min: 1e-7, max: 1, noNaN: true }))
const durations = fc.array(fc.integer({ min: 1, max: 50_000 }), { maxLength: 30 })

describe('what is expected of a list', () => {
  it('is of known builds what each of them gives alone', () => {
    fc.assert(
      fc.property(
        durations,
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 6 }),
        (past, agesS) => {
          const model = durationModel(past, FRESH_PRIOR)
          const all = knownAhead(model, agesS)
          const each = agesS.map((ageS) => knownAhead(model, [ageS]))
          for (const time of [0, 20, 60, 90]) {
            const alone = each.map(({ unfinished }) => at(unfinished, time))
            expect(at(all.unfinished, time)).toBeCloseTo(
              alone.reduce((sum, one) => sum + one, 0),
              9,
            )
            expect(at(all.left, time)).toBeCloseTo(1 - alone.reduce((none, one) => none * (1 - one), 1), 9)
          }
        },
      ),
    )
  })

  it('starts with all builds unfinished, and falls', () => {
    fc.assert(
      fc.property(durations, ages, (past, agesS) => {
        const { unfinished, left } = knownAhead(durationModel(past, FRESH_PRIOR), agesS)
        expect(at(unfinished, 0)).toBeCloseTo(agesS.length, 9)
        for (const values of [unfinished, left]) expect(largestRise(values)).toBeLessThanOrEqual(1e-9)
      }),
    )
  })

  it('is of unseen builds that they end one duration after they start, and wait since', () => {
    const { latencyS, underWay } = unseenAhead(always(600))
    const hour = TIMES_S.findIndex((timeS) => timeS >= 3600)
    const waiting = at(TIMES_S, hour) - 600
    expectAbout(at(underWay, hour), 600)
    expectAbout(at(latencyS, hour), waiting ** 2 / 2)
  })
})

describe('the step of a feed', () => {
  it('is that of a single build where it shows one and each start is told', () => {
    const model = usually(900)
    const plan = buildPlan(model, { priceS: 5, evenStepS: 1e9 }, hazardOf(model))
    for (const ageS of [0, 200, 500]) expectAbout(stepS(model, { agesS: [ageS] }), nextStep(plan, ageS).inS)
  })

  it('while nothing is under way is √(D² + 2·(price/α + requests ahead·price·D)) for builds that all take D', () => {
    for (const [durationS, unseenPerS, priceS] of [
      [300, 1e-3, 5],
      [300, 1e-4, 5],
      [3000, 1e-3, 20],
      [300, 1e-2, 100],
    ] as const) {
      const wanted = Math.sqrt(durationS ** 2 + 2 * priceS * (1 / unseenPerS + 2 * durationS))
      expectAbout(stepS(always(durationS), { unseenPerS, priceS }), wanted)
    }
  })

  it('is the one that brute force finds cheapest, to a grid step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 60, max: 3000 }), { minLength: 3, maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 3 }),
        fc.double({ min: 1e-5, max: 1e-2, noNaN: true }),
        fc.double({ min: 0.5, max: 100, noNaN: true }),
        (past, agesS, unseenPerS, priceS) => {
          const model = durationModel(past, FRESH_PRIOR)
          const cost = bruteCosts(model, { agesS, unseenPerS, priceS })
          const found = TIMES_S.indexOf(stepS(model, { agesS, unseenPerS, priceS }))
          const least = Math.min(...cost.slice(1))
          expect(cost[found]! - least).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(least)))
        },
      ),
      { numRuns: 20 },
    )
  })

  it('is finite and above nothing, whatever is under way', () => {
    fc.assert(
      fc.property(durations, ages, rate, price, (past, agesS, unseenPerS, priceS) => {
        const inS = stepS(durationModel(past, FRESH_PRIOR), { agesS, unseenPerS, priceS })
        expect(inS).toBeGreaterThan(0)
        expect(Number.isFinite(inS)).toBe(agesS.length > 0 || unseenPerS > 0)
      }),
    )
  })

  it('is no shorter the dearer a request is while nothing is under way', () => {
    fc.assert(
      fc.property(
        durations,
        rate,
        price,
        fc.double({ min: 1, max: 50, noNaN: true }),
        (past, perS, priceS, factor) => {
          const model = durationModel(past, FRESH_PRIOR)
          const dearer = stepS(model, { unseenPerS: perS, priceS: priceS * factor })
          expect(dearer).toBeGreaterThanOrEqual(stepS(model, { unseenPerS: perS, priceS }))
        },
      ),
    )
  })

  it('is as if a request were cheaper by the weight', () => {
    fc.assert(
      fc.property(ages, rate, fc.integer({ min: 0, max: 5 }), (agesS, unseenPerS, doubled) => {
        const weight = 2 ** doubled
        const few = agesS.slice(0, 5)
        expect(stepS(usually(600), { agesS: few, unseenPerS, weight, priceS: 8 * weight })).toBe(
          stepS(usually(600), { agesS: few, unseenPerS, priceS: 8 }),
        )
      }),
    )
  })

  it('hardly changes where a few builds become a crowd', () => {
    const agesS = [100, 200, 300, 400, 500]
    const few = stepS(usually(600), { agesS })
    const crowd = stepS(usually(600), { agesS: [...agesS, 0] })
    expect(crowd / few).toBeGreaterThan(0.4)
    expect(crowd / few).toBeLessThan(2.5)
  })
})

/** By time of the next answer, in O(N²) and straight from the survival function. */
function bruteCosts(
  { survival }: DurationModel,
  { agesS, unseenPerS, priceS }: { agesS: readonly number[]; unseenPerS: number; priceS: number },
): number[] {
  const lasting = agesS.map((ageS) =>
    [...TIMES_S].map((timeS) => surviving(survival, ageS + timeS) / surviving(survival, ageS)),
  )
  const unfinished = [...TIMES_S].map((_, time) => lasting.reduce((sum, each) => sum + each[time]!, 0))
  const left = [...TIMES_S].map((_, time) => 1 - lasting.reduce((none, each) => none * (1 - each[time]!), 1))
  const toGo = [...TIMES_S].map(() => 0)
  for (let time = TIMES_S.length - 2; time >= 0; time -= 1) {
    let least = Infinity
    for (let next = time + 1; next < TIMES_S.length; next += 1)
      least = Math.min(least, unfinished[time]! * (TIMES_S[next]! - TIMES_S[time]!) + toGo[next]!)
    toGo[time] = priceS * left[time]! + least
  }
  const { latencyS, underWay } = unseenAhead({ survival, medianS: 0, longestS: undefined })
  const unseen = [...TIMES_S].map((_, time) => unseenPerS * (latencyS[time]! + 2 * priceS * underWay[time]!))
  const leastPerS = Math.min(...unseen.slice(1).map((cost, nth) => (priceS + cost) / TIMES_S[nth + 1]!))
  return [...TIMES_S].map(
    (timeS, time) =>
      (agesS.length > 0 ? unfinished[0]! * timeS + toGo[time]! : 0) + unseen[time]! - leastPerS * timeS,
  )
}

function surviving(survival: Float64Array, ageS: number): number {
  const cell = cellOf(ageS)
  if (cell >= CELLS - 1) return survival[CELLS - 1]!
  const part = (ageS - AGES_S[cell]!) / (AGES_S[cell + 1]! - AGES_S[cell]!)
  return survival[cell]! + part * (survival[cell + 1]! - survival[cell]!)
}
