import { beforeEach, expect, it } from '@jest/globals'
import type { Permit, RateLimitFacts, Reserve } from '../../../src/domain/ports.js'
import { createBudget, reservedRequests } from '../../../src/store/budget.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, START_AT, type TestClock, testClock } from './store-fixtures.js'

const HOUR = 3_600_000
const good = (facts: Partial<RateLimitFacts> = {}): RateLimitFacts => ({
  limit: 1000,
  remaining: 999,
  resetInMs: HOUR,
  throttled: false,
  ...facts,
})

describeEachRedis('the budget of an account', (engine) => {
  let clock: TestClock
  let budget: ReturnType<typeof createBudget>
  let durable: number

  beforeEach(() => {
    clock = testClock()
    durable = 0
    budget = budgetWith({ kind: 'share', share: 0.1 })
  })

  function budgetWith(reserve: Reserve) {
    const onDurable = () => {
      durable += 1
    }
    return createBudget({ redis: engine.connect(), keys: KEYS, clock, reserves: () => reserve, onDurable })
  }

  async function granted(purpose: 'planned' | 'reserve' = 'planned'): Promise<number> {
    const permit = await budget.take('default', purpose)
    if (permit.kind !== 'granted') throw new Error(`denied: ${permit.because} for ${permit.inMs} ms`)
    return permit.number
  }

  const takeMany = (count: number, purpose: 'planned' | 'reserve' = 'planned'): Promise<Permit[]> =>
    Promise.all(Array.from({ length: count }, () => budget.take('default', purpose)))

  const grantedOf = (permits: readonly Permit[]): number =>
    permits.filter(({ kind }) => kind === 'granted').length

  it('numbers its permits', async () => {
    expect([await granted(), await granted(), await granted('reserve')]).toEqual([1, 2, 3])
  })

  it('lets a tenth of the limit go at once and then sets the pace', async () => {
    const permits = await takeMany(103)
    expect(grantedOf(permits)).toBe(100)
    // 800 are left to plan with in the hour: one in 4.5 s, each who waits behind the one before.
    expect(permits.slice(100)).toEqual(
      [4500, 9000, 13_500].map((inMs) => ({ kind: 'denied', because: 'pace', inMs })),
    )
  })

  it.each<[Reserve, number]>([
    [{ kind: 'share', share: 0.1 }, 1000],
    [{ kind: 'share', share: 0.015 }, 1000],
    [{ kind: 'share', share: 0.07 }, 333],
    [{ kind: 'requests', requests: 150 }, 200],
    [{ kind: 'requests', requests: 0 }, 51],
  ])('leaves alone what is said to be reserved: %p of %p', async (reserve, limit) => {
    budget = budgetWith(reserve)
    const first = await granted()
    const reserved = reservedRequests(reserve, limit)
    await budget.learn('default', first, good({ limit, remaining: reserved + 1, resetInMs: HOUR }))
    clock.advance(HOUR / 2)
    expect(await budget.take('default', 'planned')).toMatchObject({ kind: 'granted' })
    clock.advance(HOUR / 4)
    expect(await budget.take('default', 'planned')).toMatchObject({ because: 'budget' })
  })

  it('gives those whom it sent away a permit when they come back', async () => {
    const permits = await takeMany(103)
    for (const permit of permits.slice(100)) {
      if (permit.kind === 'granted') continue
      clock.advance(START_AT + permit.inMs - clock.now())
      expect(await budget.take('default', 'planned')).toMatchObject({ kind: 'granted' })
    }
  })

  it('shares the allowance between replicas', async () => {
    const other = budgetWith({ kind: 'share', share: 0.1 })
    const theirs = Array.from({ length: 80 }, () => other.take('default', 'planned'))
    const permits = [...(await takeMany(80)), ...(await Promise.all(theirs))]
    expect(grantedOf(permits)).toBe(100)
  })

  it('keeps accounts apart', async () => {
    await takeMany(100)
    expect(await budget.take('other', 'planned')).toEqual({ kind: 'granted', number: 1 })
  })

  it.each<{ name: string; reserve: Reserve; limit: number; kept: number }>([
    { name: 'a share', reserve: { kind: 'share', share: 0.1 }, limit: 1000, kept: 100 },
    { name: 'a number', reserve: { kind: 'requests', requests: 300 }, limit: 1000, kept: 300 },
    { name: 'at least twenty', reserve: { kind: 'share', share: 0.01 }, limit: 1000, kept: 20 },
    { name: 'at most half the limit', reserve: { kind: 'requests', requests: 900 }, limit: 100, kept: 50 },
  ])('keeps planned requests out of the reserve: $name', async ({ reserve, limit, kept }) => {
    budget = budgetWith(reserve)
    await budget.learn('default', await granted(), good({ limit, remaining: kept + 1 }))
    expect(grantedOf(await takeMany(3))).toBe(1)
    expect(await budget.take('default', 'planned')).toMatchObject({ because: 'budget' })
  })

  it('gives the reserve to those who may use it, to the last request', async () => {
    await budget.learn('default', await granted(), good({ remaining: 3 }))
    const permits = await takeMany(5, 'reserve')
    expect(grantedOf(permits)).toBe(3)
    expect(permits[4]).toEqual({ kind: 'denied', because: 'budget', inMs: HOUR + 1000 })
  })

  it('takes other users of the account into account', async () => {
    const number = await granted()
    await takeMany(4)
    await budget.learn('default', number, good({ remaining: 200 }))
    expect(await budget.read('default')).toMatchObject({ remaining: 196 })
  })

  it('believes the lowest count, in whatever order the answers come', async () => {
    const [first, second, third] = [await granted(), await granted(), await granted()]
    await budget.learn('default', third, good({ remaining: 500 }))
    await budget.learn('default', first, good({ remaining: 502 }))
    await budget.learn('default', second, good({ remaining: 501 }))
    expect(await budget.read('default')).toMatchObject({ remaining: 500 })
  })

  it('adopts a limit that support has raised', async () => {
    await budget.learn('default', await granted(), good({ limit: 5000, remaining: 4999 }))
    expect(await budget.read('default')).toMatchObject({ limit: 5000, remaining: 4999 })
  })

  it('begins a new window at the reset and ignores what an answer of the old one says', async () => {
    const late = await granted()
    await budget.learn('default', await granted(), good({ remaining: 500, resetInMs: 10_000 }))
    clock.advance(12_000)
    await granted()
    await budget.learn('default', late, good({ remaining: 0, resetInMs: 0 }))
    expect(await budget.read('default')).toMatchObject({ remaining: 999 })
  })

  it('lets one request go at a reset, however long it guesses the new window to be', async () => {
    const short = good({ limit: 30, remaining: 29, resetInMs: 3000 })
    await budget.learn('default', await granted(), short)
    const permits = await takeMany(40)
    expect(permits.at(-1)).toMatchObject({ kind: 'denied' })
    clock.advance(5000)
    expect(await budget.take('default', 'planned')).toMatchObject({ kind: 'granted' })
  })

  it('adopts the next window from an answer that knows it first', async () => {
    await budget.learn('default', await granted(), good({ remaining: 0, resetInMs: 10_000 }))
    const early = await granted('reserve').catch(() => 0)
    expect(early).toBe(0)
    clock.advance(11_000)
    await budget.learn('default', await granted(), good({ remaining: 990, resetInMs: HOUR }))
    expect(await budget.read('default')).toMatchObject({ remaining: 990, resetAt: clock.now() + HOUR + 1000 })
  })

  it('follows a server whose window turns out to be another', async () => {
    await budget.learn('default', await granted(), good({ remaining: 10, resetInMs: HOUR }))
    const number = await granted('reserve')
    await budget.learn('default', number, good({ limit: 1000, remaining: 998, resetInMs: 60_000 }))
    expect(await budget.read('default')).toMatchObject({ remaining: 998, resetAt: START_AT + 61_000 })
  })

  it('stops the account after a 429 until the reset, for every purpose', async () => {
    await budget.learn('default', await granted(), { throttled: true, resetInMs: 600_000 })
    expect(durable).toBe(1)
    expect(await budget.take('default', 'reserve')).toEqual({
      kind: 'denied',
      because: 'throttled',
      inMs: 601_000,
    })
    clock.advance(600_999)
    expect(await budget.take('default', 'planned')).toMatchObject({ because: 'throttled', inMs: 1 })
    clock.advance(1)
    expect(await budget.take('default', 'planned')).toMatchObject({ kind: 'granted' })
  })

  it('waits 60 s after a 429 without headers and doubles up to a quarter of an hour', async () => {
    const waits: number[] = []
    for (let round = 0; round < 6; round += 1) {
      await budget.learn('default', await granted(), { throttled: true })
      const permit = await budget.take('default', 'reserve')
      waits.push(permit.kind === 'denied' ? permit.inMs / 1000 : 0)
      clock.advance(waits.at(-1)! * 1000)
    }
    expect(waits).toEqual([60, 120, 240, 480, 900, 900])
  })

  it('begins again at 60 s once an answer was good', async () => {
    await budget.learn('default', await granted(), { throttled: true })
    clock.advance(60_000)
    await budget.learn('default', await granted(), good())
    await budget.learn('default', await granted(), { throttled: true })
    expect(await budget.take('default', 'planned')).toMatchObject({ because: 'throttled', inMs: 60_000 })
  })

  it('counts requests that are refused together as one strike', async () => {
    const numbers = [await granted(), await granted(), await granted()]
    for (const number of numbers) await budget.learn('default', number, { throttled: true })
    expect(await budget.take('default', 'planned')).toMatchObject({ because: 'throttled', inMs: 60_000 })
  })

  it('keeps counting where answers carry no headers', async () => {
    for (let sent = 0; sent < 3; sent += 1)
      await budget.learn('default', await granted(), { throttled: false })
    expect(await budget.read('default')).toMatchObject({ limit: 1000, remaining: 997 })
  })

  it('ignores headers that cannot be meant', async () => {
    await budget.learn('default', await granted(), good({ limit: -1, remaining: 1.5, resetInMs: 1.7e12 }))
    expect(await budget.read('default')).toMatchObject({
      limit: 1000,
      remaining: 999,
      resetAt: START_AT + HOUR,
    })
  })

  it('forgets a request without an answer once a later one has shown what was counted', async () => {
    await granted()
    clock.advance(121_000)
    await budget.learn('default', await granted(), good({ remaining: 900 }))
    expect(await budget.read('default')).toMatchObject({ remaining: 900 })
  })

  it('goes on when Redis was emptied', async () => {
    const number = await granted()
    await engine.flush()
    await budget.learn('default', number, good({ remaining: 700 }))
    expect(await granted()).toBe(1)
    expect(await budget.read('default')).toMatchObject({ remaining: 699 })
  })

  it('does not stop for a clock that was set back', async () => {
    await takeMany(100)
    clock.advance(-HOUR)
    await budget.take('default', 'planned')
    clock.advance(60_000)
    expect(await budget.take('default', 'planned')).toMatchObject({ kind: 'granted' })
  })
})
