import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { createBudget } from '../../../src/store/budget.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Scenario, simulate } from './budget-simulation.js'
import { KEYS, testClock } from './store-fixtures.js'

const RESERVE = 0.1
const reserveOf = (limit: number): number => Math.min(Math.max(20, Math.ceil(limit * RESERVE)), limit / 2)

const scenario: fc.Arbitrary<Scenario> = fc.record({
  limit: fc.integer({ min: 50, max: 220 }),
  windowMs: fc.integer({ min: 120_000, max: 600_000 }),
  windows: fc.constant(3),
  contenders: fc.array(
    fc.record({
      purpose: fc.constantFrom('planned' as const, 'planned' as const, 'reserve' as const),
      thinkMs: fc.integer({ min: 0, max: 20_000 }),
    }),
    { minLength: 2, maxLength: 12 },
  ),
  latenciesMs: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 3, maxLength: 11 }),
  rounding: fc.constantFrom('floor' as const, 'ceil' as const),
  loses: fc.constantFrom(
    () => false,
    (request: number) => request % 17 === 0,
  ),
})

describeEachRedis('the budget against a server with a fixed window', (engine) => {
  const run = async (given: Scenario) => {
    const clock = testClock()
    await engine.flush()
    const budget = createBudget({
      redis: engine.connect(),
      keys: KEYS,
      clock,
      reserves: () => ({ kind: 'share', share: RESERVE }),
    })
    return simulate({ budget, clock }, given)
  }

  it('never goes past the limit, nor with planned requests into the reserve', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { windows, refused } = await run(given)
        expect(refused).toBe(0)
        for (const { planned, reserve } of windows) {
          expect(planned).toBeLessThanOrEqual(given.limit - reserveOf(given.limit))
          expect(planned + reserve).toBeLessThanOrEqual(given.limit)
        }
      }),
      { numRuns: 12 },
    )
  }, 60_000)

  it.each([1, 4, 20])('spends at least 95 % of what may be planned when %i never rest', async (count) => {
    const limit = 400
    const { windows, refused } = await run({
      limit,
      windowMs: 600_000,
      windows: 4,
      contenders: Array.from({ length: count }, () => ({ purpose: 'planned', thinkMs: 0 })),
      latenciesMs: [50, 120, 80, 300, 60],
      rounding: 'floor',
      loses: () => false,
    })
    expect(refused).toBe(0)
    for (const { planned } of windows.slice(0, 3))
      expect(planned / (limit - reserveOf(limit))).toBeGreaterThanOrEqual(0.95)
  })
})
