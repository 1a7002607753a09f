import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { Attempt } from '../../../src/domain/attempt.js'
import { deliveryId, type PlannedDelivery } from '../../../src/domain/delivery.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import { POISON_ATTEMPTS } from '../../../src/domain/retry.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createLedger } from '../../../src/store/ledger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { entryFor, KEYS, START_AT, snapshotOf, type TestClock, testClock } from './store-fixtures.js'

const MONTH_S = 30 * 86_400

function eventOf(status: string): BuildEvent {
  const event = entryFor(UNRECORDED, snapshotOf({ status, concluded: true })).change?.event
  if (!event) throw new Error('no transition')
  return event
}

function deliveryTo(notifier: string, event = eventOf('SUCCESS')): PlannedDelivery {
  return { id: deliveryId(event.id, notifier), notifier, event, lane: 'shop/jobs/web|branch/main' }
}

/** As it is found again. */
const openOf = ({ id, notifier, event }: PlannedDelivery) => ({ id, notifier, event, openedAt: START_AT })

const attemptOf = (body: string): Attempt => ({ body, order: 'any', together: [] })

const HOOK = deliveryTo('hook')
const OPS = deliveryTo('ops')

describeEachRedis('the delivery ledger', (engine) => {
  let redis: Redis
  let clock: TestClock
  let ledger: ReturnType<typeof createLedger>
  let durable: number

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    durable = 0
    const onDurable = () => {
      durable += 1
    }
    ledger = createLedger({ redis, keys: KEYS, clock, onDurable })
  })

  it('opens a row for each delivery and answers those that wait', async () => {
    expect(await ledger.open([HOOK, OPS])).toEqual([HOOK, OPS])
    expect(await ledger.find(HOOK.id)).toEqual(openOf(HOOK))
    expect(await ledger.pending()).toEqual(
      expect.arrayContaining([
        { id: HOOK.id, notifier: 'hook', dueAt: START_AT },
        { id: OPS.id, notifier: 'ops', dueAt: START_AT },
      ]),
    )
  })

  it('opens nothing for an event that goes to nobody', async () => {
    expect(await ledger.open([])).toEqual([])
  })

  it('changes nothing when a row is opened again', async () => {
    await ledger.open([HOOK])
    await ledger.begin(HOOK.id, attemptOf('body'))
    const row = await redis.hgetall(KEYS.delivery(HOOK.id))
    clock.advance(1000)
    expect(await ledger.open([HOOK])).toEqual([HOOK])
    expect(await redis.hgetall(KEYS.delivery(HOOK.id))).toEqual(row)
  })

  it('does not open again what has ended', async () => {
    await ledger.open([HOOK])
    await ledger.end(HOOK.id, { kind: 'accepted' })
    expect(await ledger.open([HOOK, OPS])).toEqual([OPS])
    expect(await ledger.find(HOOK.id)).toBeUndefined()
  })

  it('freezes the body at the first attempt', async () => {
    await ledger.open([HOOK])
    expect(await ledger.begin(HOOK.id, attemptOf('first'))).toEqual({
      kind: 'started',
      attempt: 1,
      body: 'first',
    })
    expect(await ledger.begin(HOOK.id, attemptOf('second'))).toEqual({
      kind: 'started',
      attempt: 2,
      body: 'first',
    })
  })

  it('calls a delivery poison after five attempts that never ended', async () => {
    await ledger.open([HOOK])
    for (let attempt = 1; attempt <= POISON_ATTEMPTS; attempt += 1)
      expect(await ledger.begin(HOOK.id, attemptOf('body'))).toMatchObject({ kind: 'started', attempt })
    expect(await ledger.begin(HOOK.id, attemptOf('body'))).toEqual({ kind: 'poison' })
    expect(await redis.hget(KEYS.delivery(HOOK.id), 'attempts')).toBe(String(POISON_ATTEMPTS))
  })

  it('counts an attempt that was postponed as ended', async () => {
    await ledger.open([HOOK])
    for (let attempt = 1; attempt <= 2 * POISON_ATTEMPTS; attempt += 1) {
      expect(await ledger.begin(HOOK.id, attemptOf('body'))).toMatchObject({ kind: 'started', attempt })
      await ledger.postpone(HOOK.id, START_AT + attempt, 'HTTP 503')
    }
    expect(await ledger.pending()).toEqual([
      { id: HOOK.id, notifier: 'hook', dueAt: START_AT + 2 * POISON_ATTEMPTS },
    ])
    expect(await redis.hget(KEYS.delivery(HOOK.id), 'reason')).toBe('HTTP 503')
  })

  it('takes back an attempt that was released, and keeps its body', async () => {
    await ledger.open([HOOK])
    await ledger.begin(HOOK.id, attemptOf('body'))
    await ledger.release(HOOK.id)
    expect(await ledger.find(HOOK.id)).toEqual({ ...openOf(HOOK), body: 'body' })
    expect(await ledger.begin(HOOK.id, attemptOf('another'))).toEqual({
      kind: 'started',
      attempt: 1,
      body: 'body',
    })
  })

  it.each(['begin', 'postpone', 'end'] as const)('changes nothing after the end by %s', async (step) => {
    await ledger.open([HOOK])
    await ledger.end(HOOK.id, { kind: 'dead_lettered', reason: 'refused', detail: 'HTTP 400' })
    const row = await redis.hgetall(KEYS.delivery(HOOK.id))
    if (step === 'begin') expect(await ledger.begin(HOOK.id, attemptOf('body'))).toEqual({ kind: 'ended' })
    else if (step === 'postpone') await ledger.postpone(HOOK.id, START_AT, 'late')
    else await ledger.end(HOOK.id, { kind: 'accepted' })
    expect(await redis.hgetall(KEYS.delivery(HOOK.id))).toEqual(row)
    expect(await ledger.pending()).toEqual([])
    expect(durable).toBe(0)
  })

  it.each(['begin', 'postpone', 'end'] as const)(
    'writes nothing for an unknown delivery by %s',
    async (step) => {
      if (step === 'begin') expect(await ledger.begin(HOOK.id, attemptOf('body'))).toEqual({ kind: 'ended' })
      else if (step === 'postpone') await ledger.postpone(HOOK.id, START_AT, 'late')
      else await ledger.end(HOOK.id, { kind: 'accepted' })
      expect(await redis.dbsize()).toBe(0)
    },
  )

  it('keeps an accepted row for thirty days and asks for durability', async () => {
    await ledger.open([HOOK])
    await ledger.end(HOOK.id, { kind: 'accepted' })
    expect(durable).toBe(1)
    expect(await ledger.pending()).toEqual([])
    expect(await redis.ttl(KEYS.delivery(HOOK.id))).toBeGreaterThan(MONTH_S - 60)
    expect(await redis.zcard(KEYS.deadDeliveries)).toBe(0)
  })

  it('lists a dead letter with its reason for thirty days', async () => {
    await ledger.open([HOOK, OPS])
    await ledger.end(HOOK.id, { kind: 'dead_lettered', reason: 'gone', detail: 'HTTP 410' })
    expect(await redis.hgetall(KEYS.delivery(HOOK.id))).toMatchObject({
      state: 'dead_lettered',
      reason: 'gone',
      detail: 'HTTP 410',
    })
    expect(await redis.zrange(KEYS.deadDeliveries, '0', '-1')).toEqual([HOOK.id])
    clock.advance(MONTH_S * 1000)
    await ledger.end(OPS.id, { kind: 'dead_lettered', reason: 'exhausted' })
    expect(await redis.zrange(KEYS.deadDeliveries, '0', '-1')).toEqual([OPS.id])
  })

  it('knows which notifiers have had a queue, until it is told that those are gone', async () => {
    expect(await ledger.queued([])).toEqual([])
    await ledger.queued(['hook', 'ops'])
    expect((await ledger.queued(['hook', 'log'])).sort()).toEqual(['hook', 'log', 'ops'])
    await ledger.unqueued([])
    await ledger.unqueued(['ops', 'hook'])
    expect(await ledger.queued([])).toEqual(['log'])
  })

  it('suspends a notifier until it is resumed, for the first reason', async () => {
    expect(await ledger.isSuspended('hook')).toBe(false)
    await ledger.suspend('hook', 'HTTP 410')
    await ledger.suspend('hook', 'again')
    expect(await ledger.isSuspended('hook')).toBe(true)
    expect(await redis.hget(KEYS.suspended, 'hook')).toBe(
      JSON.stringify({ reason: 'HTTP 410', at: START_AT }),
    )
    await ledger.resume('hook')
    expect(await ledger.isSuspended('hook')).toBe(false)
  })
})
