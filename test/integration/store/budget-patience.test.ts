/** The governor is a script, because replicas share its bucket; it must do what the planner's own governor does. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Permit } from '../../../src/domain/ports.js'
import { askLeave, type Bucket, type Leave } from '../../../src/planning/governor.js'
import { createBudget } from '../../../src/store/budget.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { seeded } from '../../support/seeded.js'
import { KEYS, testClock } from './store-fixtures.js'

const LIMIT = 1000
const WINDOW_MS = 3_600_000

describeEachRedis('the governor', (engine) => {
  let clock: ReturnType<typeof testClock>
  let budget: ReturnType<typeof createBudget>

  beforeEach(() => {
    clock = testClock()
    budget = createBudget({
      redis: engine.connect(),
      keys: KEYS,
      clock,
      reserves: () => ({ kind: 'share', share: 0.1 }),
    })
  })

  const take = (patienceMs: number): Promise<Permit> => budget.take('default', 'planned', patienceMs)

  it('lets who is impatient come back before its place in the queue', async () => {
    for (let nth = 0; nth < 120; nth += 1) await take(Infinity)
    expect(await take(Infinity)).toMatchObject({ kind: 'denied', because: 'pace', inMs: 21 * 4500 })
    expect(await take(30_000)).toMatchObject({ kind: 'denied', because: 'pace', inMs: 30_000 })
  })

  it('grants and denies, and for as long, as the one that plans are made with', async () => {
    const chance = seeded('budget-patience')
    // The window begins with the first request.
    await take(Infinity)
    const startAt = clock.now()
    let used = 1
    let bucket: Bucket = { tokens: LIMIT / 10 - 1, queue: 0, refilledAt: startAt }
    const counts = { granted: 0, denied: 0 }
    for (let nth = 0; nth < 400; nth += 1) {
      clock.advance(Math.floor(chance.random() * 3000))
      const patience = chance.between(1000, 60_000)
      const facts = {
        limit: LIMIT,
        remaining: LIMIT - used,
        resetInMs: startAt + WINDOW_MS - clock.now(),
        reserve: LIMIT / 10,
        othersPerS: 0,
      }
      const leave: Leave = askLeave(bucket, facts, { now: clock.now(), patience })
      bucket = leave.bucket
      const permit = await take(patience)
      expect(permit.kind).toBe(leave.kind)
      counts[permit.kind] += 1
      if (permit.kind === 'granted') used += 1
      else expect(Math.abs(permit.inMs - (leave.kind === 'denied' ? leave.inMs : 0))).toBeLessThanOrEqual(2)
    }
    expect(counts.granted).toBeGreaterThan(100)
    expect(counts.denied).toBeGreaterThan(50)
  })
})
