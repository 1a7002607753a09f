import { describe, expect, it } from '@jest/globals'
import {
  awaitedUntil,
  beginFollowing,
  type FollowedBuild,
  heard,
  missed,
  nameOf,
  newsIn,
  notYet,
  onRecord,
  sighted,
  timedOut,
} from '../../../src/core/followed-build.js'
import { ApiError, type ApiErrorCode } from '../../../src/domain/errors.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { snapshotOf } from '../../integration/store/store-fixtures.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const REF = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'a' } as const
const begun = (): FollowedBuild => beginFollowing({ kind: 'named', ref: REF }, NOW)
const see = (before: FollowedBuild, build: object, at = NOW) =>
  sighted(before, snapshotOf(build, REF, at), 'default')
const errorOf = (code: ApiErrorCode) => new ApiError(code, 'no', { retryable: false })
const APPEAR = { now: NOW + 30_000, appearMs: 60_000 }

describe('a build that is followed', () => {
  it('is told of when its status changes, and only then', () => {
    const first = see(begun(), { status: 'QUEUED' })
    expect(first.event).toMatchObject({ id: 'shop/jobs/nightly/a#QUEUED', data: { seq: 1, from: null } })
    expect(see(first.build, { status: 'QUEUED' }).event).toBeUndefined()
    expect(see(first.build, { status: 'QUEUED', message: 'new' }).event).toBeUndefined()
    expect(see(first.build, { status: 'BUILDING' }).event).toMatchObject({ data: { seq: 2, from: 'QUEUED' } })
  })

  it('counts how often it comes back to a status', () => {
    const walk = ['BUILDING', 'QUEUED', 'BUILDING']
    const ids: (string | undefined)[] = []
    walk.reduce((build, status) => {
      const after = see(build, { status })
      ids.push(after.event?.id)
      return after.build
    }, begun())
    expect(ids.at(-1)).toBe('shop/jobs/nightly/a#BUILDING.2')
  })

  it('ends with its conclusion', () => {
    const { build } = see(begun(), { status: 'FAILURE', concluded: true, success: false })
    expect(build.end).toEqual({ kind: 'concluded', outcome: 'failure' })
  })

  it('goes on under the API where a daemon has left it, and is told nothing twice', () => {
    const { event } = see(see(begun(), { status: 'QUEUED' }).build, { status: 'BUILDING' })
    if (!event) throw new Error('no event')
    const { build } = heard(begun(), REF, event)
    expect(see(build, { status: 'BUILDING' }).event).toBeUndefined()
    const end = see(build, { status: 'SUCCESS', concluded: true, success: true })
    expect(end.event).toMatchObject({ data: { seq: 3, from: 'BUILDING', outcome: 'success' } })
  })

  it('hears an event once, and an end whatever its number', () => {
    const queued = see(begun(), { status: 'QUEUED' })
    const end = see(begun(), { status: 'ABORTED', concluded: true })
    if (!queued.event || !end.event) throw new Error('no event')
    const known = see(queued.build, { status: 'BUILDING' }).build
    expect(heard(known, REF, queued.event).event).toBeUndefined()
    expect(heard(known, REF, end.event).build.end).toEqual({ kind: 'concluded', outcome: 'aborted' })
  })
})

describe('a look in vain', () => {
  it.each<ApiErrorCode>(['API_UNAUTHORIZED', 'API_FORBIDDEN', 'API_WRONG_ROUTE'])(
    'ends it with %s',
    (code) => {
      expect(missed(begun(), errorOf(code), APPEAR).end).toMatchObject({ kind: 'failed', error: { code } })
    },
  )

  it.each<ApiErrorCode>(['API_UNREACHABLE', 'API_TIMED_OUT', 'API_THROTTLED', 'API_BAD_RESPONSE'])(
    'is waited out with %s, however long it takes',
    (code) => {
      const after = missed(begun(), errorOf(code), { now: NOW + 1e9, appearMs: 0 })
      expect(after).toMatchObject({ trouble: { code } })
      expect(after.end).toBeUndefined()
    },
  )

  it('for a build that is not there ends it when its time to appear is over', () => {
    const error = errorOf('API_NOT_FOUND')
    expect(missed(begun(), error, APPEAR).end).toBeUndefined()
    const { end } = missed(begun(), error, { ...APPEAR, now: NOW + 60_000 })
    expect(end).toMatchObject({ kind: 'failed', error: { code: 'API_NOT_FOUND' } })
    expect(end).toMatchObject({
      error: {
        message: expect.stringMatching(
          /^shop\/jobs\/nightly\/a has not appeared within 1 min; check the ids/,
        ),
      },
    })
  })

  it('for a build that was seen counts from the first answer without it, however old the last with it is', () => {
    const { build } = see(begun(), { status: 'QUEUED' }, NOW + 50_000)
    const error = errorOf('API_NOT_FOUND')
    const away = missed(build, error, { now: NOW + 900_000, appearMs: 60_000 })
    expect(away.end).toBeUndefined()
    expect(awaitedUntil(away, 60_000)).toBe(NOW + 960_000)
    const still = missed(away, errorOf('API_UNREACHABLE'), { now: NOW + 940_000, appearMs: 60_000 })
    expect(missed(still, error, { now: NOW + 959_999, appearMs: 60_000 }).end).toBeUndefined()
    expect(missed(still, error, { now: NOW + 960_000, appearMs: 60_000 }).end).toEqual({
      kind: 'failed',
      error,
    })
  })

  it('for a build that comes back begins anew the next time', () => {
    const { build } = see(begun(), { status: 'QUEUED' })
    const error = errorOf('API_NOT_FOUND')
    const away = missed(build, error, { now: NOW + 100_000, appearMs: 60_000 })
    const back = see(away, { status: 'QUEUED' }, NOW + 110_000).build
    expect(missed(back, error, { now: NOW + 170_000, appearMs: 60_000 }).end).toBeUndefined()
  })

  it('is forgotten with the next sight', () => {
    const away = missed(begun(), errorOf('API_UNREACHABLE'), APPEAR)
    expect(see(away, { status: 'QUEUED' }).build.trouble).toBeUndefined()
  })
})

