import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { STUCK, type StuckEvent, stuckEvent } from '../../../src/domain/event.js'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { schemaErrors } from '../../unit/store/event-validator.js'
import { endOf } from './ended-builds.js'
import { limitedUser, removeLimitedUser } from './limited-user.js'
import { contentsOf } from './redis-contents.js'
import { entryFor, KEY, KEYS, REF, ROUTES, snapshotOf, testLogger } from './store-fixtures.js'

const RUNNING = snapshotOf({ status: 'BUILDING', branch: 'main' })
const EVENT: StuckEvent = stuckEvent('default', RUNNING, {
  reason: 'overdue',
  status: 'BUILDING',
  ageMs: 3_600_000,
  inStatusMs: 3_000_000,
  longestMs: 60_000,
})

describeEachRedis('a build that seems to be stuck', (engine) => {
  let redis: Redis
  let records: BuildRecords

  beforeEach(() => {
    redis = engine.connect()
    records = recordsOn(redis)
  })

  afterEach(() => removeLimitedUser(redis))

  const recordsOn = (client: Redis, logger = testLogger(), eventLogCap = 1000): BuildRecords =>
    createBuildRecords({ redis: client, keys: KEYS, logger, eventLogCap })

  const recordRunning = () => records.record(entryFor(UNRECORDED, RUNNING))

  it('is told in the event log, on its channel and in its hash', async () => {
    await recordRunning()
    const subscriber = engine.connect()
    const heard: string[] = []
    subscriber.on('message', (_channel, message) => heard.push(message))
    await subscriber.subscribe(KEYS.channel(KEY))
    expect(await records.tellStuck(EVENT, ROUTES)).toBe(true)
    await subscriber.ping()
    const [logged] = await redis.xrevrange(KEYS.events, '+', '-', 'COUNT', 1)
    expect(logged?.[1]).toEqual(['event', JSON.stringify(EVENT), 'routes', JSON.stringify(ROUTES)])
    expect(heard).toEqual([JSON.stringify(EVENT)])
    expect(await redis.hget(KEYS.build(KEY), 'stuck')).toBe(EVENT.time)
    expect(EVENT).toMatchObject({ type: STUCK, id: `${KEY}#stuck` })
    expect(schemaErrors(EVENT)).toEqual([])
  })

  it('is no transition: its own stream and its seq know nothing of it', async () => {
    await recordRunning()
    await records.tellStuck(EVENT, ROUTES)
    expect(await redis.xlen(KEYS.transitions(KEY))).toBe(1)
    expect(await records.read([REF])).toMatchObject([{ seq: 1, status: 'BUILDING', stuck: true }])
  })

  it('is told once', async () => {
    await recordRunning()
    await records.tellStuck(EVENT, ROUTES)
    const told = await contentsOf(redis)
    expect(await records.tellStuck({ ...EVENT, time: '2026-01-05T13:00:00.000Z' }, ROUTES)).toBe(false)
    expect(await contentsOf(redis)).toEqual(told)
  })

  it('is told once by many at the same time', async () => {
    await recordRunning()
    const each = Array.from({ length: 8 }, () => recordsOn(engine.connect()))
    const told = await Promise.all(each.map(({ tellStuck }) => tellStuck(EVENT, ROUTES)))
    expect(told.filter(Boolean)).toHaveLength(1)
    expect(await redis.xlen(KEYS.events)).toBe(2)
  })

  it('is not told when it is unknown or has ended', async () => {
    expect(await records.tellStuck(EVENT, ROUTES)).toBe(false)
    expect(await contentsOf(redis)).toEqual(new Map())
    await records.record(entryFor(UNRECORDED, endOf({ build: REF.build, created: 0 })))
    expect(await records.tellStuck(EVENT, ROUTES)).toBe(false)
    expect(await redis.xlen(KEYS.events)).toBe(1)
  })

  it('may move on and end after it was told', async () => {
    await recordRunning()
    await records.tellStuck(EVENT, ROUTES)
    const [before = UNRECORDED] = await records.read([REF])
    const end = entryFor(before, endOf({ build: REF.build, created: 0 }))
    expect(await records.record(end)).toEqual({ kind: 'recorded', seq: 2 })
  })

  it.each([
    ['the event', '-xadd', 'XADD on'],
    ['the hash', '-hset', 'HSET on'],
  ])('leaves nothing behind where Redis refuses %s, which is logged once', async (_, rule, reason) => {
    await recordRunning()
    const before = await contentsOf(redis)
    const logger = testLogger()
    const limited = recordsOn(await limitedUser(redis, engine, rule), logger)
    expect(await limited.tellStuck(EVENT, ROUTES)).toBe(false)
    expect(await limited.tellStuck(EVENT, ROUTES)).toBe(false)
    expect(await contentsOf(redis)).toEqual(before)
    expect(logger.lines).toMatchObject([
      { level: 'warn', fields: { reason: expect.stringContaining(reason) } },
    ])
    expect(await records.tellStuck(EVENT, ROUTES)).toBe(true)
  })

  it('is not told while the event log is at its cap', async () => {
    await recordRunning()
    const logger = testLogger()
    expect(await recordsOn(redis, logger, 1).tellStuck(EVENT, ROUTES)).toBe(false)
    expect(logger.lines).toMatchObject([{ fields: { reason: expect.stringContaining('its cap') } }])
    expect(await redis.hexists(KEYS.build(KEY), 'stuck')).toBe(0)
  })

  it('is told all the same when PUBLISH is forbidden', async () => {
    await recordRunning()
    const client = await limitedUser(redis, engine, 'resetchannels')
    expect(await recordsOn(client).tellStuck(EVENT, ROUTES)).toBe(true)
    expect(await redis.xlen(KEYS.events)).toBe(2)
  })

  it('names a foreign key in place of the log', async () => {
    await recordRunning()
    await redis.del(KEYS.events)
    await redis.set(KEYS.events, 'foreign')
    const logger = testLogger()
    expect(await recordsOn(redis, logger).tellStuck(EVENT, ROUTES)).toBe(false)
    expect(logger.lines).toMatchObject([
      { fields: { reason: expect.stringContaining(`${KEYS.events} holds a string, expected a stream`) } },
    ])
  })
})
