import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { digestEvent } from '../../../src/domain/event.js'
import { isoInstant } from '../../../src/domain/instant.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { accountSubject, type TroubleRecord } from '../../../src/domain/trouble.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { readDigest } from '../../../src/store/digest-counts.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { schemaErrors } from '../../unit/store/event-validator.js'
import { type Ended, endOf, minute } from './ended-builds.js'
import {
  entryFor,
  historyEntryFor,
  KEYS,
  refOf,
  START_AT,
  snapshotOf,
  targetOf,
  testLogger,
} from './store-fixtures.js'
import { feedOf, type Publisher, publisher } from './target-fixtures.js'

const DAY = 86_400_000
const NONE = { success: 0, failure: 0, crashed: 0, submission_failure: 0, aborted: 0, unknown: 0 }

describeEachRedis('a digest', (engine) => {
  let redis: Redis
  let want: Publisher['want']

  beforeEach(() => {
    redis = engine.connect()
    ;({ want } = publisher(redis))
  })

  const today = () => ({ fromAt: Date.now() - DAY, toAt: Date.now() + DAY })
  const digest = (span = today()) => readDigest({ redis, keys: KEYS }, span)
  const records = () => createBuildRecords({ redis, keys: KEYS, logger: testLogger() })

  async function ended(end: Ended): Promise<void> {
    expect(await records().record(entryFor(UNRECORDED, endOf(end)))).toMatchObject({ kind: 'recorded' })
  }

  async function logged(id: string, event: unknown): Promise<void> {
    await redis.xadd(KEYS.events, id, 'event', JSON.stringify(event), 'routes', '[]')
  }

  const conclusion = {
    id: 'x#concluded',
    type: 'dev.buildwatchd.build.concluded.v1',
    data: { outcome: 'success' },
  }

  it('names a hundred failing lines, those that have been red longest, and counts the others', async () => {
    await want(feedOf())
    for (let nth = 1; nth <= 103; nth++) {
      const build = {
        status: 'FAILURE',
        concluded: true,
        branch: `b-${nth}`,
        createdAt: isoInstant(minute(nth)),
      }
      const snapshot = snapshotOf(
        { ...build, buildConcludedAt: minute(nth) / 1000 },
        refOf(`build-${nth}`),
        minute(200),
      )
      await records().record(entryFor(UNRECORDED, snapshot))
    }
    const { failingLines, more } = await digest()
    expect(failingLines).toHaveLength(100)
    expect(failingLines[0]?.line).toBe('branch/b-1')
    expect(more).toEqual({ failingLines: 3, troubled: 0 })
  })

  it('of nothing is a whole event', async () => {
    const span = { fromAt: START_AT, toAt: START_AT + DAY }
    const data = await digest(span)
    const [from, to] = [isoInstant(START_AT), isoInstant(START_AT + DAY)]
    expect(data).toEqual({ from, to, outcomes: NONE, failingLines: [], troubled: [] })
    expect(schemaErrors(digestEvent(data))).toEqual([])
  })

  it('counts the builds that ended, by outcome, and nothing else', async () => {
    for (const [at, outcome] of OUTCOMES.entries())
      for (let n = 0; n <= at; n += 1) await ended({ build: `${outcome}-${n}`, outcome, created: at })
    await records().record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, refOf('runs'))))
    await records().record(historyEntryFor(endOf({ build: 'history', created: 0 })))
    await createTroubles({ redis, keys: KEYS, logger: testLogger() }).note('x', { rev: 1, episode: 0 })
    const { outcomes } = await digest()
    expect(outcomes).toEqual(Object.fromEntries(OUTCOMES.map((outcome, at) => [outcome, at + 1])))
  })

  it('counts each event in one span, however many pages there are', async () => {
    for (let at = 0; at < 1203; at += 1) await logged(`${1000 + Math.floor(at / 3)}-${at % 3}`, conclusion)
    const spans = [
      [0, 1000, 0],
      [1000, 1100, 300],
      [1100, 1101, 3],
      [1101, 2000, 900],
    ] as const
    for (const [fromAt, toAt, count] of spans)
      expect((await digest({ fromAt, toAt })).outcomes).toEqual({ ...NONE, success: count })
  })

  it('passes over what is no event', async () => {
    await logged('1-1', null)
    await redis.xadd(KEYS.events, '1-2', 'event', '{', 'routes', '[]')
    await logged('1-3', conclusion)
    expect((await digest({ fromAt: 0, toAt: 2 })).outcomes.success).toBe(1)
  })

  it('names the lines that are red, those that have been longest first', async () => {
    await want(feedOf('nightly'))
    await ended({ build: 'a1', outcome: 'failure', created: 10, branch: 'late' })
    await ended({ build: 'b1', outcome: 'failure', created: 0, branch: 'early' })
    await ended({ build: 'b2', outcome: 'crashed', created: 5, branch: 'early' })
    await ended({ build: 'c1', outcome: 'failure', created: 1, branch: 'mended' })
    await ended({ build: 'c2', created: 2, branch: 'mended' })
    const resource = 'shop/jobs/nightly'
    expect((await digest()).failingLines).toEqual([
      { resource, line: 'branch/early', build: 'b2', consecutive: 2, since: isoInstant(minute(1)) },
      { resource, line: 'branch/late', build: 'a1', consecutive: 1, since: isoInstant(minute(11)) },
    ])
  })

  it('looks at the lines of what is watched, be it a feed or a build', async () => {
    await ended({ build: 'a', outcome: 'failure', created: 0 })
    expect((await digest()).failingLines).toEqual([])
    await want(targetOf('b'))
    expect((await digest()).failingLines).toMatchObject([{ build: 'a' }])
  })

  it('names what cannot be seen: accounts, targets, and builds that watches name', async () => {
    const since = START_AT
    const gone: TroubleRecord = { rev: 1, episode: 1, trouble: 'gone', since }
    const noted: TroubleRecord = { rev: 1, episode: 0 }
    const named = buildKey(refOf('named'))
    await want(feedOf('nightly', 'named'), feedOf('well'))
    const troubles = createTroubles({ redis, keys: KEYS, logger: testLogger() })
    await troubles.note(accountSubject('default'), { ...gone, trouble: 'unauthorized' })
    await troubles.note('shop/jobs/nightly', { ...gone, trouble: 'stale' })
    await troubles.note('shop/jobs/well', noted)
    await troubles.note('shop/jobs/unwatched', gone)
    await troubles.note(named, gone)
    const data = await digest()
    expect(data.troubled).toEqual([
      { subject: 'accounts/default', trouble: 'unauthorized', since: isoInstant(since) },
      { subject: 'shop/jobs/nightly', trouble: 'stale', since: isoInstant(since) },
      { subject: named, trouble: 'gone', since: isoInstant(since) },
    ])
    expect(schemaErrors(digestEvent(data))).toEqual([])
  })
})
