/** The event log holds so many events that dispatch has not acknowledged, and no more; acknowledged ones make way. */
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { EventLog, RecordResult } from '../../../src/domain/ports.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createEventLog } from '../../../src/store/event-log.js'
import { asFields, asList } from '../../../src/store/reply.js'
import { fence, readPage } from '../../contract/docs/markdown.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { limitedUser, removeLimitedUser, userWith } from './limited-user.js'
import { entryFor, KEYS, refOf, snapshotOf, testLogger } from './store-fixtures.js'

const CAP = 3
const FULL = { kind: 'refused', reason: expect.stringContaining('not dispatched, its cap') }

describeEachRedis('the cap of the event log', (engine) => {
  let redis: Redis
  let log: EventLog
  let builds: number

  beforeEach(() => {
    redis = engine.connect()
    log = createEventLog({
      redis,
      blocking: engine.connect(),
      keys: KEYS,
      logger: testLogger(),
      replica: 'replica-1',
    })
    builds = 0
  })

  afterEach(async () => {
    await redis.config('SET', 'stream-node-max-entries', '100')
    await removeLimitedUser(redis)
  })

  /** Records the first transition of one more build. */
  async function record(eventLogCap = CAP, client = redis): Promise<RecordResult> {
    const records = createBuildRecords({ redis: client, keys: KEYS, logger: testLogger(), eventLogCap })
    builds += 1
    return records.record(entryFor(UNRECORDED, snapshotOf({ status: 'PENDING' }, refOf(`b${builds}`))))
  }

  async function recordMany(count: number, eventLogCap = CAP): Promise<void> {
    for (let at = 0; at < count; at += 1)
      expect(await record(eventLogCap)).toMatchObject({ kind: 'recorded' })
  }

  async function handOut(): Promise<void> {
    await log.next(1)
    log.recall()
  }

  /** The oldest `count` of those that wait. */
  async function acknowledge(count: number): Promise<void> {
    for (let left = count; left > 0; log.recall()) {
      const handed = (await log.next(1)).slice(0, left)
      expect(handed).not.toHaveLength(0)
      for (const { logId } of handed) await log.acknowledge(logId)
      left -= handed.length
    }
  }

  async function append(count: number): Promise<string[]> {
    const batch = redis.pipeline()
    for (let at = 0; at < count; at += 1) batch.xadd(KEYS.events, '*', 'event', '{}', 'routes', '[]')
    const replies = (await batch.exec()) ?? []
    return replies.map(([, id]) => String(id))
  }

  /** Appends one entry behind others that were removed before they were read: the server cannot count past those. */
  async function makeAHole(): Promise<void> {
    const [gone = '', last = ''] = await append(2)
    await redis.xdel(KEYS.events, gone, last)
    await append(1)
    const [group] = asList(await redis.xinfo('GROUPS', KEYS.events)).map(asFields)
    expect(group?.get('lag') ?? null).toBeNull()
  }

  it('refuses when nobody has read so many', async () => {
    await recordMany(CAP)
    expect(await record()).toMatchObject(FULL)
    expect(await redis.xlen(KEYS.events)).toBe(CAP)
  })

  it('refuses when so many are handed out and none is acknowledged', async () => {
    await recordMany(CAP)
    await handOut()
    expect(await record()).toMatchObject(FULL)
  })

  it('refuses when those handed out and those not yet read are so many together', async () => {
    await recordMany(CAP - 1)
    await handOut()
    await recordMany(1)
    expect(await record()).toMatchObject(FULL)
  })

  it('counts for nothing what has been acknowledged', async () => {
    await recordMany(CAP)
    await acknowledge(2)
    await recordMany(CAP - 1)
    expect(await record()).toMatchObject(FULL)
    await acknowledge(CAP)
    await recordMany(CAP)
    expect(await record()).toMatchObject(FULL)
  })

  it('counts for nothing what has been acknowledged behind an event that has not', async () => {
    await recordMany(CAP)
    const handed = await log.next(1)
    for (const { logId } of handed.slice(1)) await log.acknowledge(logId)
    await recordMany(CAP - 1)
    expect(await record()).toMatchObject(FULL)
  })

  it('counts one by one where the server cannot tell how far dispatch is behind', async () => {
    await recordMany(CAP)
    await acknowledge(CAP)
    await makeAHole()
    await recordMany(CAP - 1)
    expect(await record()).toMatchObject(FULL)
  })

  it('refuses what is handed out alone, where the server cannot tell how far dispatch is behind', async () => {
    await recordMany(CAP)
    await handOut()
    await makeAHole()
    expect(await record()).toMatchObject(FULL)
    await acknowledge(1)
    expect(await record()).toMatchObject(FULL)
    await acknowledge(1)
    expect(await record()).toMatchObject({ kind: 'recorded' })
  })

  it('counts no more than a thousand: a full log and dispatch that far behind is stuck', async () => {
    const [first = '', ...others] = await append(2000)
    await redis.xgroup('CREATE', KEYS.events, 'dispatch', '0')
    await redis.xreadgroup('GROUP', 'dispatch', 'r', 'STREAMS', KEYS.events, '>')
    await redis.xack(KEYS.events, 'dispatch', ...others)
    await makeAHole()
    await append(998)
    expect(await redis.xrange(KEYS.events, first, first)).toHaveLength(1)
    await recordMany(1, 1500)
    expect(await record(1500)).toMatchObject(FULL)
  })

  it('lets acknowledged events make way, and no others', async () => {
    await redis.config('SET', 'stream-node-max-entries', '2')
    await recordMany(10, 10)
    await acknowledge(6)
    await recordMany(1, 10)
    const left = await redis.xlen(KEYS.events)
    expect(left).toBeGreaterThanOrEqual(5)
    expect(left).toBeLessThanOrEqual(7)
    const waiting = await log.next(1)
    expect(waiting.map(({ event }) => event.subject.split('/').at(-1))).toEqual(['b7', 'b8', 'b9', 'b10'])
  })

  it('leaves acknowledged events alone while there is room', async () => {
    await redis.config('SET', 'stream-node-max-entries', '2')
    await recordMany(9, 10)
    await acknowledge(9)
    await recordMany(1, 10)
    expect(await redis.xlen(KEYS.events)).toBe(10)
  })

  it('waits for dispatch, not for the groups of other readers', async () => {
    await redis.xgroup('CREATE', KEYS.events, 'another', '0', 'MKSTREAM')
    await recordMany(CAP)
    await acknowledge(CAP)
    await recordMany(CAP)
  })

  it('names the command when XTRIM is forbidden', async () => {
    await recordMany(CAP)
    await acknowledge(CAP)
    const client = await limitedUser(redis, engine, '-xtrim')
    expect(await record(CAP, client)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(`XTRIM on ${KEYS.events}`),
    })
  })

  it('needs no more rights than docs/redis.md gives the daemon', async () => {
    const [, , , ...rules] = fence(readPage('docs/redis.md'), 'acl daemon').trim().split(/\s+/)
    await recordMany(CAP)
    await acknowledge(1)
    const client = await userWith(redis, engine, ...rules)
    expect(await record(CAP, client)).toMatchObject({ kind: 'recorded' })
    expect(await record(CAP, client)).toMatchObject(FULL)
  })
})
