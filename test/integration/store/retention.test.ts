import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import type { Outcome } from '../../../src/domain/outcome.js'
import type { FeedTarget } from '../../../src/domain/target.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { accountSubject, type TroubleRecord } from '../../../src/domain/trouble.js'
import { createBudget } from '../../../src/store/budget.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createRetention, type RetentionSettings } from '../../../src/store/retention.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { createWatermarks } from '../../../src/store/watermarks.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { SLOW_WORK_MS, slowCommands } from '../../support/slow-commands.js'
import { endOf } from './ended-builds.js'
import {
  entryFor,
  KEYS,
  REF,
  refOf,
  START_AT,
  snapshotOf,
  type TestClock,
  targetOf,
  testClock,
  testLogger,
} from './store-fixtures.js'
import { EVERY, feedOf, type Publisher, publisher } from './target-fixtures.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const SETTINGS: RetentionSettings = {
  buildsMs: 30 * DAY,
  eventsMs: 7 * DAY,
  maxEvents: 100_000,
  linesMs: 180 * DAY,
}
const NOTHING = { events: 0, lines: 0, builds: 0, troubles: 0, budgets: 0, watermarks: 0 }
const RESOURCE = resourceKey(REF)
const GONE: TroubleRecord = { rev: 1, episode: 1, trouble: 'gone', since: START_AT }

