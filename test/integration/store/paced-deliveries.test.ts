import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { Attempt } from '../../../src/domain/attempt.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { inOrder, laneBench, planned } from './lane-fixtures.js'
import { KEYS, START_AT } from './store-fixtures.js'

const LONG_MS = 3_600_000
const FIRST = planned('b-1', 'SUCCESS')
const SECOND = planned('b-2', 'SUCCESS')
const THIRD = planned('b-3', 'SUCCESS')
const [ONE, TWO, THREE] = [FIRST.id, SECOND.id, THIRD.id]

describeEachRedis('a notifier that may have so many attempts in a span', (engine) => {
  let redis: Redis
  let bench: ReturnType<typeof laneBench>
  const begin = (id: string, rate: Attempt['rate'], facts: Partial<Attempt> = {}) =>
    bench.ledger.begin(id, { ...inOrder('any', 'body'), ...(rate && { rate }), ...facts })

  beforeEach(async () => {
    redis = engine.connect()
    bench = laneBench(redis)
    await bench.ledger.open([FIRST, SECOND, THIRD])
  })

  it('has as many, and those over that wait for the end of the span', async () => {
    const rate = { max: 2, perMs: LONG_MS }
    for (const id of [ONE, TWO]) expect(await begin(id, rate)).toMatchObject({ kind: 'started' })
    const paced = await begin(THREE, rate)
    if (paced.kind !== 'paced') throw new Error(paced.kind)
    expect(paced.inMs).toBeGreaterThan(LONG_MS - 60_000)
    expect(paced.inMs).toBeLessThanOrEqual(LONG_MS)
    expect(await bench.ledger.find(THREE)).not.toHaveProperty('body')
    expect(await begin(THREE, undefined)).toMatchObject({ kind: 'started' })
  })

  it('has as many again when the span is over', async () => {
    const rate = { max: 1, perMs: 30 }
    await begin(ONE, rate)
    await eventually(async () => (await begin(TWO, rate)).kind === 'started', {
      what: 'the next span',
      withinMs: 5000,
    })
  })

  it('counts none that did not start: that looked, stood behind another or had ended', async () => {
    const rate = { max: 1, perMs: LONG_MS }
    expect(await bench.ledger.begin(ONE, { ...inOrder('in_turn'), rate })).toEqual({ kind: 'free' })
    expect(await begin(TWO, rate, { order: 'in_turn' })).toMatchObject({ kind: 'behind' })
    await bench.ledger.end(THREE, { kind: 'accepted' })
    expect(await begin(THREE, rate)).toEqual({ kind: 'ended' })
    expect(await begin(ONE, rate)).toMatchObject({ kind: 'started' })
    expect(await bench.ledger.begin(TWO, { ...inOrder('any'), rate })).toMatchObject({ kind: 'paced' })
  })

  it('waits no longer than its span, also when that was longer before', async () => {
    await begin(ONE, { max: 1, perMs: LONG_MS })
    expect(await begin(TWO, { max: 1, perMs: 1000 })).toEqual({ kind: 'paced', inMs: 1000 })
    expect(await redis.pttl(KEYS.attemptsOf('hook'))).toBeLessThanOrEqual(1000)
  })

  it('still counts attempts that never ended of one that has to wait', async () => {
    for (let crash = 0; crash < 5; crash += 1) await begin(ONE, undefined)
    await bench.ledger.defer(ONE, START_AT + 1000, 'waits for its rate limit')
    expect(await bench.ledger.pending()).toContainEqual({ id: ONE, notifier: 'hook', dueAt: START_AT + 1000 })
    expect(await begin(ONE, undefined)).toEqual({ kind: 'poison' })
    expect((await bench.desk.show(ONE))?.failed).toEqual([])
  })

  it('gives back no attempt of one that was replayed while it was in hand', async () => {
    await begin(ONE, undefined)
    await bench.desk.drop(ONE)
    await bench.desk.replay(ONE)
    await bench.ledger.release(ONE)
    expect(await begin(ONE, undefined)).toMatchObject({ kind: 'started', attempt: 1 })
  })
})
