/** What the status tells of the builds that are followed, and of the lines. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import type { TroubleRecord } from '../../../src/domain/trouble.js'
import { createBudget } from '../../../src/store/budget.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { readStatus } from '../../../src/store/status-facts.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Ended, endOf, minute } from './ended-builds.js'
import {
  entryFor,
  KEYS,
  refOf,
  START_AT,
  snapshotOf,
  type TestClock,
  targetOf,
  testClock,
  testLogger,
} from './store-fixtures.js'
import { feedOf, type Publisher, publisher } from './target-fixtures.js'

const MINUTE = 60_000
const FEED = feedOf('nightly', 'named')
const GONE: TroubleRecord = { rev: 1, episode: 1, trouble: 'gone', since: START_AT }

describeEachRedis('the status of builds', (engine) => {
  let redis: Redis
  let clock: TestClock
  let want: Publisher['want']

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    ;({ want } = publisher(redis, { clock }))
  })

  const budget = () =>
    createBudget({ redis, keys: KEYS, clock, reserves: () => ({ kind: 'share', share: 0.1 }) })
  const status = () => readStatus({ redis, keys: KEYS, clock, budget: budget() })
  const troubles = () => createTroubles({ redis, keys: KEYS, logger: testLogger() })

  async function record(snapshot: ReturnType<typeof snapshotOf>): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    expect(await records.record(entryFor(UNRECORDED, snapshot))).toMatchObject({ kind: 'recorded' })
  }

  const ended = (end: Ended) => record(endOf(end))

  function running(build: string, createdMinute?: number): Promise<void> {
    const created =
      createdMinute === undefined ? {} : { createdAt: new Date(minute(createdMinute)).toISOString() }
    return record(snapshotOf({ status: 'BUILDING', ...created }, refOf(build)))
  }

  it('tells of active builds their age beside what their job usually takes', async () => {
    await want(FEED)
    for (const [build, took] of [
      ['x', 3],
      ['y', 10],
      ['z', 4],
    ] as const)
      await ended({ build, created: 0, ended: took })
    await running('old', -5)
    await running('young')
    await troubles().note(buildKey(refOf('old')), GONE)
    await redis.hset(KEYS.build(buildKey(refOf('old'))), 'stuck', new Date(START_AT).toISOString())
    clock.advance(MINUTE)
    const usual = { usualMs: 4 * MINUTE, longestMs: 10 * MINUTE }
    const shown = { resource: FEED.id, status: 'BUILDING', sinceAt: START_AT, ...usual }
    expect((await status()).activeBuilds).toEqual([
      { ...shown, key: buildKey(refOf('young')), build: 'young' },
      {
        ...shown,
        key: buildKey(refOf('old')),
        build: 'old',
        createdAt: minute(-5),
        ageMs: 6 * MINUTE,
        stuckAt: START_AT,
        trouble: GONE,
      },
    ])
  })

  it.each([
    [[2], 2],
    [[2, 4], 3],
    [[9, 1, 5], 5],
    [[1, 2, 4, 100], 3],
  ])('takes the median of %j minutes for the usual', async (minutes, usual) => {
    await want(FEED)
    for (const [at, took] of minutes.entries()) await ended({ build: `b${at}`, created: 0, ended: took })
    await running('now', 0)
    const longestMs = Math.max(...minutes) * MINUTE
    expect((await status()).activeBuilds).toMatchObject([{ usualMs: usual * MINUTE, longestMs }])
  })

  it('tells how the lines stand of what is watched', async () => {
    await ended({ build: 'a', created: 0, branch: 'main', outcome: 'failure' })
    await ended({ build: 'b', created: 5, branch: 'main', outcome: 'crashed' })
    await ended({ build: 'c', created: 5, branch: 'a-branch' })
    expect((await status()).lines).toEqual([])
    await want(targetOf('x'))
    const resource = FEED.id
    expect((await status()).lines).toEqual([
      {
        resource,
        line: 'branch/a-branch',
        build: 'c',
        result: 'passed',
        outcome: 'success',
        consecutive: 1,
        sinceAt: minute(6),
      },
      {
        resource,
        line: 'branch/main',
        build: 'b',
        result: 'failed',
        outcome: 'crashed',
        consecutive: 2,
        sinceAt: minute(1),
      },
    ])
  })
})
