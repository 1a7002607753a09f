import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FRESH_PRIOR } from '../../../src/planning/account-prior.js'
import { createPlanner, type Outlook, type ProbePlan } from '../../../src/planning/planner.js'
import { FIRST_PRICE } from '../../../src/planning/price.js'
import type { StepReason } from '../../../src/planning/rails.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const MINUTE = 60_000

function historyOf(durationsMs: readonly number[], everyMs = 10 * MINUTE) {
  const builds = durationsMs.map((durationMs, at) => ({ createdAt: NOW - (at + 1) * everyMs, durationMs }))
  return { id: 'shop/jobs/api', version: JSON.stringify(durationsMs), builds }
}

function outlook(changes: Partial<Outlook> = {}): Outlook {
  return {
    kind: 'build',
    job: historyOf(Array<number>(40).fill(10 * MINUTE)),
    active: [{ id: 'b1', createdAt: NOW }],
    watchedSince: NOW - 60 * MINUTE,
    startsTold: false,
    prior: FRESH_PRIOR,
    market: { priceS: 20, evenStepS: 80, idleStepS: 300 },
    rails: {},
    weight: 1,
    now: NOW,
    random: 0.5,
    ...changes,
  }
}

function plan(changes: Partial<Outlook> = {}): ProbePlan {
  return createPlanner().next(outlook(changes))
}

function aged(ageMs: number) {
  return [{ id: 'b1', createdAt: NOW - ageMs }]
}

const anything = fc.record({
  kind: fc.constantFrom('build' as const, 'feed' as const),
  job: fc
    .array(fc.oneof(fc.constantFrom(0, 1, 600_000, 1e15, NaN), fc.nat(1e8)), { maxLength: 110 })
    .map((all) => historyOf(all)),
  active: fc
    .array(fc.oneof(fc.nat(1e9), fc.constantFrom(-1e9, 1e13)), { maxLength: 12 })
    .map((ages) => ages.map((age, at) => ({ id: String(at), createdAt: NOW - age }))),
  startsTold: fc.boolean(),
  market: fc.record({
    priceS: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
    evenStepS: fc.double({ min: 1, max: 1e6, noNaN: true }),
    idleStepS: fc.double({ min: 30, max: 1e6, noNaN: true }),
  }),
  weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

describe('the plan of a probe', () => {
  it('never leaves the rails that a person has set', () => {
    const rails = fc.record({ minIntervalMs: fc.integer({ min: 100, max: 9000 }), extra: fc.nat(100_000) })
    fc.assert(
      fc.property(anything, rails, (given, { minIntervalMs, extra }) => {
        const maxIntervalMs = minIntervalMs + extra
        const { inMs } = plan({ ...given, rails: { minIntervalMs, maxIntervalMs } })
        expect(inMs).toBeGreaterThanOrEqual(minIntervalMs)
        expect(inMs).toBeLessThanOrEqual(maxIntervalMs)
      }),
    )
  })

  it('is finite and whole for any history', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const { inMs, appetite, urgency, requests } = plan(given)
        expect(Number.isSafeInteger(inMs)).toBe(true)
        for (const figure of [appetite, urgency, requests ?? 0]) expect(figure).toBeGreaterThanOrEqual(0)
        for (const figure of [inMs, appetite, urgency, requests ?? 0])
          expect(Number.isFinite(figure)).toBe(true)
      }),
    )
  })

  it('is equal for equal input, whatever was planned in between', () => {
    const planner = createPlanner()
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        const first = planner.next(outlook(one))
        planner.next(outlook(other))
        expect(planner.next(outlook(one))).toEqual(first)
      }),
    )
  })

  it('expects no more requests the dearer they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.double({ min: 1.2, max: 30, noNaN: true }),
        (minutes, factor) => {
          const at = (priceS: number) =>
            plan({ active: aged(minutes * MINUTE), market: { priceS, evenStepS: 80, idleStepS: 300 } })
              .requests!
          expect(at(5 * factor)).toBeLessThanOrEqual(at(5) + 1e-9)
        },
      ),
    )
  })
})

