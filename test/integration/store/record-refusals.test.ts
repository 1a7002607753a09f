import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { RecordResult } from '../../../src/domain/ports.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { selfTest } from '../../../src/store/self-test.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { entryFor, KEY, KEYS, REF, snapshotOf, testLogger } from './store-fixtures.js'

const FIRST = entryFor(UNRECORDED, snapshotOf({ status: 'PENDING' }))

describeEachRedis('a record that Redis refuses', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  afterEach(async () => {
    await redis.config('SET', 'maxmemory', '0')
    await redis.acl('DELUSER', 'limited')
  })

  const recordsOn = (client: Redis, logger = testLogger(), eventLogCap = 1000) =>
    createBuildRecords({ redis: client, keys: KEYS, logger, eventLogCap })

  /** A user who may do everything but what `rules` take away. */
  async function limitedUser(...rules: string[]): Promise<Redis> {
    await redis.acl('SETUSER', 'limited', 'reset', 'on', '>secret', '~*', '&*', '+@all', ...rules)
    return engine.connect({ username: 'limited', password: 'secret' })
  }

  async function everything(): Promise<string[]> {
    return (await redis.keys('*')).sort()
  }

  it.each([
    ['the build hash', KEYS.build(KEY), 'hash'],
    ["the build's stream", KEYS.transitions(KEY), 'stream'],
    ['the event log', KEYS.events, 'stream'],
    ['the target', KEYS.target(KEY), 'hash'],
  ])('names a foreign key in place of %s, and writes nothing', async (_, key, wanted) => {
    await redis.set(key, 'foreign')
    const result = await recordsOn(redis).record(FIRST)
    expect(result).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(`${key} holds a string, expected a ${wanted}`),
    })
    expect(await everything()).toEqual([key])
  })

  it('is recorded all the same when PUBLISH is forbidden, which is told once', async () => {
    const client = await limitedUser('resetchannels')
    const logger = testLogger()
    const records = recordsOn(client, logger)
    expect(await records.record(FIRST)).toMatchObject({ kind: 'recorded', seq: 1 })
    const second = entryFor(await records.read(REF), snapshotOf({ status: 'BUILDING' }))
    expect(await records.record(second)).toMatchObject({ kind: 'recorded', seq: 2 })
    expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'transitions are recorded, but Redis refuses to publish them'],
    ])
  })

  it('writes nothing when memory is short', async () => {
    await redis.config('SET', 'maxmemory', '1')
    const result = await recordsOn(redis).record(FIRST)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('OOM') })
    await redis.config('SET', 'maxmemory', '0')
    expect(await everything()).toEqual([])
  })

  it('names the command when XADD is forbidden', async () => {
    const result = await recordsOn(await limitedUser('-xadd')).record(FIRST)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('XADD on') })
    expect(await everything()).toEqual([])
  })

  it('answers refused when the script itself is forbidden', async () => {
    const result = await recordsOn(await limitedUser('-eval', '-evalsha')).record(FIRST)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/eval/i) })
  })

  it.each<[string, RecordedBuild]>([
    ['first', UNRECORDED],
    ['later', { seq: 1, status: 'PENDING', concluded: false, visits: { PENDING: 1 } }],
  ])(
    'takes back a %s transition when the hash cannot be written, so that the next try succeeds',
    async (_, before) => {
      const full = recordsOn(redis)
      if (before.seq === 1) await full.record(FIRST)
      const logged = await redis.xlen(KEYS.events)
      const entry = entryFor(before, snapshotOf({ status: 'BUILDING' }))
      const refused: RecordResult = await recordsOn(await limitedUser('-hset')).record(entry)
      expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining('HSET on') })
      expect(await redis.xlen(KEYS.events)).toBe(logged)
      expect(await redis.xlen(KEYS.transitions(KEY))).toBe(before.seq)
      expect(await full.record(entry)).toEqual({ kind: 'recorded', seq: before.seq + 1 })
    },
  )

  it('takes back the log entry when the own stream is ahead of the hash', async () => {
    await redis.xadd(KEYS.transitions(KEY), '5-0', 'event', '{}')
    const result = await recordsOn(redis).record(FIRST)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(KEYS.transitions(KEY)) })
    expect(await redis.xlen(KEYS.events)).toBe(0)
  })

  it('is refused at the cap of the event log', async () => {
    const records = recordsOn(redis, testLogger(), 1)
    await records.record(FIRST)
    const next = entryFor(await records.read(REF), snapshotOf({ status: 'BUILDING' }))
    expect(await records.record(next)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('holds 1 entries, its cap'),
    })
    expect((await records.read(REF)).seq).toBe(1)
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

  it.each([
    ['XADD', '-xadd', /XADD on \{buildwatch\}:selftest:events/],
    ['HSET', '-hset', /HSET on \{buildwatch\}:selftest:build/],
    ['the channel', 'resetchannels', /PUBLISH on buildwatch:selftest/],
    ['the keys', 'resetkeys', /refused to run record\.lua.*(NOPERM|permission)/i],
  ])('names a missing right to %s at the self-test', async (_, rule, reason) => {
    const client = await limitedUser(rule)
    await expect(selfTest({ redis: client, keys: KEYS })).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      message: expect.stringMatching(reason),
    })
    expect(await everything()).toEqual([])
  })
})
