import { describe, expect, it } from '@jest/globals'
import { type BuildFilter, EVERY_BUILD } from '../../../src/domain/build-filter.js'
import { asKnown, type FeedView, type News, newsOf, routesFor } from '../../../src/domain/feed-news.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import type { FeedTarget, Interest, NamedBuild } from '../../../src/domain/target.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { OBSERVED_AT as NOW, REF, recordedAfter, recordedBy, snapshotOf, transitionOf } from './fixtures.js'

const DAY = 86_400_000
const RUNNING = { status: 'BUILDING', concluded: false } as const
const ENDED = { status: 'SUCCESS', concluded: true } as const
const { build: BUILD, ...RESOURCE } = REF

function interest(id: string, filter: Partial<BuildFilter> = {}): Interest {
  const routes = [{ to: id, on: ['concluded'] as const }]
  return { id, filter: { ...EVERY_BUILD, ...filter }, catchUpMs: DAY, routes, windows: [] }
}

const NAMED: NamedBuild = { build: BUILD, routes: [{ to: 'named', on: ['concluded'] }], windows: [] }
const ALL = interest('all')
const ON_MAIN = interest('main', { branches: ['main'] })

interface Situation extends Partial<Omit<FeedView, 'target'>> {
  readonly interests?: readonly Interest[]
  readonly named?: readonly NamedBuild[]
  readonly recorded?: RecordedBuild
}

/** A feed that has read its list and whose windows are open, unless the situation is another. */
function news(
  snapshot: Snapshot,
  { interests = [ALL], named = [], recorded, ...view }: Situation = {},
): News {
  const polling = { minIntervalMs: 1, maxIntervalMs: 1, timeoutMs: 1 }
  const target: FeedTarget = {
    kind: 'feed',
    id: 'shop/jobs/nightly',
    account: 'default',
    ref: RESOURCE,
    interests,
    named,
    polling,
  }
  const caughtUp = interests.map(({ id }) => [id, { at: NOW - 30 * DAY, caughtUp: true }] as const)
  const open = new Set(interests.map(({ id }) => id))
  const openNamed = new Set(named.map((each) => each.build))
  return newsOf(
    { snapshot, recorded: recorded ?? UNRECORDED },
    { target, marks: new Map(caughtUp), open, openNamed, runningAt: () => undefined, now: NOW, ...view },
  )
}

/** Who is told; the test is wrong if it is no news. */
function told(found: News): string[] {
  if (found.kind !== 'news') throw new Error(`no news but ${found.kind}`)
  return found.routes.map(({ to }) => to)
}

function running(build: Partial<ApiBuild> = {}): Snapshot {
  return snapshotOf({ ...RUNNING, ...build })
}

function endedBefore(ms: number, build: Partial<ApiBuild> = {}): Snapshot {
  return snapshotOf({ ...ENDED, ...build }, { createdAt: NOW - ms - 60_000, concludedAt: NOW - ms })
}

/** What the record holds of a build that had ended before anyone watched. */
function historyOf(snapshot: Snapshot): RecordedBuild {
  return { ...recordedAfter(transitionOf(UNRECORDED, snapshot), snapshot), seq: 0, history: true }
}

describe('a build that runs', () => {
  it('is news to all that want it, and to nobody else', () => {
    const interests = [ALL, ON_MAIN, interest('dev', { branches: ['dev'] })]
    expect(told(news(running({ branch: 'main' }), { interests }))).toEqual(['all', 'main'])
  })

  it('is ignored where no watch wants it', () => {
    expect(news(running({ branch: 'dev' }), { interests: [ON_MAIN] })).toEqual({ kind: 'ignored' })
  })

  it('is news in a feed that is first watched: its end is yet to come', () => {
    const marks = new Map([['all', { at: NOW, caughtUp: false }]])
    expect(told(news(running(), { marks }))).toEqual(['all'])
  })

  it('is ignored by a watch whose window is closed', () => {
    expect(news(running(), { open: new Set() })).toEqual({ kind: 'ignored' })
  })

  it('is taken up by one window that is open, and then told to all that want it', () => {
    const interests = [ALL, ON_MAIN]
    const open = new Set(['all'])
    expect(told(news(running({ branch: 'main' }), { interests, open }))).toEqual(['all', 'main'])
  })

  it('is not taken up by an open window of a watch that does not want it', () => {
    const found = news(running({ branch: 'dev' }), { interests: [ALL, ON_MAIN], open: new Set(['main']) })
    expect(found).toEqual({ kind: 'ignored' })
  })

  it('is followed to its end when the window has closed, once it is recorded', () => {
    const recorded = recordedBy('QUEUED')
    expect(told(news(running(), { recorded, open: new Set() }))).toEqual(['all'])
    expect(told(news(endedBefore(0), { recorded, open: new Set() }))).toEqual(['all'])
  })

  it('is ignored from the moment that no filter wants it any more', () => {
    const found = news(running({ branch: 'dev' }), { interests: [ON_MAIN], recorded: recordedBy('QUEUED') })
    expect(found).toEqual({ kind: 'ignored' })
  })

  it('is wanted by the branch that it was last known to have', () => {
    const recorded = { ...recordedBy('QUEUED'), latest: { id: BUILD, branch: 'main' } }
    expect(told(news(running(), { interests: [ON_MAIN], recorded }))).toEqual(['main'])
  })
})

