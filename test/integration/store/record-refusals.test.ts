import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { resourceKey } from '../../../src/domain/build.js'
import { isoInstant } from '../../../src/domain/instant.js'
import type { BuildRecords, RecordEntry, RecordResult } from '../../../src/domain/ports.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { selfTest } from '../../../src/store/self-test.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf } from './ended-builds.js'
import { limitedUser, removeLimitedUser } from './limited-user.js'
import { contentsOf } from './redis-contents.js'
import {
  entryFor,
  historyEntryFor,
  KEY,
  KEYS,
  REF,
  START_AT,
  snapshotOf,
  testLogger,
} from './store-fixtures.js'

const RESOURCE = resourceKey(REF)
const FIRST = entryFor(UNRECORDED, snapshotOf({ status: 'PENDING' }))
const PENDING: RecordedBuild = { seq: 1, status: 'PENDING', concluded: false, visits: { PENDING: 1 } }
const BUILDING = entryFor(PENDING, snapshotOf({ status: 'BUILDING' }))
const FIXED = entryFor(PENDING, endOf({ build: REF.build, created: 9 }))
const FIXED_AND_NAMED = { ...FIXED, named: true }
const ABORTED = entryFor(PENDING, endOf({ build: REF.build, outcome: 'aborted', created: 9 }))
const UNTIMED = entryFor(
  PENDING,
  endOf({ build: REF.build, outcome: 'unknown', created: undefined, untimed: true }),
)
const UNTIMED_FIX = entryFor(PENDING, endOf({ build: REF.build, created: 9, untimed: true }))
const UNTIMED_HISTORY = historyEntryFor(endOf({ build: 'old', created: 9, untimed: true }))
const HISTORY = historyEntryFor(endOf({ build: 'old', created: 9 }))
const RED_HEAD = JSON.stringify({
  build: 'red',
  createdAt: START_AT,
  result: 'failed',
  outcome: 'failure',
  consecutive: 1,
  sinceAt: START_AT,
  since: isoInstant(START_AT),
})
const DETAILS = entryFor(PENDING, snapshotOf({ status: 'PENDING', sha: 'abc' }))

