/** How long what is recorded of builds stays. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import type { BuildRecords, RecordEntry } from '../../../src/domain/ports.js'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf } from './ended-builds.js'
import { persistentKeys } from './redis-contents.js'
import { entryFor, historyEntryFor, KEY, KEYS, REF, refOf, snapshotOf, testLogger } from './store-fixtures.js'

const DAY = 86_400_000
const RESOURCE = resourceKey(REF)
const OWN = [KEYS.build(KEY), KEYS.transitions(KEY)]
const OF_LINES = [KEYS.lines(RESOURCE), KEYS.linesMoved(RESOURCE), KEYS.durations(RESOURCE)]
const RUNNING = snapshotOf({ status: 'BUILDING' })
const END = endOf({ build: REF.build, created: 0 })

describeEachRedis('the life of a record', (engine) => {
  let redis: Redis
  let records: BuildRecords

  beforeEach(() => {
    redis = engine.connect()
    records = recordsWith()
  })

  const recordsWith = (retention?: { buildsMs: number; linesMs: number }): BuildRecords =>
    createBuildRecords({ redis, keys: KEYS, logger: testLogger(), ...(retention ? { retention } : {}) })

  async function record(snapshot: Snapshot, facts: Partial<RecordEntry> = {}): Promise<void> {
    const [before = UNRECORDED] = await records.read([snapshot.ref])
    const result = await records.record({ ...entryFor(before, snapshot), ...facts })
    expect(result.kind).toBe('recorded')
  }

  /** Milliseconds; -1 for ever, -2 where there is no such key. */
  const livesOf = (keys: readonly string[]) => Promise.all(keys.map((key) => redis.pttl(key)))

  async function expectLives(keys: readonly string[], ms: number): Promise<void> {
    for (const life of await livesOf(keys)) {
      expect(life).toBeGreaterThan(ms - 60_000)
      expect(life).toBeLessThanOrEqual(ms)
    }
  }

  it('ends 30 days after the end of the build, that of its line after 180', async () => {
    await record(RUNNING)
    await record(END)
    await expectLives(OWN, 30 * DAY)
    await expectLives(OF_LINES, 180 * DAY)
  })

  it('is as long as the settings say', async () => {
    records = recordsWith({ buildsMs: 3 * DAY, linesMs: 5 * DAY })
    await record(END)
    await expectLives(OWN, 3 * DAY)
    await expectLives(OF_LINES, 5 * DAY)
  })

  it('has no end while the build has none', async () => {
    await record(RUNNING)
    expect(await livesOf(OWN)).toEqual([-1, -1])
  })

  it('has no end while a watch names the build', async () => {
    await record(RUNNING, { named: true })
    await record(END, { named: true })
    expect(await livesOf(OWN)).toEqual([-1, -1])
  })

  it('loses its end again when a forgotten build goes on', async () => {
    await record(RUNNING)
    await records.forget(REF)
    await expectLives(OWN, 30 * DAY)
    await record(snapshotOf({ status: 'BUILDING', sha: 'abc' }))
    expect(await livesOf(OWN)).toEqual([-1, -1])
  })

  it('loses its end again when a forgotten build is found by a late answer', async () => {
    await record(RUNNING)
    await records.forget(REF)
    const late = entryFor(UNRECORDED, snapshotOf({ status: 'UPLOADING' }))
    expect(await records.record(late)).toEqual({ kind: 'stale' })
    expect(await livesOf(OWN)).toEqual([-1, -1])
  })

  it('ends for a build that never showed a status, unless a watch names it', async () => {
    await record(snapshotOf({ branch: 'main' }))
    await expectLives(OWN.slice(0, 1), 30 * DAY)
    await record(snapshotOf({ branch: 'other' }), { named: true })
    expect(await livesOf(OWN.slice(0, 1))).toEqual([-1])
  })

  it('ends for history as for any other build', async () => {
    await records.record(historyEntryFor(END))
    await expectLives(OWN.slice(0, 1), 30 * DAY)
    await expectLives(OF_LINES, 180 * DAY)
  })

  it('loses its end when a watch names what was history', async () => {
    await records.record(historyEntryFor(END))
    await record(END, { named: true })
    expect(await livesOf(OWN)).toEqual([-1, -1])
  })

  it('of a line is renewed with each move', async () => {
    await record(END)
    for (const key of OF_LINES) await redis.pexpire(key, 1000)
    await record(endOf({ build: 'next', created: 5 }))
    await expectLives(OF_LINES, 180 * DAY)
  })

  it('is renewed for builds that are kept, but for those that never end', async () => {
    const [kept, named] = [refOf('kept'), refOf('named')]
    await record(endOf({ build: 'kept', created: undefined, untimed: true }))
    await record(endOf({ build: 'named', created: undefined, untimed: true }), { named: true })
    await redis.pexpire(KEYS.build(buildKey(kept)), 1000)
    await redis.pexpire(KEYS.transitions(buildKey(kept)), 1000)
    await records.keep([kept, named, refOf('unknown')])
    await records.keep([])
    await expectLives([KEYS.build(buildKey(kept)), KEYS.transitions(buildKey(kept))], 30 * DAY)
    expect(await livesOf([KEYS.build(buildKey(named)), KEYS.transitions(buildKey(named))])).toEqual([-1, -1])
    expect(await livesOf([KEYS.build(buildKey(refOf('unknown')))])).toEqual([-2])
  })

  it('is bounded for every key: by expiry, by a cap, or by the build that a watch names or follows', async () => {
    for (let at = 0; at < 150; at += 1) {
      const build = `b${at}`
      const outcome = at % 3 === 0 ? 'failure' : 'success'
      const end = endOf({ build, outcome, created: at, branch: `branch-${at % 40}` })
      if (at % 5 === 0) await records.record(historyEntryFor(end))
      else {
        await record(snapshotOf({ status: 'PENDING' }, refOf(build)))
        await record(end, { named: at === 42 })
      }
    }
    await record(RUNNING)
    await record(snapshotOf({ branch: 'statusless' }, refOf('statusless')))
    await record(snapshotOf({ status: 'BUILDING' }, refOf('forgotten')))
    await records.forget(refOf('forgotten'))
    const named = buildKey(refOf('b42'))
    // The log has a cap; the active builds are those that are followed, and each of them leaves with its end.
    const bounded = [KEYS.events, KEYS.active(RESOURCE)]
    const followed = [...OWN, KEYS.build(named), KEYS.transitions(named)]
    expect(await persistentKeys(redis)).toEqual([...bounded, ...followed].sort())
    expect(await records.active(REF)).toEqual([REF])
    expect(await redis.zcard(KEYS.durations(RESOURCE))).toBe(100)
    expect(await redis.zcard(KEYS.linesMoved(RESOURCE))).toBe(40)
    expect(await redis.hlen(KEYS.lines(RESOURCE))).toBe(40)
  })
})
