import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { ensureDataset, renewDataset } from '../../../src/store/dataset.js'
import { createHeartbeat, readHeartbeats } from '../../../src/store/heartbeat.js'
import { loadScript } from '../../../src/store/script.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, START_AT, testClock } from './store-fixtures.js'

describeEachRedis('the dataset', (engine) => {
  let redis: Redis
  let ids: number

  beforeEach(() => {
    redis = engine.connect()
    ids = 0
  })

  const deps = () => ({ redis, keys: KEYS, newId: () => `dataset-${(ids += 1)}` })

  it('is named once, by whoever comes first', async () => {
    expect(await ensureDataset(deps())).toBe('dataset-1')
    expect(await ensureDataset(deps())).toBe('dataset-1')
    expect(await redis.hgetall(KEYS.meta)).toEqual({ dataset: 'dataset-1', contract: '1' })
  })

  it('gets another name after Redis was emptied', async () => {
    await ensureDataset(deps())
    await engine.flush()
    expect(await ensureDataset(deps())).toBe('dataset-2')
  })

  it('gets another name when the engine came up from an older snapshot', async () => {
    await ensureDataset(deps())
    expect(await renewDataset(deps())).toBe('dataset-2')
    expect(await ensureDataset(deps())).toBe('dataset-2')
  })

  it('is left alone when a newer daemon has written it', async () => {
    await redis.hset(KEYS.meta, 'contract', 2)
    await expect(ensureDataset(deps())).rejects.toMatchObject({
      code: 'REDIS_UNSUITABLE',
      message: expect.stringContaining('Upgrade this daemon'),
    })
  })

  it('names the key when something foreign is in its place', async () => {
    await redis.set(KEYS.meta, 'foreign')
    await expect(ensureDataset(deps())).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      message: expect.stringContaining(KEYS.meta),
    })
  })
})

describeEachRedis('heartbeats', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  const heart = (replica: string, ttlMs?: number) =>
    createHeartbeat({
      redis,
      keys: KEYS,
      clock: testClock(),
      replica,
      ...(ttlMs === undefined ? {} : { ttlMs }),
    })

  it('tell of every live daemon', async () => {
    await heart('one').beat({ state: 'good' })
    await heart('two').beat({ state: 'degraded' })
    const beats = await readHeartbeats({ redis, keys: KEYS })
    expect(beats.sort((a, b) => a.replica.localeCompare(b.replica))).toEqual([
      { replica: 'one', at: START_AT, facts: { state: 'good' } },
      { replica: 'two', at: START_AT, facts: { state: 'degraded' } },
    ])
  })

  it('are none where no daemon is', async () => {
    expect(await readHeartbeats({ redis, keys: KEYS })).toEqual([])
  })

  it('expire when nobody renews them, and are forgotten', async () => {
    await heart('one', 1).beat({})
    while ((await redis.exists(KEYS.heartbeat('one'))) === 1) await redis.ping()
    expect(await readHeartbeats({ redis, keys: KEYS })).toEqual([])
    expect(await redis.exists(KEYS.heartbeats)).toBe(0)
  })

  it('name the notifiers that the other live daemons have', async () => {
    const [one, two, three] = [heart('one'), heart('two'), heart('three')]
    expect(await one.notifiersOfOthers()).toEqual([])
    one.serves(['gone'])
    await one.beat({})
    one.serves(['own'])
    two.serves(['hook', 'ops'])
    await two.beat({})
    three.serves(['hook', 'log'])
    await three.beat({ state: 'good' })
    expect((await one.notifiersOfOthers())?.toSorted()).toEqual(['hook', 'hook', 'log', 'ops'])
    expect((await two.notifiersOfOthers())?.toSorted()).toEqual(['gone', 'hook', 'log'])
    await three.stop()
    expect(await one.notifiersOfOthers()).toEqual(['hook', 'ops'])
  })

  it('do not claim to know all notifiers while a live daemon has not said which it has', async () => {
    const [one, two] = [heart('one'), heart('two')]
    await one.beat({})
    expect(await one.notifiersOfOthers()).toEqual([])
    expect(await two.notifiersOfOthers()).toBeUndefined()
    one.serves([])
    await one.beat({})
    expect(await two.notifiersOfOthers()).toEqual([])
  })

  it('end with a clean stop', async () => {
    await heart('one').beat({})
    await heart('one').stop()
    expect(await redis.dbsize()).toBe(0)
  })
})

describeEachRedis('a script', (engine) => {
  const MARK = loadScript('mark-published')
  const CALL = { keys: [KEYS.configuration], args: ['v1'] }

  it('runs whether the server knows it or not', async () => {
    const redis = engine.connect()
    await redis.hset(KEYS.configuration, 'digest', 'v1')
    expect(await MARK.run(redis, CALL)).toBe(1)
    expect(await MARK.run(redis, CALL)).toBe(1)
    await redis.script('FLUSH')
    expect(await MARK.run(redis, CALL)).toBe(1)
  })

  it('runs many times on one round trip, unknown to the server', async () => {
    const redis = engine.connect()
    await redis.hset(KEYS.configuration, 'digest', 'v1')
    const other = { keys: [KEYS.configuration], args: ['v2'] }
    expect(await MARK.runAll(redis, [CALL, other, CALL])).toEqual([1, 0, 1])
    expect(await MARK.runAll(redis, [])).toEqual([])
  })

  it('names itself when the server refuses it', async () => {
    const redis = engine.connect()
    await redis.set(KEYS.configuration, 'foreign')
    const refusal = { code: 'REDIS_REFUSED', message: expect.stringContaining('mark-published.lua') }
    await expect(MARK.run(redis, CALL)).rejects.toMatchObject(refusal)
    await expect(MARK.runAll(redis, [CALL])).rejects.toMatchObject(refusal)
  })

  it('says that Redis cannot be reached when its connection is closed', async () => {
    const redis = engine.connect()
    redis.disconnect()
    await expect(MARK.run(redis, CALL)).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE', retryable: true })
  })
})
