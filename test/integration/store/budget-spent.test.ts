/** Who has spent what of an account's allowance, as people see it. */
import { beforeEach, expect, it } from '@jest/globals'
import type { RateLimitFacts } from '../../../src/domain/ports.js'
import { createBudget } from '../../../src/store/budget.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, type TestClock, testClock } from './store-fixtures.js'

const HOUR = 3_600_000

const answer = (remaining: number, resetInMs = HOUR): RateLimitFacts => ({
  limit: 1000,
  remaining,
  resetInMs,
  throttled: false,
})

describeEachRedis('what was spent of an allowance', (engine) => {
  let clock: TestClock
  let budget: ReturnType<typeof createBudget>

  beforeEach(() => {
    clock = testClock()
    budget = budgetOf()
  })

  const budgetOf = () =>
    createBudget({
      redis: engine.connect(),
      keys: KEYS,
      clock,
      reserves: () => ({ kind: 'share', share: 0.1 }),
    })

  async function granted(by = budget): Promise<number> {
    const permit = await by.take('default', 'reserve')
    if (permit.kind !== 'granted') throw new Error(`denied: ${permit.because}`)
    return permit.number
  }

  async function spend(remaining: number, resetInMs = HOUR): Promise<void> {
    await budget.learn('default', await granted(), answer(remaining, resetInMs))
  }

  async function expectSpent(byUs: number, byOthers: number): Promise<void> {
    expect(await budget.read('default')).toMatchObject({ spentByUs: byUs, spentByOthers: byOthers })
  }

  it('is not known before the first request', async () => {
    expect(await budget.read('default')).toBeUndefined()
  })

  it('is ours alone when the server counts no more than that', async () => {
    await spend(999)
    await spend(998)
    await expectSpent(2, 0)
  })

  it("is everyone else's beyond that", async () => {
    await spend(999)
    await spend(898)
    await expectSpent(2, 100)
  })

  it('counts the requests of all replicas as ours, denied ones as none', async () => {
    const other = budgetOf()
    const numbers = [await granted(other), await granted(), await granted(other)]
    for (const number of numbers) await budget.learn('default', number, answer(0))
    expect(await other.take('default', 'planned')).toMatchObject({ kind: 'denied' })
    await expectSpent(3, 997)
  })

  it('counts what is under way as ours and not yet as counted by the server', async () => {
    await spend(899)
    await granted()
    await granted()
    await expectSpent(3, 100)
  })

  it('is never less than nothing where answers tell no count', async () => {
    await budget.learn('default', await granted(), { throttled: false })
    await budget.learn('default', await granted(), answer(999))
    await budget.learn('default', await granted(), { throttled: false })
    await expectSpent(3, 0)
  })

  it('begins at nothing when the window is over, and with the first request of the next one', async () => {
    await spend(500, 10_000)
    clock.advance(12_000)
    await expectSpent(0, 0)
    await granted()
    await expectSpent(1, 0)
    expect(await budget.read('default')).toMatchObject({ issued: 2 })
  })

  it('leaves an answer of the old window to that', async () => {
    const late = await granted()
    await spend(500, 10_000)
    clock.advance(12_000)
    await granted()
    await budget.learn('default', late, answer(0, 0))
    await expectSpent(1, 0)
  })

  it('counts a request of ours that was granted before the reset and arrived after it', async () => {
    await spend(500, 10_000)
    clock.advance(10_900)
    const crossing = await granted()
    clock.advance(200)
    await spend(998)
    await budget.learn('default', crossing, answer(998))
    await expectSpent(2, 0)
  })

  it('counts it also where its answer is the first sign of the new window', async () => {
    await spend(500, 10_000)
    clock.advance(10_900)
    const crossing = await granted()
    clock.advance(200)
    await budget.learn('default', crossing, answer(990))
    await expectSpent(1, 9)
  })

  it('takes neither side for the other where an answer shows a window that began meanwhile', async () => {
    await spend(10)
    const [first, second] = [await granted(), await granted()]
    await budget.learn('default', first, answer(949, 60_000))
    await budget.learn('default', second, answer(948, 60_000))
    await expectSpent(2, 50)
  })

  it('counts those that were granted before the answer that showed the window, once they say so', async () => {
    await spend(10)
    const [first, second] = [await granted(), await granted()]
    await budget.learn('default', second, answer(948, 60_000))
    await expectSpent(1, 51)
    await budget.learn('default', first, answer(949, 60_000))
    await expectSpent(2, 50)
  })

  it('begins anew when Redis was emptied', async () => {
    await spend(900)
    await engine.flush()
    await spend(800)
    await expectSpent(1, 199)
  })

  it('is right to the request over whole windows, however answers cross', async () => {
    const server = { endsAt: 0, ours: 0, others: 0 }
    const serve = (whose: 'ours' | 'others'): RateLimitFacts => {
      if (clock.now() >= server.endsAt)
        Object.assign(server, { endsAt: clock.now() + 600_000, ours: 0, others: 0 })
      server[whose] += 1
      const resetInMs = Math.ceil((server.endsAt - clock.now()) / 1000) * 1000
      return answer(1000 - server.ours - server.others, resetInMs)
    }
    for (let round = 0; round < 60; round += 1) {
      const numbers = [await granted(), await granted(), await granted()]
      clock.advance(20_000)
      serve('others')
      const answers = numbers.map((number) => ({ number, facts: serve('ours') }))
      for (const { number, facts } of answers.toReversed()) await budget.learn('default', number, facts)
      await expectSpent(server.ours, server.others)
      clock.advance(3000)
    }
  })
})
