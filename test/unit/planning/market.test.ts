import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { arrivalsPerS } from '../../../src/planning/arrival-rate.js'
import { affordablePerS } from '../../../src/planning/budget-facts.js'
import { askLeave, bucketSize, fullness, patienceMs, refilled } from '../../../src/planning/governor.js'
import { NOBODY_ELSE, nextOthers } from '../../../src/planning/others.js'
import { appetiteOf, FIRST_PRICE, nextPrice, type PriceState } from '../../../src/planning/price.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const HOUR = 3_600_000
const BUDGET = { limit: 1000, remaining: 1000, resetInMs: HOUR, reserve: 100, othersPerS: 0 }
const STEADY = { remaining: 100, isNewWindow: false }
const CALM = { fixedPerS: 0, active: 20, idle: 0, bucket: 0.5 }

describe('what may be spent', () => {
  it('is what is left beyond the reserve, over the time that is left', () => {
    expect(affordablePerS(BUDGET)).toBeCloseTo(0.25)
    expect(affordablePerS({ ...BUDGET, remaining: 550 })).toBeCloseTo(0.125)
    expect(affordablePerS({ ...BUDGET, othersPerS: 0.1 })).toBeCloseTo(0.15)
  })

  it('does not collapse or explode as a window ends', () => {
    expect(affordablePerS({ ...BUDGET, remaining: 100, resetInMs: 1000 })).toBeCloseTo(0.25, 1)
    expect(affordablePerS({ ...BUDGET, remaining: 1000, resetInMs: 1 })).toBeLessThan(8)
    expect(affordablePerS({ ...BUDGET, remaining: 0, resetInMs: HOUR })).toBeGreaterThan(0)
  })
})

describe('the price', () => {
  it('settles where targets that follow the square-root rule spend what may be spent', () => {
    let price: PriceState = FIRST_PRICE
    const pollsPerS = () => (20 * 0.5) / Math.sqrt(price.priceS)
    for (let round = 1; round <= 60; round += 1) {
      const appetite = 20 * appetiteOf(20 / pollsPerS(), price.priceS)
      price = nextPrice(price, { demand: { ...CALM, appetite }, budget: BUDGET, now: NOW + round * 30_000 })
    }
    expect(pollsPerS()).toBeCloseTo(0.25, 2)
    expect(price.evenStepS).toBeCloseTo(80)
  })

  it('rises with demand and with an empty bucket, and stays finite', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const facts = fc.record({
      limit: fc.nat(1e6),
      remaining: fc.integer({ min: -10, max: 1e6 }),
      resetInMs: fc.integer({ min: -1000, max: 1e8 }),
      reserve: fc.nat(1e5),
      othersPerS: unit,
    })
    fc.assert(
      fc.property(facts, fc.double({ min: 0, max: 1e6, noNaN: true }), unit, (budget, appetite, bucket) => {
        const at = (demand: { appetite: number; bucket: number }) =>
          nextPrice(FIRST_PRICE, {
            demand: { fixedPerS: 0, active: 3, idle: 4, ...demand },
            budget,
            now: NOW,
          }).priceS
        const here = at({ appetite, bucket })
        expect(here).toBeGreaterThan(0)
        expect(Number.isFinite(here)).toBe(true)
        expect(at({ appetite: appetite * 2, bucket })).toBeGreaterThanOrEqual(here)
        expect(at({ appetite, bucket: bucket / 2 })).toBeGreaterThanOrEqual(here)
      }),
    )
  })

  it('rises with what is asked at any price, and not without bound: rails of some watches must not silence all others', () => {
    const at = (fixedPerS: number) =>
      nextPrice(FIRST_PRICE, { demand: { ...CALM, appetite: 2, fixedPerS }, budget: BUDGET, now: NOW }).priceS
    expect(at(0.1)).toBeGreaterThan(at(0))
    expect(at(100)).toBe(at(10))
    expect(at(100)).toBeLessThanOrEqual(401 * at(0))
  })

  it('lets a thousand idle feeds wait longer than a quarter of an hour, and a few much less', () => {
    const idleStep = (idle: number) =>
      nextPrice(FIRST_PRICE, {
        demand: { ...CALM, appetite: 1, active: 0, idle, bucket: 1 },
        budget: BUDGET,
        now: NOW,
      }).idleStepS
    expect(idleStep(1000)).toBeCloseTo(8000)
    expect(idleStep(100)).toBeCloseTo(900)
    expect(idleStep(5)).toBeCloseTo(80)
  })
})

