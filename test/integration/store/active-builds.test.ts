import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import { isoInstant } from '../../../src/domain/instant.js'
import type { BuildRecords, RecordResult } from '../../../src/domain/ports.js'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf, minute } from './ended-builds.js'
import { contentsOf } from './redis-contents.js'
import { entryFor, historyEntryFor, KEYS, REF, refOf, snapshotOf, testLogger } from './store-fixtures.js'

const RESOURCE = resourceKey(REF)

describeEachRedis('the builds of a job or service', (engine) => {
  let redis: Redis
  let records: BuildRecords

  beforeEach(() => {
    redis = engine.connect()
    records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
  })

  async function record(snapshot: Snapshot): Promise<RecordResult> {
    const [before = UNRECORDED] = await records.read([snapshot.ref])
    return records.record(entryFor(before, snapshot))
  }

  function running(build: string, created?: number, status = 'BUILDING'): Snapshot {
    const createdAt = created === undefined ? {} : { createdAt: isoInstant(minute(created)) }
    return snapshotOf({ status, ...createdAt }, refOf(build))
  }

  const active = async () => (await records.active(REF)).map(({ build }) => build)

  it('are active from their first transition to their end, oldest first', async () => {
    expect(await active()).toEqual([])
    await record(running('young', 9))
    await record(running('old', 3))
    await record(running('undated'))
    await record(running('young', 9, 'UPLOADING'))
    expect(await active()).toEqual(['undated', 'old', 'young'])
    await record(endOf({ build: 'old', created: 3 }))
    expect(await active()).toEqual(['undated', 'young'])
  })

  it('are active under their own names, whatever these hold', async () => {
    const ref = refOf('a b/c *é')
    await record(snapshotOf({ status: 'BUILDING' }, ref))
    expect(await records.active(REF)).toEqual([ref])
  })

  it('are never active of another job', async () => {
    await record(running('a', 1))
    expect(await records.active({ ...REF, resource: 'other' })).toEqual([])
    expect(await records.active({ ...REF, kind: 'services' })).toEqual([])
  })

  it('are not active when they were first seen concluded, as news or as history', async () => {
    await record(endOf({ build: 'a', created: 1 }))
    await records.record(historyEntryFor(endOf({ build: 'b', created: 2 })))
    expect(await active()).toEqual([])
  })

  it('are no longer active once they are forgotten', async () => {
    await record(running('a', 1))
    await record(running('b', 2))
    await records.forget(refOf('a'))
    expect(await active()).toEqual(['b'])
  })

  it('are found again by an answer that knew nothing of them', async () => {
    await record(running('a', 1))
    await records.forget(refOf('a'))
    const late = entryFor(UNRECORDED, running('a', 1, 'UPLOADING'))
    expect(await records.record(late)).toEqual({ kind: 'stale' })
    expect(await active()).toEqual(['a'])
  })

  it('are found again in the status in which they were forgotten', async () => {
    await record(running('a', 1))
    await records.forget(refOf('a'))
    expect(await records.record(entryFor(UNRECORDED, running('a', 1)))).toEqual({ kind: 'unchanged' })
    expect(await active()).toEqual(['a'])
    expect(await redis.pttl(KEYS.build(buildKey(refOf('a'))))).toBe(-1)
  })

  it('stay concluded when the reply of their end was lost and it is recorded once more', async () => {
    const end = entryFor(UNRECORDED, endOf({ build: 'a', created: 1 }))
    await records.record(end)
    expect(await records.record(end)).toEqual({ kind: 'unchanged' })
    expect(await active()).toEqual([])
  })

  it('are active again when details of a forgotten one are recorded', async () => {
    await record(running('a', 1))
    await records.forget(refOf('a'))
    const [before = UNRECORDED] = await records.read([refOf('a')])
    const details = snapshotOf({ ...running('a', 1).build, sha: 'abc' }, refOf('a'))
    expect(await records.record(entryFor(before, details))).toEqual({ kind: 'recorded', seq: 1 })
    expect(await active()).toEqual(['a'])
  })

  it('are no active ones while they have shown no status', async () => {
    await record(snapshotOf({ branch: 'main' }, refOf('a')))
    expect(await active()).toEqual([])
  })

  it('are not found again once they have concluded', async () => {
    await record(endOf({ build: 'a', created: 1 }))
    const late = entryFor({ ...UNRECORDED, seq: 5 }, running('a', 1))
    expect(await records.record(late)).toEqual({ kind: 'concluded' })
    expect(await active()).toEqual([])
  })

  it('are not made active by an answer that expected what Redis has lost', async () => {
    expect(await records.record(entryFor({ ...UNRECORDED, seq: 3 }, running('a', 1)))).toEqual({
      kind: 'stale',
    })
    expect(await contentsOf(redis)).toEqual(new Map())
  })

  it('keep the life of their end when they are forgotten after it', async () => {
    await records.record({ ...entryFor(UNRECORDED, endOf({ build: 'a', created: 1 })), named: true })
    await records.forget(refOf('a'))
    expect(await redis.pttl(KEYS.build(buildKey(refOf('a'))))).toBe(-1)
  })

  it('have taken as long as the longest of them', async () => {
    expect(await records.durations(REF)).toEqual({ count: 0, longestMs: 0 })
    await record(endOf({ build: 'a', created: 0, ended: 3 }))
    await record(endOf({ build: 'b', outcome: 'aborted', created: 1, ended: 9 }))
    await record(endOf({ build: 'undated', created: undefined, ended: 50 }))
    await record(endOf({ build: 'untimed', created: 2, ended: 90, untimed: true }))
    expect(await records.durations(REF)).toEqual({ count: 2, longestMs: 8 * 60_000 })
  })

  it('teach by the newest hundred durations', async () => {
    const older = Array.from({ length: 100 }, (_, at) => [minute(at), `${1000 + at}:b${at}`]).flat()
    await redis.zadd(KEYS.durations(RESOURCE), ...older)
    await record(endOf({ build: 'ancient', created: -5, ended: 500 }))
    expect(await records.durations(REF)).toEqual({ count: 100, longestMs: 1099 })
    await record(endOf({ build: 'new', created: 200, ended: 201 }))
    expect(await records.durations(REF)).toEqual({ count: 100, longestMs: 60_000 })
    expect(await redis.zscore(KEYS.durations(RESOURCE), '1000:b0')).toBeNull()
  })
})
