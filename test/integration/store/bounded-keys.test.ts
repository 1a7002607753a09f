/** A key without an expiry or a cap would grow for as long as the daemon runs: after a busy day there is none. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import { stuckEvent } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { accountSubject, type TroubleRecord } from '../../../src/domain/trouble.js'
import { createBudget } from '../../../src/store/budget.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { createEventLog } from '../../../src/store/event-log.js'
import { createHeartbeat } from '../../../src/store/heartbeat.js'
import { createLedger } from '../../../src/store/ledger.js'
import { createRetention } from '../../../src/store/retention.js'
import { createRunClaims } from '../../../src/store/run-claims.js'
import { createSilences } from '../../../src/store/silences.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { createWatermarks } from '../../../src/store/watermarks.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf } from './ended-builds.js'
import { persistentKeys } from './redis-contents.js'
import {
  entryFor,
  historyEntryFor,
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
const RESOURCE = resourceKey(REF)
const RETENTION = { buildsMs: 30 * DAY, eventsMs: 7 * DAY, maxEvents: 500, linesMs: 180 * DAY }
const GONE: TroubleRecord = { rev: 1, episode: 1, trouble: 'gone', since: START_AT }

/** Keys that need no expiry, and what bounds each. */
const CAPPED: readonly (readonly [key: string, cap: string])[] = [
  [KEYS.meta, 'a field for each thing that is known of the data'],
  [KEYS.events, 'retention.max_events, and a million that wait to be dispatched'],
  [KEYS.configuration, 'three fields'],
  [KEYS.seenConfigurations, 'a thousand digests'],
  [KEYS.replicas, 'a field for each live replica'],
  [KEYS.heartbeats, 'a member for each live replica'],
  [KEYS.accounts, 'a field for each account'],
  [KEYS.targets, 'a member for each wanted target'],
  [KEYS.openTargets, 'a member for each wanted target'],
  [KEYS.named, 'a member for each build that a watch names'],
  [KEYS.watermarks, 'a field for each interest of the last two days'],
  [KEYS.pendingDeliveries, 'a member for each delivery that has not ended'],
  [KEYS.deadDeliveries, 'members of the last thirty days'],
  [KEYS.suspended, 'a field for each notifier'],
  [KEYS.queuedNotifiers, 'a member for each notifier'],
  [KEYS.silences, 'a thousand, each until an hour after its end'],
]

