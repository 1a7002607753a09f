/** `explain` on whom a build was told: what dispatch and deliveries have left in Redis. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { stuckEvent } from '../../../src/domain/event.js'
import type { Route } from '../../../src/domain/route.js'
import type { Silence } from '../../../src/domain/silence.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { entryFor, KEYS, refOf, START_AT, snapshotOf, targetOf } from '../store/store-fixtures.js'
import { ATTEMPT, createToldBuilds, deliveryOf, FAILED, NIGHT, RUNNING } from './told-builds.js'

const SILENCE: Silence = {
  id: 'tobaki',
  scope: { notifier: 'quiet' },
  reason: 'moving',
  createdAt: START_AT,
  endsAt: START_AT + 60_000,
}

describeEachRedis('explain, of whom a build was told', (engine) => {
  let redis: Redis
  let told: ReturnType<typeof createToldBuilds>

  beforeEach(() => {
    redis = engine.connect()
    told = createToldBuilds(engine, redis)
  })

  it('says of each route that was in force what came of it, and why nothing did of the others', async () => {
    await told.ended('a', [
      { to: 'hook', on: ['failure'] },
      { to: 'hook', on: ['concluded'] },
      { to: 'release', on: ['concluded'], branches: ['release/*'] },
      { to: 'third', on: ['broke'], after: 3 },
      { to: 'party', on: ['success'] },
      { to: 'quiet', on: ['concluded'] },
      { to: 'bed', on: ['concluded'], quietHours: NIGHT },
      { to: 'dream', on: ['concluded'], quietHours: { ...NIGHT, instead: 'drop' } },
    ])
    await told.dispatched([SILENCE])
    await told.sent(deliveryOf('a', 'hook'), { kind: 'accepted' })
    expect(await told.routesOf('a')).toEqual([
      'hook: accepted',
      'hook: matches, but an earlier route to hook decides',
      'release: other_branch',
      'third: not_yet (1 of 3)',
      'party: not_asked',
      'quiet: suppressed (silence)',
      'bed: due',
      'dream: suppressed (quiet_hours)',
    ])
  })

  it('names what came of it for programs, with the delivery', async () => {
    await told.ended('a', [
      { to: 'hook', on: ['failure'] },
      { to: 'hook', on: ['concluded'] },
      { to: 'ops', on: ['success'] },
    ])
    await told.dispatched()
    const { routes } = await told.explained('a')
    expect(routes).toMatchObject([
      {
        event: `${buildKey(refOf('a'))}#concluded`,
        type: 'dev.buildwatchd.build.concluded.v1',
        routesOf: 'event',
        routes: [
          {
            to: 'hook',
            kind: 'matches',
            words: ['failure'],
            came: 'delivery',
            delivery: deliveryOf('a', 'hook'),
          },
          { to: 'hook', kind: 'matches', came: 'not_first' },
          { to: 'ops', kind: 'not_asked', came: 'refused' },
        ],
      },
    ])
  })

  it('tells of a dead letter each attempt, when it was made and what it came to', async () => {
    await told.ended('a', [{ to: 'hook', on: ['concluded'] }])
    await told.dispatched()
    await told.ledger.begin(deliveryOf('a', 'hook'), ATTEMPT)
    await told.ledger.postpone(deliveryOf('a', 'hook'), START_AT + 5000, 'HTTP 503: out of order')
    told.clock.advance(5000)
    await told.sent(deliveryOf('a', 'hook'), { kind: 'dead_lettered', reason: 'refused', detail: 'HTTP 400' })
    const { deliveries } = await told.explained('a')
    expect(deliveries).toEqual([
      {
        id: deliveryOf('a', 'hook'),
        notifier: 'hook',
        event: `${buildKey(refOf('a'))}#concluded`,
        state: 'dead_lettered',
        reason: 'refused',
        detail: 'HTTP 400',
        attempts: 2,
        openedAt: '2026-01-05T12:00:00.000Z',
        endedAt: '2026-01-05T12:00:05.000Z',
        tries: [
          { at: '2026-01-05T12:00:00.000Z', result: 'failed', reason: 'HTTP 503: out of order' },
          { at: '2026-01-05T12:00:05.000Z', result: 'failed', reason: 'HTTP 400' },
        ],
      },
    ])
    const { stdout } = await told.run(buildKey(refOf('a')))
    expect(stdout).toContain(`DELIVERIES
  EVENT       NOTIFIER  STATE  AT         WHY
  #concluded  hook      dead   12:00:05Z  refused
    12:00:00Z  failed: HTTP 503: out of order
    12:00:05Z  failed: HTTP 400
`)
  })

  it('tells of one that waits when it is tried next', async () => {
    await told.ended('a', [{ to: 'hook', on: ['concluded'] }])
    await told.dispatched()
    await told.ledger.begin(deliveryOf('a', 'hook'), ATTEMPT)
    await told.ledger.postpone(deliveryOf('a', 'hook'), START_AT + 5000, 'HTTP 503')
    const { deliveries } = await told.explained('a')
    expect(deliveries).toMatchObject([
      {
        state: 'pending',
        dueAt: '2026-01-05T12:00:05.000Z',
        tries: [{ result: 'failed', reason: 'HTTP 503' }],
      },
    ])
  })

  it('tells what was told before of the build, or along with another', async () => {
    const routes: Route[] = [{ to: 'hook', on: ['transitioned'], oncePer: 'build' }]
    await told.records.record(entryFor(UNRECORDED, snapshotOf(RUNNING, refOf('a')), routes))
    const [recorded = UNRECORDED] = await told.records.read([refOf('a')])
    await told.records.record(entryFor(recorded, snapshotOf(FAILED, refOf('a'), START_AT + 1000), routes))
    await told.ended('b', [{ to: 'chat', on: ['concluded'] }])
    await told.ended('c', [{ to: 'chat', on: ['concluded'] }])
    await told.dispatched()
    await told.ledger.begin(deliveryOf('b', 'chat'), { ...ATTEMPT, together: [deliveryOf('c', 'chat')] })
    expect(await told.routesOf('a')).toEqual(['hook: due', 'hook: suppressed (once_per)'])
    expect(await told.routesOf('c')).toEqual(['chat: suppressed (grouped)'])
    const { deliveries } = await told.explained('c')
    expect(deliveries).toMatchObject([{ reason: 'grouped', detail: deliveryOf('b', 'chat'), tries: [] }])
  })

  it('tells of the event that it is stuck as of the others', async () => {
    const running = snapshotOf(RUNNING, refOf('a'))
    await told.records.record(entryFor(UNRECORDED, running, []))
    const facts = { reason: 'overdue', status: 'BUILDING', ageMs: 3_600_000, inStatusMs: 3_000_000 } as const
    await told.records.tellStuck(stuckEvent('default', running, facts), [
      { to: 'ops', on: ['stuck'] },
      { to: 'hook', on: ['concluded'] },
    ])
    await told.dispatched()
    expect(await told.routesOf('a')).toEqual(['ops: due', 'hook: not_asked'])
    const { stdout } = await told.run(buildKey(refOf('a')))
    expect(stdout).toContain('is BUILDING, told to be stuck\n')
    expect(stdout).toMatch(/DELIVERIES\n.*\n {2}#stuck +ops +due/)
  })

  describe('when the log no longer has its events', () => {
    async function trimmed(): Promise<void> {
      await told.ended('a', [{ to: 'hook', on: ['concluded'] }])
      await told.dispatched()
      await redis.xtrim(KEYS.events, 'MAXLEN', 0)
    }

    it('goes by the routes of now, and says so', async () => {
      await trimmed()
      const routes: Route[] = [
        { to: 'hook', on: ['failure'] },
        { to: 'new', on: ['concluded'] },
        { to: 'party', on: ['success'] },
      ]
      const target = { ...targetOf('a'), routes }
      await redis.hset(KEYS.target(target.id), 'target', JSON.stringify(target))
      const { routes: judged } = await told.explained('a')
      expect(judged).toMatchObject([
        {
          routesOf: 'now',
          routes: [
            { to: 'hook', came: 'delivery' },
            { to: 'new', came: 'not_told' },
            { to: 'party', came: 'refused', kind: 'not_asked' },
          ],
        },
      ])
      expect((await told.run(buildKey(refOf('a')))).stdout).toContain(
        '  #concluded: the log no longer has it; these are the routes of now\n',
      )
    })

    it('has the deliveries that came of it, and no routes, where no watch wants it any more', async () => {
      await trimmed()
      const { routes, deliveries } = await told.explained('a')
      expect(routes).toMatchObject([{ routesOf: 'unknown', routes: [] }])
      expect(deliveries).toMatchObject([{ notifier: 'hook', state: 'pending' }])
    })
  })

  it('says of an event of this moment that it is not dispatched yet, and of an old one that its delivery is forgotten', async () => {
    await told.ended('a', [{ to: 'hook', on: ['concluded'] }])
    const now = Date.now()
    const snapshot = snapshotOf({ ...FAILED, createdAt: new Date(now).toISOString() }, refOf('b'), now)
    await told.records.record(entryFor(UNRECORDED, snapshot, [{ to: 'hook', on: ['concluded'] }]))
    expect(await told.routesOf('a')).toEqual(['hook: matched; its delivery is forgotten'])
    expect(await told.routesOf('b')).toEqual(['hook: matches, and is not dispatched yet'])
  })
})