describe('a single build', () => {
  it('is left alone until it may end, and looked at closely then', () => {
    const early = plan({ active: aged(5 * MINUTE), market: { priceS: 20, evenStepS: 400, idleStepS: 300 } })
    const late = plan({ active: aged(9.7 * MINUTE), market: { priceS: 20, evenStepS: 400, idleStepS: 300 } })
    expect(early.inMs).toBeGreaterThan(2 * MINUTE)
    expect(late.inMs).toBeLessThan(45_000)
  })

  it('is asked for more often the more it weighs', () => {
    const early = plan({ active: aged(9.7 * MINUTE), weight: 16 })
    expect(early.inMs).toBeLessThan(plan({ active: aged(9.7 * MINUTE) }).inMs)
  })

  it('is overdue past three times the longest on record', () => {
    expect(plan({ active: aged(31 * MINUTE) }).overdue).toEqual(['b1'])
    expect(plan({ active: aged(29 * MINUTE) }).overdue).toEqual([])
    expect(plan({ active: aged(3000 * MINUTE), job: historyOf([]) }).overdue).toEqual([])
  })

  it('is still asked for long after it should have ended', () => {
    expect(plan({ active: aged(600 * MINUTE) }).inMs).toBeLessThanOrEqual(640_000)
  })

  it('is planned anew within a minute where the pause is long', () => {
    expect(
      plan({ active: aged(0), market: { priceS: 20, evenStepS: 400, idleStepS: 300 } }).reconsiderInMs,
    ).toBe(MINUTE)
    expect(plan({ active: aged(9.9 * MINUTE) }).reconsiderInMs).toBeUndefined()
  })
})

describe('a feed', () => {
  const feed = { kind: 'feed' as const }

  it('is read more often the more builds it shows that may end', () => {
    const one = plan({ ...feed, active: aged(9.7 * MINUTE) })
    const ten = Array.from({ length: 10 }, (_, at) => ({ id: `b${at}`, createdAt: NOW - 9.7 * MINUTE }))
    expect(plan({ ...feed, active: ten }).inMs).toBeLessThan(one.inMs)
  })

  it('waits for the peak ahead and does not sleep through it', () => {
    const { inMs } = plan({
      ...feed,
      startsTold: true,
      active: aged(5 * MINUTE),
      market: { priceS: 20, evenStepS: 400, idleStepS: 300 },
    })
    expect(inMs).toBeGreaterThan(2 * MINUTE)
    expect(inMs).toBeLessThan(5.7 * MINUTE)
  })

  it('is read at the idle step at the latest where nothing is under way', () => {
    const why: StepReason = 'idle'
    const quiet = plan({
      ...feed,
      active: [],
      job: historyOf([]),
      watchedSince: NOW - 1e9,
      market: { priceS: 1e4, evenStepS: 80, idleStepS: 300 },
    })
    expect(quiet).toMatchObject({ inMs: 300_000, why })
    expect(plan({ ...feed, active: [], startsTold: true })).toMatchObject({ inMs: 300_000, why })
  })

  it('is read more often the more builds start unseen', () => {
    const market = { priceS: 20, evenStepS: 80, idleStepS: 900 }
    const short = Array<number>(40).fill(MINUTE)
    const busy = plan({ ...feed, active: [], job: historyOf(short, MINUTE), market })
    const calm = plan({ ...feed, active: [], job: historyOf(short, 600 * MINUTE), market })
    expect(busy.inMs).toBeLessThan(calm.inMs)
  })
})

describe('the first price', () => {
  it('serves as a market before any round', () => {
    expect(plan({ market: FIRST_PRICE }).inMs).toBeGreaterThan(0)
  })
})

describe('what a watch asks at any price', () => {
  it('is counted apart where its own longest pause is shorter than the one that is wanted', () => {
    const railed = plan({ rails: { maxIntervalMs: 5000 } })
    expect(railed).toMatchObject({ inMs: 5000, appetite: 0, fixedPerS: 0.2 })
    expect(plan()).toMatchObject({ fixedPerS: 0 })
    expect(plan().appetite).toBeGreaterThan(0)
  })
})

describe('a build that never ends', () => {
  const ageDays = (days: number) => ({ active: aged(days * 86_400_000) })

  it.each(['build', 'feed'] as const)('is asked for ever less after its first day (%s)', (kind) => {
    expect(plan({ kind, ...ageDays(0.9) }).inMs).toBeLessThan(12 * MINUTE)
    expect(plan({ kind, ...ageDays(11) }).inMs).toBeGreaterThan(120 * MINUTE)
    expect(plan({ kind, ...ageDays(101) }).inMs).toBeGreaterThan(1200 * MINUTE)
  })

  it('keeps no other build of its job from being seen in time', () => {
    const both = [...aged(30 * 86_400_000), { id: 'b2', createdAt: NOW - 9 * MINUTE }]
    expect(plan({ kind: 'feed', active: both }).inMs).toBeLessThan(2 * MINUTE)
  })
})
