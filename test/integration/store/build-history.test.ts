/** Builds that had concluded before anyone watched them. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf, minute } from './ended-builds.js'
import { contentsOf } from './redis-contents.js'
import { entryFor, historyEntryFor, KEYS, refOf, snapshotOf, testLogger } from './store-fixtures.js'

const OLD = refOf('old')
const HASH = KEYS.build(buildKey(OLD))
const STREAM = KEYS.transitions(buildKey(OLD))
const FAILED = endOf({ build: 'old', outcome: 'failure', created: 0, ended: 4 })

describeEachRedis('history', (engine) => {
  let redis: Redis
  let records: BuildRecords
  let durable: number

  beforeEach(() => {
    redis = engine.connect()
    durable = 0
    const onDurable = () => {
      durable += 1
    }
    records = createBuildRecords({ redis, keys: KEYS, logger: testLogger(), onDurable })
  })

  async function known(): Promise<RecordedBuild> {
    const [recorded] = await records.read([OLD])
    return recorded!
  }

  it('is recorded without a transition', async () => {
    expect(await records.record(historyEntryFor(FAILED))).toEqual({ kind: 'recorded', seq: 0 })
    expect(await known()).toMatchObject({ seq: 0, concluded: true, history: true, createdAt: minute(0) })
    expect(await redis.hgetall(HASH)).toMatchObject({
      seq: '0',
      history: 'true',
      outcome: 'failure',
      line: 'branch/main',
      verdict: 'first_failed',
    })
  })

  it('is told to nobody', async () => {
    const subscriber = engine.connect()
    const heard: string[] = []
    subscriber.on('pmessage', (_pattern, channel) => heard.push(channel))
    await subscriber.psubscribe('*')
    await records.record(historyEntryFor(FAILED))
    await subscriber.ping()
    expect(heard).toEqual([])
    expect(await redis.exists(KEYS.events, STREAM)).toBe(0)
    expect(durable).toBe(0)
  })

  it('teaches how long builds take, and is what the next build of the line is compared with', async () => {
    await records.record(historyEntryFor(FAILED))
    expect(await records.durations(OLD)).toEqual({ count: 1, longestMs: 4 * 60_000 })
    await records.record(entryFor(UNRECORDED, endOf({ build: 'new', created: 5, ended: 6 })))
    expect(await redis.hgetall(KEYS.build(buildKey(refOf('new'))))).toMatchObject({
      verdict: 'fixed',
      redBuilds: '1',
      redForMs: String(2 * 60_000),
    })
  })

  it('is recorded once: again it changes nothing', async () => {
    await records.record(historyEntryFor(FAILED))
    const before = await contentsOf(redis)
    expect(await records.record(historyEntryFor(FAILED))).toEqual({ kind: 'unchanged' })
    expect(await contentsOf(redis)).toEqual(before)
  })

  it('changes nothing where the end was told', async () => {
    await records.record(entryFor(UNRECORDED, FAILED))
    const before = await contentsOf(redis)
    expect(await records.record(historyEntryFor(FAILED))).toEqual({ kind: 'concluded' })
    expect(await contentsOf(redis)).toEqual(before)
  })

  it('is dropped where the build turns out to be followed, and the build is found again', async () => {
    await records.record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, OLD)))
    await records.forget(OLD)
    expect(await records.record(historyEntryFor(FAILED))).toEqual({ kind: 'stale' })
    expect(await known()).toMatchObject({ seq: 1, concluded: false })
    expect(await records.active(OLD)).toEqual([OLD])
  })

  it('takes the place of details that came without a status', async () => {
    await records.record(entryFor(UNRECORDED, snapshotOf({ branch: 'main' }, OLD)))
    expect(await records.record(historyEntryFor(FAILED))).toEqual({ kind: 'recorded', seq: 0 })
    expect(await known()).toMatchObject({ history: true })
  })

  it('is not touched by details', async () => {
    await records.record(historyEntryFor(FAILED))
    const before = await contentsOf(redis)
    const details = entryFor(UNRECORDED, snapshotOf({ branch: 'other' }, OLD))
    expect(await records.record(details)).toEqual({ kind: 'unchanged' })
    expect(await contentsOf(redis)).toEqual(before)
  })

  it('gives way to news of a watch that names the build: its end is told, once', async () => {
    await records.record(historyEntryFor(FAILED))
    const news = { ...entryFor(await known(), FAILED), named: true }
    expect(await records.record(news)).toEqual({ kind: 'recorded', seq: 1 })
    const told = await contentsOf(redis)
    expect(await redis.xlen(KEYS.events)).toBe(1)
    expect(await redis.xlen(STREAM)).toBe(1)
    expect(durable).toBe(1)
    expect(await records.record(news)).toEqual({ kind: 'unchanged' })
    expect(await records.record(historyEntryFor(FAILED))).toEqual({ kind: 'concluded' })
    expect(await contentsOf(redis)).toEqual(told)
  })

  it('leaves nothing in the hash that the news does not say', async () => {
    await records.record(historyEntryFor(FAILED))
    await records.record(historyEntryFor(endOf({ build: 'newer', created: 60 })))
    await records.record(entryFor(await known(), FAILED))
    const hash = await redis.hgetall(HASH)
    expect(hash).toMatchObject({ seq: '1', outcome: 'failure', superseded: 'true' })
    for (const field of ['history', 'verdict', 'consecutive', 'since']) expect(hash).not.toHaveProperty(field)
  })

  it('gives way to a build that goes on after all', async () => {
    await records.record(historyEntryFor(FAILED))
    const goesOn = entryFor(await known(), snapshotOf({ status: 'BUILDING' }, OLD))
    expect(await records.record(goesOn)).toEqual({ kind: 'recorded', seq: 1 })
    expect(await known()).toMatchObject({ seq: 1, status: 'BUILDING', concluded: false })
    expect(await redis.hmget(HASH, 'history', 'outcome', 'concludedAt')).toEqual([null, null, null])
    expect(await records.active(OLD)).toEqual([OLD])
  })
})