describe('the governor', () => {
  const full = { tokens: 100, queue: 0, refilledAt: NOW }

  it('lets a tenth of the limit go at once, then at the rate of the budget', () => {
    let bucket = full
    let granted = 0
    for (let second = 0; second < 3600; second += 1) {
      const leave = askLeave(
        bucket,
        { ...BUDGET, remaining: 1000 - granted, resetInMs: HOUR - second * 1000 },
        { now: NOW + second * 1000, patience: 30_000 },
      )
      bucket = leave.bucket
      if (leave.kind === 'granted') granted += 1
      if (second === 100) expect(granted).toBeLessThan(130)
    }
    expect(granted).toBeGreaterThan(855)
    expect(granted).toBeLessThanOrEqual(900)
  })

  it('never touches the reserve', () => {
    expect(askLeave(full, { ...BUDGET, remaining: 100 }, { now: NOW, patience: 30_000 })).toMatchObject({
      kind: 'denied',
      why: 'budget',
      inMs: HOUR,
    })
  })

  it('sends those who find it empty away one after another', () => {
    const first = askLeave({ ...full, tokens: 0 }, BUDGET, { now: NOW, patience: 30_000 })
    const second = askLeave(first.bucket, BUDGET, { now: NOW, patience: 30_000 })
    expect([first, second]).toMatchObject([
      { why: 'pace', inMs: 4000 },
      { why: 'pace', inMs: 8000 },
    ])
  })

  it('lets the more urgent come back sooner', () => {
    expect(patienceMs({ own: 1, usual: 4 })).toBe(30_000)
    expect(patienceMs({ own: 8, usual: 4 })).toBe(7500)
    expect(patienceMs({ own: 1e9, usual: 4 })).toBe(1000)
    expect(patienceMs({ own: 9, usual: 0 })).toBe(30_000)
    expect(askLeave({ ...full, tokens: 0, queue: 500 }, BUDGET, { now: NOW, patience: 7500 })).toMatchObject({
      inMs: 7500,
    })
  })

  it('holds no more than a tenth of the limit, and is not refilled by a clock that was set back', () => {
    expect(fullness(refilled(full, BUDGET, NOW + 1e9), BUDGET)).toBe(1)
    expect(refilled({ ...full, tokens: 3 }, BUDGET, NOW - 1e6).tokens).toBe(3)
    expect(bucketSize({ limit: 3 })).toBe(1)
  })
})

describe('everyone else on the account', () => {
  it('is what the API counts and we did not ask', () => {
    let others = NOBODY_ELSE
    for (let minute = 0; minute <= 60; minute += 1)
      others = nextOthers(others, { ...STEADY, used: minute * 18, ours: minute * 12 }, NOW + minute * 60_000)
    expect(others.perS).toBeCloseTo(0.1, 2)
  })

  it('is counted from zero again in a new window', () => {
    const before = { perS: 0.1, seen: 300, at: NOW }
    const after = nextOthers(before, { ...STEADY, used: 3, ours: 0, isNewWindow: true }, NOW + 30_000)
    expect(after.perS).toBeCloseTo(0.1, 3)
    expect(after.seen).toBe(3)
  })

  it('only grows within a window, though requests under way make the counts waver', () => {
    let others = { perS: 0, seen: 400, at: NOW }
    for (let round = 1; round <= 20; round += 1)
      others = nextOthers(others, { ...STEADY, used: 800 + (round % 3) - 1, ours: 400 }, NOW + round * 30_000)
    expect(others.perS).toBeLessThan(0.01)
  })

  it('is not known better by a 429, which tells that nothing is left and not who has had it', () => {
    const before = { perS: 0.1, seen: 3, at: NOW }
    const throttled = { ...STEADY, used: 1000, ours: 400, remaining: 0 }
    expect(nextOthers(before, throttled, NOW + 30_000)).toEqual({ ...before, at: NOW + 30_000 })
  })

  it('is nobody where the API counts less than we asked', () => {
    expect(nextOthers(NOBODY_ELSE, { ...STEADY, used: 3, ours: 9 }, NOW)).toEqual({
      perS: 0,
      seen: 0,
      at: NOW,
    })
  })
})

describe('the rate at which a job starts builds', () => {
  it('is a build in ten minutes before anything is known', () => {
    expect(arrivalsPerS([], { sinceAt: NOW, now: NOW })).toBeCloseTo(1 / 600)
  })

  it('falls while nothing starts', () => {
    expect(arrivalsPerS([], { sinceAt: NOW - 10 * HOUR, now: NOW })).toBeLessThan(1 / 36_000)
  })

  it('is that of the newest twenty starts', () => {
    const starts = Array.from({ length: 40 }, (_, at) => NOW - at * 60_000)
    expect(arrivalsPerS(starts, { sinceAt: NOW - 100 * HOUR, now: NOW }) * 60).toBeGreaterThan(0.6)
  })
})
