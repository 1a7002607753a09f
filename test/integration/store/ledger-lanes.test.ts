import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { Attempt } from '../../../src/domain/attempt.js'
import { deliveryId, type PlannedDelivery } from '../../../src/domain/delivery.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createLedger } from '../../../src/store/ledger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { entryFor, KEYS, refOf, START_AT, snapshotOf, type TestClock, testClock } from './store-fixtures.js'

function eventOf(build: string, status: string): BuildEvent {
  const event = entryFor(UNRECORDED, snapshotOf({ status }, refOf(build))).change?.event
  if (!event) throw new Error('no transition')
  return event
}

const LANE = 'shop/jobs/web|branch/main'

function planned(build: string, status: string, facts: Partial<PlannedDelivery> = {}): PlannedDelivery {
  const event = eventOf(build, status)
  return { id: deliveryId(event.id, 'hook'), notifier: 'hook', event, lane: LANE, ...facts }
}

const QUEUED = planned('b-1', 'QUEUED')
const BUILDING = planned('b-1', 'BUILDING')
const NEXT = planned('b-2', 'QUEUED')

const attempt = (order: Attempt['order'] = 'any', ...together: string[]): Attempt => ({
  body: 'body',
  order,
  together,
})

describeEachRedis('the delivery ledger, of one notifier and line,', (engine) => {
  let redis: Redis
  let clock: TestClock
  let ledger: ReturnType<typeof createLedger>
  const stateOf = (delivery: PlannedDelivery) =>
    redis.hmget(KEYS.delivery(delivery.id), 'state', 'reason', 'detail')
  const laneOf = () => redis.lrange(KEYS.lane('hook', LANE), 0, -1)

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    ledger = createLedger({ redis, keys: KEYS, clock })
  })

  it('lets them overtake each other where order does not matter', async () => {
    await ledger.open([QUEUED, BUILDING])
    expect(await ledger.begin(BUILDING.id, attempt('any'))).toMatchObject({ kind: 'started' })
  })

  it('keeps them in turn, through retries, until each has ended', async () => {
    await ledger.open([QUEUED, NEXT])
    await ledger.begin(QUEUED.id, attempt('in_turn'))
    expect(await ledger.begin(NEXT.id, attempt('in_turn'))).toEqual({ kind: 'behind', inMs: 0 })
    await ledger.postpone(QUEUED.id, START_AT + 5000, 'HTTP 503')
    expect(await ledger.begin(NEXT.id, attempt('in_turn'))).toEqual({ kind: 'behind', inMs: 5000 })
    await ledger.end(QUEUED.id, { kind: 'dead_lettered', reason: 'refused' })
    expect(await ledger.begin(NEXT.id, attempt('in_turn'))).toMatchObject({ kind: 'started', attempt: 1 })
    await ledger.end(NEXT.id, { kind: 'accepted' })
    expect(await laneOf()).toEqual([])
  })

  it('keeps no order between lines, nor between notifiers', async () => {
    const elsewhere = planned('b-2', 'QUEUED', { lane: 'shop/jobs/web|branch/dev' })
    const another = { ...NEXT, id: deliveryId(NEXT.event.id, 'ops'), notifier: 'ops' }
    await ledger.open([QUEUED, elsewhere, another])
    for (const { id } of [elsewhere, another])
      expect(await ledger.begin(id, attempt('in_turn'))).toMatchObject({ kind: 'started' })
  })

  it('drops what a newer event of the same build has overtaken, where only the latest counts', async () => {
    await ledger.open([QUEUED, BUILDING])
    expect(await ledger.begin(QUEUED.id, attempt('latest'))).toEqual({ kind: 'superseded' })
    expect(await stateOf(QUEUED)).toEqual(['suppressed', 'superseded', BUILDING.id])
    expect(await ledger.begin(BUILDING.id, attempt('latest'))).toMatchObject({ kind: 'started' })
  })

  it('does not wait for an older one of the same build that waits for its next try', async () => {
    await ledger.open([QUEUED])
    await ledger.begin(QUEUED.id, attempt('latest'))
    await ledger.postpone(QUEUED.id, START_AT + 3_600_000, 'HTTP 503')
    await ledger.open([BUILDING])
    expect(await ledger.begin(BUILDING.id, attempt('latest'))).toMatchObject({ kind: 'started' })
    expect(await stateOf(QUEUED)).toEqual(['suppressed', 'superseded', BUILDING.id])
    expect(await ledger.pending()).toMatchObject([{ id: BUILDING.id }])
  })

  it('waits for an older one of the same build that is in hand: its answer could come last', async () => {
    await ledger.open([QUEUED])
    await ledger.begin(QUEUED.id, attempt('latest'))
    await ledger.open([BUILDING])
    expect(await ledger.begin(BUILDING.id, attempt('latest'))).toEqual({ kind: 'behind', inMs: 0 })
  })

  it('keeps the latest of different builds in turn', async () => {
    await ledger.open([QUEUED, NEXT])
    expect(await ledger.begin(NEXT.id, attempt('latest'))).toMatchObject({ kind: 'behind' })
    expect(await ledger.begin(QUEUED.id, attempt('latest'))).toMatchObject({ kind: 'started' })
  })

  it('does not wait for a row that is gone', async () => {
    await ledger.open([QUEUED, NEXT])
    await redis.del(KEYS.delivery(QUEUED.id))
    expect(await ledger.begin(NEXT.id, attempt('in_turn'))).toMatchObject({ kind: 'started' })
    expect(await laneOf()).toEqual([NEXT.id])
  })

  it('opens a suppressed delivery and ends it at once', async () => {
    const silenced = { ...QUEUED, suppressed: 'silence' } as const
    expect(await ledger.open([silenced])).toEqual([])
    expect(await stateOf(QUEUED)).toEqual(['suppressed', 'silence', null])
    expect([await laneOf(), await ledger.pending()]).toEqual([[], []])
    expect(await redis.ttl(KEYS.delivery(QUEUED.id))).toBeGreaterThan(0)
  })

  it('holds a delivery until the instant before which it may not be sent', async () => {
    await ledger.open([{ ...QUEUED, notBefore: START_AT + 60_000 }])
    expect(await ledger.pending()).toEqual([{ id: QUEUED.id, notifier: 'hook', dueAt: START_AT + 60_000 }])
    expect(await ledger.find(QUEUED.id)).toMatchObject({ notBefore: START_AT + 60_000 })
  })

  it.each(['in_turn', 'latest'] as const)(
    'ends the quiet of what one that is not quiet waits for, %s',
    async (order) => {
      await ledger.open([{ ...QUEUED, notBefore: START_AT + 3_600_000 }, NEXT])
      const held = { kind: 'behind', inMs: 0, hurried: QUEUED.id }
      expect(await ledger.begin(NEXT.id, attempt(order))).toEqual(held)
      expect(await ledger.begin(NEXT.id, attempt(order))).toEqual(held)
      expect(await ledger.find(QUEUED.id)).not.toHaveProperty('notBefore')
      expect(await ledger.pending()).toContainEqual({ id: QUEUED.id, notifier: 'hook', dueAt: START_AT })
      expect(await ledger.begin(QUEUED.id, attempt(order))).toMatchObject({ kind: 'started' })
    },
  )

  it('leaves what it has hurried to its retries', async () => {
    await ledger.open([{ ...QUEUED, notBefore: START_AT + 3_600_000 }, NEXT])
    await ledger.begin(NEXT.id, attempt('in_turn'))
    await ledger.begin(QUEUED.id, attempt('in_turn'))
    await ledger.postpone(QUEUED.id, START_AT + 5000, 'HTTP 503')
    expect(await ledger.begin(NEXT.id, attempt('in_turn'))).toEqual({ kind: 'behind', inMs: 5000 })
    expect(await ledger.pending()).toContainEqual({ id: QUEUED.id, notifier: 'hook', dueAt: START_AT + 5000 })
  })

  it('notes nothing of one that has no body yet, and says whether it can begin', async () => {
    await ledger.open([QUEUED, NEXT])
    const looking = { order: 'in_turn', together: [] } as const
    expect(await ledger.begin(QUEUED.id, looking)).toEqual({ kind: 'free' })
    expect(await ledger.begin(NEXT.id, looking)).toEqual({ kind: 'behind', inMs: 0 })
    expect(await ledger.begin(QUEUED.id, attempt('in_turn'))).toMatchObject({ kind: 'started', attempt: 1 })
    expect(await ledger.begin(QUEUED.id, looking)).toMatchObject({ kind: 'started', body: 'body' })
  })

  it('looks through a long lane to its end', async () => {
    const many = Array.from({ length: 250 }, (_, at) => planned(`b-${at}`, 'QUEUED'))
    const last = planned('b-0', 'BUILDING')
    await ledger.open([...many, last])
    expect(await ledger.begin(many[0]!.id, attempt('latest'))).toEqual({ kind: 'superseded' })
    for (const { id } of many.slice(1, 205)) await redis.del(KEYS.delivery(id))
    expect(await ledger.begin(many[205]!.id, attempt('in_turn'))).toMatchObject({ kind: 'started' })
    expect(await ledger.begin(last.id, attempt('in_turn'))).toMatchObject({ kind: 'behind' })
    expect(await laneOf()).toHaveLength(46)
  })

  it('tells once under one claim, and the same event again when it is opened again', async () => {
    const [first, second] = [QUEUED, NEXT].map((each) => ({ ...each, once: 'line:x' }))
    expect(await ledger.open([first!])).toEqual([first])
    expect(await ledger.open([second!])).toEqual([])
    expect(await ledger.open([first!])).toEqual([first])
    expect(await stateOf(NEXT)).toEqual(['suppressed', 'once_per', null])
  })

  it('does not give a claim to what is silenced', async () => {
    await ledger.open([{ ...QUEUED, once: 'line:x', suppressed: 'silence' }])
    const told = { ...NEXT, once: 'line:x' }
    expect(await ledger.open([told])).toEqual([told])
  })

  it('ends what is told along in the step in which the body is frozen', async () => {
    await ledger.open([QUEUED, NEXT])
    expect(await ledger.begin(QUEUED.id, attempt('any', NEXT.id))).toMatchObject({ kind: 'started' })
    expect(await stateOf(NEXT)).toEqual(['suppressed', 'grouped', QUEUED.id])
    expect(await ledger.begin(QUEUED.id, attempt('any', BUILDING.id))).toMatchObject({
      kind: 'started',
      attempt: 2,
    })
  })

  it('begins nothing when one to be told along was begun meanwhile', async () => {
    await ledger.open([QUEUED, NEXT])
    await ledger.begin(NEXT.id, attempt())
    expect(await ledger.begin(QUEUED.id, attempt('any', NEXT.id))).toEqual({ kind: 'changed' })
    expect(await ledger.find(QUEUED.id)).not.toHaveProperty('body')
  })

  it('finds what was never begun and may be, the longest waiting first', async () => {
    await ledger.open([NEXT])
    clock.advance(1000)
    await ledger.open([
      QUEUED,
      { ...BUILDING, notBefore: START_AT + 90_000 },
      { ...planned('b-3', 'QUEUED') },
    ])
    await ledger.begin(QUEUED.id, attempt())
    await ledger.postpone(NEXT.id, START_AT + 60_000, 'waits for others to be told along')
    const found = await ledger.unbegun('hook', 10)
    expect(found.map(({ id }) => id)).toEqual([NEXT.id, planned('b-3', 'QUEUED').id])
    expect(await ledger.unbegun('hook', 1)).toHaveLength(1)
    expect(await ledger.unbegun('ops', 10)).toEqual([])
  })

  it('finds what was never begun behind many that were, and reads no more than it needs', async () => {
    const begun = Array.from({ length: 250 }, (_, at) => planned(`begun-${at}`, 'QUEUED'))
    await ledger.open(begun)
    for (const { id } of begun) await ledger.begin(id, attempt())
    clock.advance(1000)
    const waiting = Array.from({ length: 400 }, (_, at) => planned(`b-${at}`, 'QUEUED'))
    await ledger.open(waiting)
    await redis.config('RESETSTAT')
    const found = await ledger.unbegun('hook', 20)
    expect(found).toHaveLength(20)
    expect(found.every(({ id }) => waiting.some((each) => each.id === id))).toBe(true)
    const read = /cmdstat_hmget:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]
    expect(Number(read)).toBeLessThanOrEqual(200)
  })

  it('remembers when the notifier last took something', async () => {
    await ledger.open([QUEUED, NEXT])
    expect(await ledger.acceptedAt('hook')).toBeUndefined()
    await ledger.end(QUEUED.id, { kind: 'accepted' })
    clock.advance(1000)
    await ledger.end(NEXT.id, { kind: 'dead_lettered', reason: 'refused' })
    expect(await ledger.acceptedAt('hook')).toBe(START_AT)
  })
})