describeEachRedis('a record that Redis refuses', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  afterEach(async () => {
    await redis.config('SET', 'maxmemory', '0')
    await removeLimitedUser(redis)
  })

  const recordsOn = (client: Redis, logger = testLogger()): BuildRecords =>
    createBuildRecords({ redis: client, keys: KEYS, logger })

  const recordLimited = async (entry: RecordEntry, ...rules: string[]): Promise<RecordResult> =>
    recordsOn(await limitedUser(redis, engine, ...rules)).record(entry)

  async function everything(): Promise<string[]> {
    return (await redis.keys('*')).sort()
  }

  it.each([
    ['the build hash', KEYS.build(KEY), 'hash'],
    ["the build's stream", KEYS.transitions(KEY), 'stream'],
    ['the event log', KEYS.events, 'stream'],
    ['the active builds', KEYS.active(RESOURCE), 'zset'],
    ['the durations', KEYS.durations(RESOURCE), 'zset'],
    ['the heads of lines', KEYS.lines(RESOURCE), 'hash'],
    ['when lines moved', KEYS.linesMoved(RESOURCE), 'zset'],
  ])('names a foreign key in place of %s, and writes nothing', async (_, key, wanted) => {
    await redis.set(key, 'foreign')
    for (const entry of [FIRST, historyEntryFor(endOf({ build: REF.build, created: 0 }))])
      expect(await recordsOn(redis).record(entry)).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining(`${key} holds a string, expected a ${wanted}`),
      })
    expect(await everything()).toEqual([key])
  })

  it('is recorded all the same when PUBLISH is forbidden, which is told once', async () => {
    const client = await limitedUser(redis, engine, 'resetchannels')
    const logger = testLogger()
    const records = recordsOn(client, logger)
    expect(await records.record(FIRST)).toMatchObject({ kind: 'recorded', seq: 1 })
    expect(await records.record(BUILDING)).toMatchObject({ kind: 'recorded', seq: 2 })
    expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'transitions are recorded, but Redis refuses to publish them'],
    ])
  })

  it.each([
    ['a transition', FIRST],
    ['history', HISTORY],
  ])('writes nothing of %s when memory is short', async (_, entry) => {
    await redis.config('SET', 'maxmemory', '1')
    const result = await recordsOn(redis).record(entry)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('OOM') })
    await redis.config('SET', 'maxmemory', '0')
    expect(await everything()).toEqual([])
  })

  it('answers refused when the script itself is forbidden', async () => {
    const result = await recordLimited(FIRST, '-eval', '-evalsha')
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/eval/i) })
  })

  it('answers refused, and writes nothing, when the script may not read all that it needs', async () => {
    await recordsOn(redis).record(FIRST)
    const before = await contentsOf(redis)
    expect(await recordLimited(BUILDING, '-hgetall')).toMatchObject({ kind: 'refused' })
    expect(await contentsOf(redis)).toEqual(before)
    expect(await recordsOn(redis).record(BUILDING)).toEqual({ kind: 'recorded', seq: 2 })
  })

  const HASH = KEYS.build(KEY)
  const OLD_HASH = HASH.replace(REF.build, 'old')
  it.each<[string, RecordEntry, string, string]>([
    ['the first transition: its event', FIRST, '-xadd', `XADD on ${KEYS.events}`],
    ['a transition: its event', BUILDING, '-xadd', `XADD on ${KEYS.events}`],
    ['a transition: its place among the active', BUILDING, '-zadd', `ZADD on ${KEYS.active(RESOURCE)}`],
    ['a transition: its hash', BUILDING, '-hset', `HSET on ${HASH}`],
    ['a transition: its life', BUILDING, '-persist', `PERSIST on ${HASH}`],
    ['an end: the head', FIXED, '-hset', `HSET on ${KEYS.lines(RESOURCE)}`],
    ['an end: when its line moved', FIXED, '-zadd', `ZADD on ${KEYS.linesMoved(RESOURCE)}`],
    ['an end: the life of its line', FIXED, '-pexpire', `PEXPIRE on ${KEYS.lines(RESOURCE)}`],
    ['an end: its duration', ABORTED, '-zadd', `ZADD on ${KEYS.durations(RESOURCE)}`],
    ['an end: the life of durations', ABORTED, '-pexpire', `PEXPIRE on ${KEYS.durations(RESOURCE)}`],
    ['an end: its place among the active', UNTIMED_FIX, '-zrem', `ZREM on ${KEYS.active(RESOURCE)}`],
    ['an end: its hash', ABORTED, '-hset', `HSET on ${HASH}`],
    ['an end: its life', UNTIMED, '-pexpire', `PEXPIRE on ${HASH}`],
    ['an end: its life for ever', FIXED_AND_NAMED, '-persist', `PERSIST on ${HASH}`],
    ['history: the head', HISTORY, '-hset', `HSET on ${KEYS.lines(RESOURCE)}`],
    ['history: its place among the active', UNTIMED_HISTORY, '-zrem', `ZREM on ${KEYS.active(RESOURCE)}`],
    ['details: the hash', DETAILS, '-hset', `HSET on ${HASH}`],
    ['details: their life', DETAILS, '-persist', `PERSIST on ${HASH}`],
  ])('takes back %s', async (_, entry, rule, reason) => {
    const full = recordsOn(redis)
    await full.record(entryFor(UNRECORDED, endOf({ build: 'red', outcome: 'failure', created: 0 })))
    if (entry.expectedSeq > 0) await full.record(FIRST)
    const before = await contentsOf(redis)
    const refused = await recordLimited(entry, rule)
    expect(refused).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) })
    expect(await contentsOf(redis)).toEqual(before)
    expect(await full.record(entry)).toMatchObject({ kind: 'recorded' })
  })

  it.each<[string, RecordEntry, string, string]>([
    ['head of a line', FIXED, '-hdel', `HDEL on ${KEYS.lines(RESOURCE)}`],
    ['line', FIXED, '-zrem', `ZREM on ${KEYS.linesMoved(RESOURCE)}`],
    ['duration', ABORTED, '-zrem', `ZREM on ${KEYS.durations(RESOURCE)}`],
  ])('takes back an end for which no other %s may make way', async (_, entry, rule, reason) => {
    const full = recordsOn(redis)
    await full.record(FIRST)
    const batch = redis.pipeline()
    batch.zadd(KEYS.durations(RESOURCE), 1000, `60000:${REF.build}`)
    batch.hset(KEYS.lines(RESOURCE), 'branch/main', RED_HEAD)
    for (const line of ['main', ...Array.from({ length: 5000 }, (_, at) => `b${at}`)]) {
      batch.hsetnx(KEYS.lines(RESOURCE), `branch/${line}`, '{}')
      batch.zadd(KEYS.linesMoved(RESOURCE), 1, `branch/${line}`)
    }
    for (let at = 0; at < 100; at += 1) batch.zadd(KEYS.durations(RESOURCE), at, `1:b${at}`)
    await batch.exec()
    const before = await contentsOf(redis)
    expect(await recordLimited(entry, rule)).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(reason),
    })
    expect(await contentsOf(redis)).toEqual(before)
    expect(await full.record(entry)).toEqual({ kind: 'recorded', seq: 2 })
  })

  it('puts history back that news would have overridden', async () => {
    const snapshot = endOf({ build: 'old', created: 9 })
    await recordsOn(redis).record(HISTORY)
    const before = await contentsOf(redis)
    const news = entryFor(UNRECORDED, snapshot)
    expect(await recordLimited(news, '-hdel')).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(`HDEL on ${OLD_HASH}`),
    })
    expect(await contentsOf(redis)).toEqual(before)
    expect(await redis.pttl(OLD_HASH)).toBeGreaterThan(0)
    expect(await recordsOn(redis).record(news)).toEqual({ kind: 'recorded', seq: 1 })
  })

  it('keeps the life of what it takes back', async () => {
    const full = recordsOn(redis)
    await full.record(FIRST)
    await full.forget(REF)
    await recordLimited(FIXED_AND_NAMED, '-persist')
    expect(await redis.pttl(KEYS.build(KEY))).toBeGreaterThan(0)
    expect(await redis.pttl(KEYS.transitions(KEY))).toBeGreaterThan(0)
  })

  it('answers stale all the same when the build cannot be made active again', async () => {
    const full = recordsOn(redis)
    await full.record(FIRST)
    await full.forget(REF)
    expect(await recordLimited({ ...BUILDING, expectedSeq: 0 }, '-zadd')).toEqual({ kind: 'stale' })
  })

  it('takes back the log entry when the own stream is ahead of the hash', async () => {
    await redis.xadd(KEYS.transitions(KEY), '5-0', 'event', '{}')
    const result = await recordsOn(redis).record(FIRST)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(KEYS.transitions(KEY)) })
    expect(await redis.xlen(KEYS.events)).toBe(0)
  })

  it('leaves nothing behind after a self-test, and rings on no channel of events', async () => {
    const subscriber = engine.connect()
    const heard: string[] = []
    subscriber.on('pmessage', (_pattern, channel) => heard.push(channel))
    await subscriber.psubscribe('*')
    await selfTest({ redis, keys: KEYS })
    await subscriber.ping()
    expect(heard).toEqual(['buildwatch:selftest'])
    expect(await everything()).toEqual([])
  })

  it('leaves what is recorded alone at the self-test', async () => {
    await recordsOn(redis).record(FIRST)
    const before = await contentsOf(redis)
    await selfTest({ redis, keys: KEYS })
    expect(await contentsOf(redis)).toEqual(before)
  })

  it('names a missing right to DEL at the self-test, and then the keys that are left over', async () => {
    const client = await limitedUser(redis, engine, '-del')
    await expect(selfTest({ redis: client, keys: KEYS })).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      message: expect.stringContaining('DEL on {buildwatch}:selftest:'),
    })
    await redis.hset(KEYS.selfTest.build, 'seq', '1', 'id', 'selftest')
    await expect(selfTest({ redis, keys: KEYS })).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      message: expect.stringContaining('remove {buildwatch}:selftest:*'),
    })
  })

  it.each([
    ['XADD', '-xadd', /XADD on \{buildwatch\}:selftest:events/],
    ['HSET', '-hset', /HSET on \{buildwatch\}:selftest:lines/],
    ['ZADD', '-zadd', /ZADD on \{buildwatch\}:selftest:lines:moved/],
    ['ZREM', '-zrem', /ZREM on \{buildwatch\}:selftest:active/],
    ['PEXPIRE', '-pexpire', /PEXPIRE on \{buildwatch\}:selftest:lines/],
    ['PERSIST', '-persist', /PERSIST on \{buildwatch\}:selftest:build/],
    ['XDEL', '-xdel', /XDEL on \{buildwatch\}:selftest:events/],
    ['HDEL', '-hdel', /HDEL on \{buildwatch\}:selftest:lines/],
    ['XTRIM', '-xtrim', /XTRIM on \{buildwatch\}:selftest:events/],
    ['the channel', 'resetchannels', /PUBLISH on buildwatch:selftest/],
    ['the keys', 'resetkeys', /refused to run record\.lua.*(NOPERM|permission)/i],
  ])('names a missing right to %s at the self-test', async (_, rule, reason) => {
    const client = await limitedUser(redis, engine, rule)
    await expect(selfTest({ redis: client, keys: KEYS })).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      message: expect.stringMatching(reason),
    })
    expect(await everything()).toEqual([])
  })
})