describe('a build that is first seen ended', () => {
  it('is news where it ended while nobody looked', () => {
    expect(told(news(endedBefore(3_600_000)))).toEqual(['all'])
  })

  it('is history where it ended longer ago than is caught up', () => {
    expect(news(endedBefore(2 * DAY))).toEqual({ kind: 'history' })
  })

  it('is history in a feed that is first watched', () => {
    const marks = new Map([['all', { at: NOW, caughtUp: false }]])
    expect(news(endedBefore(1000), { marks })).toEqual({ kind: 'history' })
  })

  it('is history to a watch of which no mark is kept yet', () => {
    expect(news(endedBefore(1000), { marks: new Map() })).toEqual({ kind: 'history' })
  })

  it('is news to a watch that asks for what ended since', () => {
    const since = { ...ALL, sinceAt: NOW - 7 * DAY }
    expect(told(news(endedBefore(6 * DAY), { interests: [since], marks: new Map() }))).toEqual(['all'])
  })

  it('is told to those watches alone to which it is news', () => {
    const marks = new Map([
      ['all', { at: NOW, caughtUp: false }],
      ['main', { at: NOW - 30 * DAY, caughtUp: true }],
    ])
    const found = news(endedBefore(1000, { branch: 'main' }), { interests: [ALL, ON_MAIN], marks })
    expect(told(found)).toEqual(['main'])
  })

  it('is ignored, not history, where no watch wants it', () => {
    expect(news(endedBefore(2 * DAY, { branch: 'dev' }), { interests: [ON_MAIN] })).toEqual({
      kind: 'ignored',
    })
  })

  it('waits for a window to open', () => {
    expect(news(endedBefore(1000), { open: new Set() })).toEqual({ kind: 'ignored' })
  })
})

describe('a build that is recorded as history', () => {
  const untimed = snapshotOf({ ...ENDED, branch: 'main' })

  it('is not recorded again', () => {
    const snapshot = endedBefore(100 * DAY)
    expect(news(snapshot, { recorded: historyOf(snapshot) })).toEqual({ kind: 'ignored' })
  })

  it('stays history where nothing but its record tells when it ended', () => {
    expect(told(news(untimed))).toEqual(['all'])
    expect(news(untimed, { recorded: historyOf(untimed) })).toEqual({ kind: 'ignored' })
  })

  it('is news to a watch that asks for what ended since', () => {
    const snapshot = endedBefore(6 * DAY)
    const interests = [{ ...ALL, sinceAt: NOW - 7 * DAY }]
    expect(told(news(snapshot, { interests, marks: new Map(), recorded: historyOf(snapshot) }))).toEqual([
      'all',
    ])
  })
})

describe('asKnown', () => {
  it('is the answer, and what that leaves out as it was last known, under the id that was asked for', () => {
    const recorded = { ...recordedBy('QUEUED'), latest: { id: 'old', branch: 'main', sha: 'abc' } }
    const snapshot = snapshotOf({ id: 'QUICK-FOX-1', status: 'BUILDING', sha: 'def' })
    expect(asKnown({ snapshot, recorded })).toEqual({
      id: BUILD,
      status: 'BUILDING',
      branch: 'main',
      sha: 'def',
    })
  })
})

describe('routesFor', () => {
  const polling = { minIntervalMs: 1, maxIntervalMs: 1, timeoutMs: 1 }
  const shared = { account: 'default', polling }
  const feed: FeedTarget = {
    ...shared,
    kind: 'feed',
    id: 'shop/jobs/nightly',
    ref: RESOURCE,
    interests: [ON_MAIN],
    named: [NAMED],
  }

  it('are those of all watches that want the build', () => {
    expect(routesFor({ id: 'other', branch: 'main' }, feed)).toEqual(ON_MAIN.routes)
    expect(routesFor({ id: BUILD, branch: 'main' }, feed)).toEqual([...ON_MAIN.routes, ...NAMED.routes])
  })

  it('do not exist where no watch wants it', () => {
    expect(routesFor({ id: 'other', branch: 'dev' }, feed)).toBeUndefined()
  })

  it('are those of the target where that is a single build', () => {
    const target = {
      ...shared,
      kind: 'build',
      id: 'any',
      ref: REF,
      routes: NAMED.routes,
      windows: [],
    } as const
    expect(routesFor({ id: BUILD }, target)).toEqual(NAMED.routes)
  })
})

describe('a build that a watch names', () => {
  it('is told to that watch, and to the others that want it', () => {
    expect(news(running(), { named: [NAMED] })).toEqual({
      kind: 'news',
      routes: [...ALL.routes, ...NAMED.routes],
      named: true,
    })
  })

  it('is told to that watch where no filter wants it', () => {
    const found = news(running({ branch: 'dev' }), { interests: [ON_MAIN], named: [NAMED] })
    expect(told(found)).toEqual(['named'])
  })

  it('is told to that watch alone when it ended long ago', () => {
    expect(told(news(endedBefore(100 * DAY), { named: [NAMED] }))).toEqual(['named'])
  })

  it('is told though it has been recorded as history before anyone named it', () => {
    const snapshot = endedBefore(100 * DAY)
    expect(told(news(snapshot, { named: [NAMED], recorded: historyOf(snapshot) }))).toEqual(['named'])
  })

  it('is known by the id that it was asked for, whatever the answer calls it', () => {
    expect(told(news(running({ id: BUILD.toUpperCase() }), { named: [NAMED] }))).toEqual(['all', 'named'])
  })

  it('says so of itself, and of no other build', () => {
    expect(news(running(), { named: [NAMED] })).toMatchObject({ named: true })
    expect(news(running(), { named: [{ ...NAMED, build: 'other' }] })).toMatchObject({ named: false })
  })
})