describeEachRedis('retention', (engine) => {
  let redis: Redis
  let clock: TestClock
  let want: Publisher['want']

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    ;({ want } = publisher(redis, { clock }))
  })

  const run = (settings: Partial<RetentionSettings> = {}) =>
    createRetention({ redis, keys: KEYS, clock, retention: { ...SETTINGS, ...settings } }).run()
  const records = () => createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
  const troubles = () => createTroubles({ redis, keys: KEYS, logger: testLogger() })
  const watermarks = () => createWatermarks({ redis, keys: KEYS })

  async function running(build: string): Promise<void> {
    await records().record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, refOf(build))))
  }

  async function ended(
    build: string,
    facts: { created?: number; branch?: string; named?: boolean; outcome?: Outcome } = {},
  ) {
    const { named = false, created = 0, ...rest } = facts
    await records().record({ ...entryFor(UNRECORDED, endOf({ build, created, ...rest })), named })
  }

  const keysOf = (build: string) => [
    KEYS.build(buildKey(refOf(build))),
    KEYS.transitions(buildKey(refOf(build))),
  ]
  const livesOf = (keys: readonly string[]) => Promise.all(keys.map((key) => redis.pttl(key)))

  async function expectExpiring(keys: readonly string[], inMs: number): Promise<void> {
    for (const life of await livesOf(keys)) {
      expect(life).toBeGreaterThan(inMs - 60_000)
      expect(life).toBeLessThanOrEqual(inMs)
    }
  }

  it('finds nothing to do where nothing is, nor where all is as it should be', async () => {
    expect(await run()).toEqual(NOTHING)
    await want(feedOf('nightly', 'named'))
    await running('active')
    await ended('named', { named: true })
    await ended('other')
    await watermarks().begin(RESOURCE, new Map([[EVERY, { at: START_AT, caughtUp: false }]]))
    await troubles().note(RESOURCE, GONE)
    expect(await run()).toEqual(NOTHING)
  })

  it('forgets lines that have not moved for long, and no others', async () => {
    await ended('old', { branch: 'old' })
    await ended('new', { branch: 'new', created: 60 })
    clock.advance(30 * DAY + 30 * 60_000)
    expect(await run({ linesMs: 30 * DAY })).toEqual({ ...NOTHING, lines: 1 })
    expect(await redis.hkeys(KEYS.lines(RESOURCE))).toEqual(['branch/new'])
    expect(await redis.zrange(KEYS.linesMoved(RESOURCE), '0', '-1')).toEqual(['branch/new'])
  })

  it('forgets red lines no sooner and no later', async () => {
    await ended('old', { branch: 'old', outcome: 'failure' })
    await ended('new', { branch: 'new', outcome: 'failure', created: 60 })
    clock.advance(30 * DAY)
    expect(await run({ linesMs: 30 * DAY })).toEqual(NOTHING)
    clock.advance(30 * 60_000)
    expect(await run({ linesMs: 30 * DAY })).toEqual({ ...NOTHING, lines: 1 })
    expect(await redis.hkeys(KEYS.lines(RESOURCE))).toEqual(['branch/new'])
    expect(await redis.zrange(KEYS.linesMoved(RESOURCE), '0', '-1')).toEqual(['branch/new'])
  })

  it('leaves no key of a job whose lines have all gone', async () => {
    await ended('old', { branch: 'old' })
    await ended('red', { branch: 'red', outcome: 'failure' })
    clock.advance(31 * DAY)
    await run({ linesMs: 30 * DAY })
    expect(await redis.exists(KEYS.lines(RESOURCE), KEYS.linesMoved(RESOURCE))).toBe(0)
  })

  it('gives an expiry to builds that have ended, that nobody names and that have none', async () => {
    await want(feedOf('nightly', 'named'))
    for (const build of ['named', 'let-go']) await ended(build, { named: true })
    expect(await livesOf([...keysOf('named'), ...keysOf('let-go')])).toEqual([-1, -1, -1, -1])
    expect(await run()).toEqual({ ...NOTHING, builds: 1 })
    await expectExpiring(keysOf('let-go'), 30 * DAY)
    expect(await livesOf(keysOf('named'))).toEqual([-1, -1])
    expect(await run()).toEqual(NOTHING)
  })

  it('takes the expiry from what a watch names, whoever gave it', async () => {
    await want(feedOf('nightly', 'named'))
    await ended('named')
    await run()
    expect(await livesOf(keysOf('named'))).toEqual([-1, -1])
  })

  it('lets active builds go whose job or service nobody watches', async () => {
    await want(targetOf('named'))
    for (const build of ['named', 'left']) await running(build)
    expect(await run()).toEqual({ ...NOTHING, builds: 1 })
    expect(await records().active(REF)).toEqual([refOf('named')])
    await expectExpiring(keysOf('left'), 30 * DAY)
    expect(await livesOf(keysOf('named'))).toEqual([-1, -1])
  })

  it('takes builds without a record, or with an end, off the active ones', async () => {
    await want(feedOf('nightly'))
    for (const build of ['lost', 'over', 'active']) await running(build)
    await redis.del(...keysOf('lost'))
    await redis.hset(keysOf('over')[0] ?? '', 'concluded', 'true')
    await run()
    expect(await records().active(REF)).toEqual([refOf('active')])
  })

  it('leaves builds alone that were forgotten while their feed goes on', async () => {
    await want(feedOf('nightly'))
    await running('forgotten')
    await records().forget(refOf('forgotten'))
    expect(await run()).toEqual(NOTHING)
    await expectExpiring(keysOf('forgotten'), 30 * DAY)
  })

  it('lets the trouble go of what nobody watches, and begins it anew lest an old one be gone on with', async () => {
    await want(feedOf('nightly', 'named'))
    await running('active')
    const watched = [
      RESOURCE,
      accountSubject('default'),
      ...['named', 'active'].map((id) => buildKey(refOf(id))),
    ]
    const left = [
      'shop/jobs/other',
      accountSubject('other'),
      buildKey(refOf('unlisted')),
      'accounts/jobs/job',
    ]
    for (const subject of [...watched, ...left]) await troubles().note(subject, GONE)
    expect(await run()).toEqual({ ...NOTHING, troubles: left.length })
    expect(await troubles().read(watched)).toEqual(watched.map(() => GONE))
    expect(await livesOf(watched.map(KEYS.trouble))).toEqual(watched.map(() => -1))
    expect(await troubles().read(left)).toEqual(left.map(() => ({ rev: 2, episode: 1 })))
    await expectExpiring(left.map(KEYS.trouble), 30 * DAY)
    expect(await run()).toEqual(NOTHING)
  })

  it('lets the allowance go of an account that no target uses, until one does', async () => {
    const budget = createBudget({
      redis,
      keys: KEYS,
      clock,
      reserves: () => ({ kind: 'share', share: 0.1 }),
    })
    await want({ ...feedOf('nightly'), account: 'used' })
    for (const account of ['default', 'used', 'left']) await budget.take(account, 'planned')
    const left = [KEYS.budget('left'), KEYS.permits('left')]
    expect(await run()).toEqual({ ...NOTHING, budgets: 2 })
    await expectExpiring(left, 2 * DAY)
    const kept = ['default', 'used'].flatMap((account) => [KEYS.budget(account), KEYS.permits(account)])
    expect(await livesOf(kept)).toEqual([-1, -1, -1, -1])
    await want({ ...feedOf('nightly'), account: 'left' })
    await run()
    expect(await livesOf(left)).toEqual([-1, -1])
  })

  it('judges nothing by what is wanted while that is not written whole', async () => {
    await want(feedOf('nightly'))
    await running('active')
    await troubles().note(RESOURCE, GONE)
    await watermarks().begin(RESOURCE, new Map([[EVERY, { at: START_AT, caughtUp: true }]]))
    await redis.hdel(KEYS.configuration, 'published')
    await redis.del(KEYS.targets, KEYS.named)
    expect(await run()).toEqual(NOTHING)
    expect(await records().active(REF)).toEqual([refOf('active')])
    expect(await troubles().read([RESOURCE])).toEqual([GONE])
  })

  it(
    'sees to thousands of builds and feeds without holding anyone up',
    async () => {
      await want(...Array.from({ length: 2000 }, (_, at): FeedTarget => feedOf(`job-${at}`)))
      const slow = await slowCommands(redis, async () => {
        await leaveTwentyThousand()
        expect(await run()).toEqual({ ...NOTHING, builds: 20_000 })
        expect(await run()).toEqual(NOTHING)
        expect(await redis.keys(KEYS.active('*'))).toEqual([])
      })
      expect(slow).toBe(0)
    },
    SLOW_WORK_MS,
  )

  async function leaveTwentyThousand(): Promise<void> {
    const batch = redis.pipeline()
    for (let at = 0; at < 20_000; at += 1) {
      const key = `shop/jobs/job-${at}/b`
      batch.hset(KEYS.build(key), 'concluded', 'true').del(KEYS.transitions(key))
      batch.xadd(KEYS.transitions(key), '1-0', 'event', '{}')
      batch.zadd(KEYS.active(`shop/jobs/job-${at}`), 1, 'b')
    }
    await batch.exec()
    await redis.slowlog('RESET')
  }
})