describeEachRedis('after a busy day', (engine) => {
  let redis: Redis
  let clock: TestClock
  let publish: Publisher

  beforeEach(async () => {
    redis = engine.connect()
    clock = testClock()
    publish = publisher(redis, { clock })
    await ensureDataset({ redis, keys: KEYS, newId: () => 'dataset-1' })
  })

  const logger = testLogger()
  const records = () => createBuildRecords({ redis, keys: KEYS, logger })
  const retain = () => createRetention({ redis, keys: KEYS, clock, retention: RETENTION }).run()

  /** Builds of every kind: named, followed, forgotten, stuck, without a status, history. */
  async function build(): Promise<void> {
    const record = records()
    for (let at = 0; at < 60; at += 1) {
      const end = endOf({ build: `b${at}`, outcome: at % 3 ? 'success' : 'failure', created: at })
      if (at % 5 === 0) await record.record(historyEntryFor(end))
      else await record.record({ ...entryFor(UNRECORDED, end), named: at % 7 === 0 })
    }
    for (const name of ['followed', 'forgotten', 'stuck', 'named']) {
      const snapshot = snapshotOf({ status: 'BUILDING' }, refOf(name))
      await record.record({ ...entryFor(UNRECORDED, snapshot), named: name === 'named' })
    }
    await record.record(entryFor(UNRECORDED, snapshotOf({ branch: 'main' }, refOf('statusless'))))
    await record.forget(refOf('forgotten'))
    const facts = { reason: 'overdue', status: 'BUILDING', ageMs: HOUR, inStatusMs: HOUR } as const
    await record.tellStuck(stuckEvent('default', snapshotOf({}, refOf('stuck')), facts), [])
  }

  async function deliver(): Promise<void> {
    const ledger = createLedger({ redis, keys: KEYS, clock })
    const { change } = entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }))
    if (!change) throw new Error('no event')
    const { event } = change
    await ledger.open(
      ['a', 'b', 'c'].map((to) => ({ id: `e->${to}`, notifier: to, event, lane: 'l', once: 'claim' })),
    )
    await ledger.begin('e->a', { body: 'body', order: 'any', together: [] })
    await ledger.end('e->a', { kind: 'accepted' })
    await ledger.end('e->b', { kind: 'dead_lettered', reason: 'gone' })
    await ledger.suspend('b', 'HTTP 410')
    await ledger.queued(['a', 'b', 'c'])
    const silence = { id: 'one', scope: {}, reason: 'x', createdAt: START_AT, endsAt: START_AT + 90 * DAY }
    await createSilences({ redis, keys: KEYS, clock }).add(silence)
  }

  async function watch(): Promise<void> {
    const { want, targets } = publish
    await want(feedOf('nightly', 'named'), feedOf('weekly'), targetOf('b7'), targetOf('x'))
    await targets.finish(targetOf('x').id)
    await targets.abandon(feedOf('weekly').id)
    const budget = createBudget({ redis, keys: KEYS, clock, reserves: () => ({ kind: 'share', share: 0.1 }) })
    for (const account of ['default', 'removed']) await budget.take(account, 'planned')
    const marks = createWatermarks({ redis, keys: KEYS })
    for (const feed of [RESOURCE, feedOf('weekly').id])
      await marks.begin(feed, new Map([[EVERY, { at: START_AT, caughtUp: false }]]))
    await createHeartbeat({ redis, keys: KEYS, clock, replica: 'one' }).beat({})
    await createRunClaims({ redis, keys: KEYS })('digest:today', HOUR)
  }

  async function fail(): Promise<void> {
    const troubles = createTroubles({ redis, keys: KEYS, logger })
    const builds = ['followed', 'b1', 'unlisted'].map((name) => buildKey(refOf(name)))
    const subjects = [accountSubject('default'), accountSubject('removed'), feedOf('weekly').id, ...builds]
    for (const subject of subjects) await troubles.note(subject, GONE)
    await troubles.note(RESOURCE, { rev: 1, episode: 0 })
  }

  async function dispatchAll(): Promise<void> {
    const blocking = engine.connect()
    const log = createEventLog({ redis, blocking, keys: KEYS, logger, replica: 'one' })
    for (let read = await log.next(1); read.length > 0; read = await log.next(1))
      for (const { logId } of read) await log.acknowledge(logId)
  }

  const busyDay = async () => {
    await watch()
    await build()
    await fail()
    await deliver()
    await dispatchAll()
    await retain()
  }

  it('every key has an expiry, a cap, or a watch that it belongs to', async () => {
    await busyDay()
    const named = ['named', 'b7', 'x'].map((name) => buildKey(refOf(name)))
    const followed = ['followed', 'stuck'].map((name) => buildKey(refOf(name)))
    const watched = [feedOf('weekly').id, RESOURCE, targetOf('b7').id, targetOf('x').id]
    const bounded = [
      ...CAPPED.map(([key]) => key),
      ...watched.map(KEYS.target),
      ...[...named, ...followed].flatMap((key) => [KEYS.build(key), KEYS.transitions(key)]),
      // Those that are followed, and the troubles of those that are watched, as long as they last.
      KEYS.active(RESOURCE),
      ...[accountSubject('default'), feedOf('weekly').id, buildKey(refOf('followed'))].map(KEYS.trouble),
      // The account's own window is the cap of what is under way.
      KEYS.budget('default'),
      KEYS.permits('default'),
      // The only one that waits.
      KEYS.delivery('e->c'),
      KEYS.lane('c', 'l'),
    ]
    const persistent = await persistentKeys(redis)
    expect(persistent.filter((key) => !bounded.includes(key))).toEqual([])
    expect(persistent.length).toBeGreaterThan(CAPPED.length + 12)
    expect((await records().active(REF)).map(({ build }) => build).sort()).toEqual([
      'followed',
      'named',
      'stuck',
    ])
  })

  it('and once nothing is watched any more, nothing is left but what is capped', async () => {
    await busyDay()
    await publish.want()
    await redis.hdel(KEYS.accounts, 'default')
    await retain()
    clock.advance(DAY)
    await retain()
    clock.advance(DAY)
    await retain()
    const capped = CAPPED.map(([key]) => key)
    const waiting = [KEYS.delivery('e->c'), KEYS.lane('c', 'l')]
    const persistent = await persistentKeys(redis)
    expect(persistent.filter((key) => !capped.includes(key))).toEqual(waiting)
    for (const key of [KEYS.targets, KEYS.openTargets, KEYS.named, KEYS.watermarks, KEYS.accounts])
      expect(persistent).not.toContain(key)
  })
})
