import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { resourceKey } from '../../../src/domain/build.js'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { contentsOf } from './redis-contents.js'
import {
  entryFor,
  KEY,
  KEYS,
  REF,
  ROUTES,
  refOf,
  START_AT,
  snapshotOf,
  testLogger,
} from './store-fixtures.js'

describeEachRedis('build records', (engine) => {
  let redis: Redis
  let records: BuildRecords
  let durable: number

  beforeEach(() => {
    redis = engine.connect()
    durable = 0
    records = createBuildRecords({
      redis,
      keys: KEYS,
      logger: testLogger(),
      onDurable: () => {
        durable += 1
      },
    })
  })

  async function known(ref = REF): Promise<RecordedBuild> {
    const [recorded] = await records.read([ref])
    return recorded!
  }

  const recordStatus = async (build: Parameters<typeof snapshotOf>[0], ref = REF) =>
    records.record(entryFor(await known(ref), snapshotOf(build, ref)))

  it('reads a build that was never recorded as unrecorded', async () => {
    expect(await records.read([REF])).toEqual([UNRECORDED])
  })

  it('reads many builds in the order asked for, and none where none is asked for', async () => {
    const refs = ['a', 'b', 'c'].map(refOf)
    await recordStatus({ status: 'PENDING' }, refs[2])
    await recordStatus({ status: 'BUILDING' }, refs[0])
    expect((await records.read(refs)).map(({ status }) => status)).toEqual(['BUILDING', undefined, 'PENDING'])
    expect(await records.read([])).toEqual([])
  })

  it('rejects a read where something else stands under the name of a build', async () => {
    await redis.set(KEYS.build(KEY), 'foreign')
    await expect(records.read([REF])).rejects.toMatchObject({ code: 'REDIS_REFUSED' })
  })

  it('writes a transition to the hash, the stream of the build and the event log', async () => {
    expect(await recordStatus({ status: 'PENDING' })).toEqual({ kind: 'recorded', seq: 1 })
    const [own] = await redis.xrange(KEYS.transitions(KEY), '-', '+')
    const [logged] = await redis.xrange(KEYS.events, '-', '+')
    expect(own?.[0]).toBe('1-0')
    expect(logged?.[1]).toEqual(['event', own?.[1][1], 'routes', JSON.stringify(ROUTES)])
    expect(JSON.parse(own?.[1][1] ?? '')).toMatchObject({ id: `${KEY}#PENDING`, data: { seq: 1 } })
    expect(await redis.hgetall(KEYS.build(KEY))).toMatchObject({
      seq: '1',
      status: 'PENDING',
      concluded: 'false',
      visits: '{"PENDING":1}',
    })
  })

  it('gives back what it recorded', async () => {
    await recordStatus({ status: 'PENDING' })
    await recordStatus({ status: 'BUILDING', branch: 'main', createdAt: '2026-01-05T11:58:00Z' })
    expect(await known()).toEqual({
      seq: 2,
      status: 'BUILDING',
      concluded: false,
      visits: { PENDING: 1, BUILDING: 1 },
      latest: { id: REF.build, status: 'BUILDING', branch: 'main', createdAt: '2026-01-05T11:58:00Z' },
      changedAt: START_AT,
      createdAt: Date.UTC(2026, 0, 5, 11, 58),
    })
  })

  it('publishes each transition once on the channel of the build', async () => {
    const subscriber = engine.connect()
    const heard: string[] = []
    subscriber.on('pmessage', (_pattern, channel, message) => heard.push(`${channel} ${message}`))
    await subscriber.psubscribe('buildwatch:events:shop/jobs/nightly/*')
    const entry = entryFor(UNRECORDED, snapshotOf({ status: 'PENDING' }))
    await records.record(entry)
    await records.record(entry)
    await subscriber.ping()
    expect(heard).toEqual([`buildwatch:events:${KEY} ${JSON.stringify(entry.change?.event)}`])
  })

  it('changes nothing when the same entry is recorded again', async () => {
    for (const build of [
      { status: 'BUILDING' },
      { status: 'BUILDING', sha: '0123' },
      { status: 'SUCCESS', concluded: true, createdAt: '2026-01-05T11:58:00Z', buildConcludedAt: 1767614390 },
    ]) {
      const entry = entryFor(await known(), snapshotOf(build))
      await records.record(entry)
      const before = await contentsOf(redis)
      expect(['unchanged', 'recorded']).toContain((await records.record(entry)).kind)
      expect(await contentsOf(redis)).toEqual(before)
    }
    expect(await redis.xlen(KEYS.events)).toBe(2)
    expect(await redis.xlen(KEYS.transitions(KEY))).toBe(2)
  })

  it('drops an answer that was asked for before another was recorded', async () => {
    const late = entryFor(UNRECORDED, snapshotOf({ status: 'PENDING' }))
    await recordStatus({ status: 'BUILDING' })
    expect(await records.record(late)).toEqual({ kind: 'stale' })
    expect((await known()).status).toBe('BUILDING')
  })

  it('lets nothing follow a conclusion, whatever seq was expected', async () => {
    await recordStatus({ status: 'FAILURE', concluded: true, success: false })
    for (const seq of [0, 1, 2, 7]) {
      const entry = entryFor({ ...UNRECORDED, seq }, snapshotOf({ status: 'BUILDING' }))
      expect(await records.record(entry)).toEqual({ kind: 'concluded' })
    }
    expect(await redis.hget(KEYS.build(KEY), 'outcome')).toBe('failure')
    expect(await redis.xlen(KEYS.events)).toBe(1)
  })

  it('keeps new details of the present state without an event', async () => {
    await recordStatus({ status: 'BUILDING' })
    expect(await recordStatus({ status: 'BUILDING', sha: '0123' })).toEqual({ kind: 'recorded', seq: 1 })
    expect((await known()).latest).toMatchObject({ sha: '0123' })
    expect(await redis.xlen(KEYS.events)).toBe(1)
  })

  it('drops details that were asked for before a transition was recorded', async () => {
    await recordStatus({ status: 'BUILDING' })
    const late = entryFor(await known(), snapshotOf({ status: 'BUILDING', sha: 'abc' }))
    await recordStatus({ status: 'UPLOADING' })
    expect(await records.record(late)).toEqual({ kind: 'stale' })
    expect((await known()).latest).toEqual({ id: REF.build, status: 'UPLOADING' })
  })

  it('keeps details of a build that has no status yet', async () => {
    await recordStatus({ branch: 'main' })
    expect(await known()).toMatchObject({ seq: 0, latest: { branch: 'main' } })
    expect(await recordStatus({ branch: 'main', status: 'PENDING' })).toEqual({ kind: 'recorded', seq: 1 })
  })

  it('lets exactly one of many racing recorders win', async () => {
    const clients = Array.from({ length: 8 }, () => engine.connect())
    const statuses = ['QUEUED', 'PENDING', 'STARTING', 'CLONING', 'BUILDING', 'UPLOADING', 'X', 'Y']
    const results = await Promise.all(
      clients.map((client, at) =>
        createBuildRecords({ redis: client, keys: KEYS, logger: testLogger() }).record(
          entryFor(UNRECORDED, snapshotOf({ status: statuses[at] ?? '' })),
        ),
      ),
    )
    const kinds = results.map(({ kind }) => kind).sort()
    expect(kinds).toEqual(['recorded', ...Array.from({ length: 7 }, () => 'stale')])
    expect(await redis.xlen(KEYS.events)).toBe(1)
    expect(await redis.zcard(KEYS.active(resourceKey(REF)))).toBe(1)
  })

  it('works on when the script cache was flushed', async () => {
    await recordStatus({ status: 'PENDING' })
    await redis.script('FLUSH')
    expect(await recordStatus({ status: 'BUILDING' })).toEqual({ kind: 'recorded', seq: 2 })
  })

  it('asks for durability after a conclusion only', async () => {
    await recordStatus({ status: 'BUILDING' })
    expect(durable).toBe(0)
    await recordStatus({ status: 'SUCCESS', concluded: true })
    expect(durable).toBe(1)
  })
})