describe('when the time is up', () => {
  const endOf = (build: FollowedBuild) => timedOut(build, NOW + 600_000).end

  it('it has timed out where the last answer was good', () => {
    const { build } = see(begun(), { status: 'BUILDING' })
    expect(endOf(build)).toMatchObject({
      error: {
        code: 'WATCH_TIMED_OUT',
        message: expect.stringMatching(/^shop\/jobs\/nightly\/a is still BUILDING after 10 min of watching;/),
      },
    })
  })

  it('what was in the way is what went wrong, where the last answer was bad', () => {
    const { build } = see(begun(), { status: 'BUILDING' })
    expect(endOf(missed(build, errorOf('API_UNREACHABLE'), APPEAR))).toMatchObject({
      error: { code: 'API_UNREACHABLE' },
    })
  })

  it('there was no answer, where none came', () => {
    expect(endOf(begun())).toMatchObject({ error: { code: 'API_TIMED_OUT' } })
  })
})

it('is called by what is looked for until it is found', () => {
  const { build: _, ...ref } = REF
  const wanted = { kind: 'newest', ref, choice: { branch: 'main', pullRequest: '17' } } as const
  const build = beginFollowing(wanted, NOW)
  expect(nameOf(build)).toBe('the newest build of shop/jobs/nightly on main of pull request 17')
  expect(notYet(build, 120_000).message).toContain('within 2 min')
  expect(nameOf(see(build, {}).build)).toBe('shop/jobs/nightly/a')
})

describe('what a daemon has recorded is news', () => {
  const eventsOf = (...statuses: string[]): BuildEvent[] => {
    let build = begun()
    return statuses.flatMap((status, at) => {
      const after = see(build, { status }, NOW + 1000 * at)
      build = after.build
      return after.event ?? []
    })
  }
  const statusesIn = (events: readonly BuildEvent[]) => events.map(({ data }) => data.to)
  const asked = (status: string, at: number) => see(begun(), { status }, at).build

  it('but for whoever has just come only where the build stands', () => {
    expect(statusesIn(newsIn(begun(), eventsOf('QUEUED', 'STARTING', 'BUILDING')))).toEqual(['BUILDING'])
  })

  it('behind the last that was told, whoever told it', () => {
    const recorded = eventsOf('QUEUED', 'STARTING', 'BUILDING', 'UPLOADING')
    expect(statusesIn(newsIn(asked('STARTING', NOW + 500), recorded))).toEqual(['BUILDING', 'UPLOADING'])
    expect(newsIn(asked('UPLOADING', NOW + 500), recorded)).toEqual([])
  })

  it('where it has nothing of what was told, if it came later', () => {
    const recorded = eventsOf('QUEUED', 'STARTING', 'UPLOADING')
    expect(statusesIn(newsIn(asked('BUILDING', NOW + 1500), recorded))).toEqual(['UPLOADING'])
  })

  it('in any case where it is the end', () => {
    const ended = see(begun(), { status: 'FAILURE', concluded: true, success: false }, NOW)
    const recorded = ended.event ? [ended.event] : []
    expect(newsIn(asked('BUILDING', NOW + 5000), recorded)).toEqual(recorded)
  })

  it('once: what was told is not told again, whatever count a daemon gives it', () => {
    const [first] = eventsOf('QUEUED')
    const { build } = see(begun(), { status: 'QUEUED' })
    expect(first && heard(build, REF, first).event).toBeUndefined()
  })
})

describe("what stands on a daemon's record", () => {
  it('was seen when it was read, though nothing of it is news', () => {
    const recorded = { ...UNRECORDED, seq: 4, createdAt: NOW - 1000 }
    const away = missed(begun(), errorOf('API_NOT_FOUND'), APPEAR)
    const build = onRecord(away, { ref: REF, recorded }, NOW + 40_000)
    expect(build).toMatchObject({
      seenAt: NOW + 40_000,
      answeredAt: NOW + 40_000,
      readSeq: 4,
      createdAt: NOW - 1000,
    })
    expect(build.trouble).toBeUndefined()
    expect(timedOut(build, NOW + 50_000).end).toMatchObject({ error: { code: 'WATCH_TIMED_OUT' } })
  })
})
