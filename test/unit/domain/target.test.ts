import { describe, expect, it } from '@jest/globals'
import { type BuildFilter, EVERY_BUILD } from '../../../src/domain/build-filter.js'
import {
  type BuildWatch,
  type FeedTarget,
  type FeedWatch,
  interestId,
  type PollingRails,
  type Target,
  targetsOf,
  type Watch,
  type Windows,
} from '../../../src/domain/target.js'
import { KEY, REF } from './fixtures.js'

const POLLING: PollingRails = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
const { build: BUILD, ...RESOURCE } = REF
const FEED_ID = 'shop/jobs/nightly'
const DAY_MS = 86_400_000

const WATCH: BuildWatch = {
  kind: 'build',
  account: 'default',
  ref: REF,
  routes: [{ to: 'ops', on: ['concluded'] }],
  polling: POLLING,
  windows: [],
}
const FEED: FeedWatch = {
  kind: 'feed',
  account: 'default',
  ref: RESOURCE,
  routes: [{ to: 'team', on: ['broke'] }],
  polling: POLLING,
  windows: [],
  filter: EVERY_BUILD,
  catchUpMs: DAY_MS,
}
const HOOK = [{ to: 'hook', on: ['failure'] as const }]
const MORNING: Windows = [{ cron: '* 8-11 * * *', timezone: 'Europe/Berlin' }]
const EVENING: Windows = [{ cron: '* 18-21 * * *', timezone: 'Europe/Berlin' }]
const ON_MAIN: BuildFilter = { branches: ['main'], pullRequests: 'with' }

/** The only target of the watches; the test is wrong if there are several. */
function only(...watches: Watch[]): Target {
  const [target, ...more] = targetsOf(watches)
  if (!target || more.length > 0) throw new Error(`not one target but ${more.length + 1}`)
  return target
}

function feed(...watches: Watch[]): FeedTarget {
  const target = only(...watches)
  if (target.kind !== 'feed') throw new Error('no feed')
  return target
}

describe('the weight of a target', () => {
  it('is that of the heaviest of its watches, and absent where none has one', () => {
    expect(feed(FEED, { ...FEED, routes: HOOK })).not.toHaveProperty('weight')
    expect(feed({ ...FEED, weight: 0.5 }, FEED)).toMatchObject({ weight: 1 })
    expect(feed(FEED, { ...FEED, weight: 3 }, { ...WATCH, weight: 2 })).toMatchObject({ weight: 3 })
    expect(only({ ...WATCH, weight: 0.5 })).toMatchObject({ weight: 0.5 })
    expect(only(WATCH, { ...WATCH, weight: 2 })).toMatchObject({ weight: 2 })
  })
})

describe('how far back a feed tells', () => {
  it('is twice its longest pause at least, and two hours: what ends between two looks was not missed', () => {
    const backOf = (watch: FeedWatch) =>
      feed({ ...watch, catchUpMs: 0 }).interests.map(({ catchUpMs }) => catchUpMs)
    expect(backOf(FEED)).toEqual([7_200_000])
    expect(backOf({ ...FEED, polling: { ...POLLING, maxIntervalMs: DAY_MS } })).toEqual([2 * DAY_MS])
  })
})

describe('watches that name builds', () => {
  it('make a target each, named by the build', () => {
    expect(targetsOf([WATCH])).toEqual([{ id: KEY, ...WATCH }])
  })

  it('of one build make one target, with the routes of all', () => {
    const target = only(WATCH, { ...WATCH, routes: HOOK })
    expect(target).toMatchObject({ id: KEY, routes: [...WATCH.routes, ...HOOK] })
  })

  it('make one with the tightest rails and the most patient deadline of them', () => {
    const eager = { ...WATCH, polling: { minIntervalMs: 500, maxIntervalMs: 90_000, timeoutMs: 5000 } }
    const calm = { ...WATCH, polling: { minIntervalMs: 9000, maxIntervalMs: 30_000, timeoutMs: 20_000 } }
    expect(only(WATCH, eager, calm).polling).toEqual({
      minIntervalMs: 500,
      maxIntervalMs: 30_000,
      timeoutMs: 20_000,
    })
  })

  it('are open when any of them is', () => {
    const [morning, evening] = [
      { ...WATCH, windows: MORNING },
      { ...WATCH, windows: EVENING },
    ]
    expect(only(morning, evening)).toMatchObject({ windows: [...MORNING, ...EVENING] })
    expect(only(morning, WATCH, evening)).toMatchObject({ windows: [] })
  })

  it('keep the order in which builds were first named', () => {
    const builds = ['c', 'a', 'c', 'b', 'a']
    const targets = targetsOf(builds.map((build) => ({ ...WATCH, ref: { ...REF, build } })))
    expect(targets.map(({ id }) => id)).toEqual(['c', 'a', 'b'].map((build) => `${FEED_ID}/${build}`))
  })

  it('tell builds apart by every part of their identity', () => {
    const refs: BuildWatch['ref'][] = [
      REF,
      { ...REF, team: 'acme' },
      { ...REF, kind: 'services' },
      { ...REF, project: 'other' },
      { ...REF, resource: 'other' },
      { ...REF, build: 'other' },
    ]
    expect(targetsOf(refs.map((ref) => ({ ...WATCH, ref })))).toHaveLength(refs.length)
  })
})

describe('watches of all builds', () => {
  it('make a feed each, named by the job or service', () => {
    const { account, ref, polling, routes, windows } = FEED
    const interest = { id: interestId(FEED), filter: EVERY_BUILD, catchUpMs: DAY_MS, routes, windows }
    expect(targetsOf([FEED])).toEqual([
      { kind: 'feed', id: FEED_ID, account, ref, interests: [interest], named: [], polling },
    ])
  })

  it('of one job with one filter are one interest: all routes, the longer memory, open when any is', () => {
    const other = { ...FEED, routes: HOOK, catchUpMs: 2 * DAY_MS, windows: EVENING }
    expect(feed({ ...FEED, windows: MORNING }, other).interests).toEqual([
      {
        id: interestId(FEED),
        filter: EVERY_BUILD,
        catchUpMs: 2 * DAY_MS,
        routes: [...FEED.routes, ...HOOK],
        windows: [...MORNING, ...EVENING],
      },
    ])
    expect(feed({ ...FEED, windows: MORNING }, FEED).interests[0]?.windows).toEqual([])
  })

  it.each<[string, Partial<FeedWatch>]>([
    ['other branches', { filter: ON_MAIN }],
    ['the same branches in another order', { filter: { branches: ['!x', 'main'], pullRequests: 'with' } }],
    ['other pull requests', { filter: { branches: [], pullRequests: 'only' } }],
    ['another beginning', { sinceAt: 1_700_000_000_000 }],
  ])('of one job with %s are interests of their own, asked for in one request', (_, differing) => {
    const base = { ...FEED, filter: { branches: ['main', '!x'], pullRequests: 'with' } as const }
    const ids = feed(base, { ...base, ...differing }).interests.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })

  it('keep the beginning that a watch asks for', () => {
    expect(feed({ ...FEED, sinceAt: 5 }).interests[0]?.sinceAt).toBe(5)
    expect(feed(FEED).interests[0]).not.toHaveProperty('sinceAt')
  })

  it('share the tightest rails', () => {
    const eager = { ...FEED, filter: ON_MAIN, polling: { ...POLLING, minIntervalMs: 100 } }
    expect(feed(FEED, eager).polling.minIntervalMs).toBe(100)
  })

  it('of other jobs, services, projects or teams are other feeds', () => {
    const refs: FeedWatch['ref'][] = [
      RESOURCE,
      { ...RESOURCE, team: 'acme' },
      { ...RESOURCE, kind: 'services' },
      { ...RESOURCE, project: 'other' },
      { ...RESOURCE, resource: 'other' },
    ]
    expect(targetsOf(refs.map((ref) => ({ ...FEED, ref })))).toHaveLength(refs.length)
  })
})

describe('a build of a job that is watched as a whole', () => {
  it.each([
    ['before', [WATCH, FEED]],
    ['after', [FEED, WATCH]],
  ])('is followed through its feed, when it is named %s that', (_, watches) => {
    const { named } = feed(...watches)
    expect(named).toEqual([{ build: BUILD, routes: WATCH.routes, windows: [] }])
  })

  it('is named once, with the routes and windows of all watches that name it', () => {
    const [morning, evening] = [
      { ...WATCH, windows: MORNING },
      { ...WATCH, routes: HOOK, windows: EVENING },
    ]
    const { named } = feed(morning, FEED, evening, { ...WATCH, ref: { ...REF, build: 'other' } })
    expect(named).toEqual([
      { build: BUILD, routes: [...WATCH.routes, ...HOOK], windows: [...MORNING, ...EVENING] },
      { build: 'other', routes: WATCH.routes, windows: [] },
    ])
  })

  it('brings its rails along', () => {
    const eager = { ...WATCH, polling: { minIntervalMs: 100, maxIntervalMs: 900, timeoutMs: 30_000 } }
    expect(feed(FEED, eager).polling).toEqual(eager.polling)
  })

  it('has a target of its own where another job is watched', () => {
    const targets = targetsOf([{ ...FEED, ref: { ...RESOURCE, resource: 'other' } }, WATCH])
    expect(targets.map(({ kind, id }) => [kind, id])).toEqual([
      ['feed', 'shop/jobs/other'],
      ['build', KEY],
    ])
  })
})

it('makes nothing of no watches', () => {
  expect(targetsOf([])).toEqual([])
})

describe('interestId', () => {
  it('holds neither routes nor windows: who is told has nothing to do with what is history', () => {
    const other = { ...FEED, routes: HOOK, windows: MORNING, catchUpMs: 0 }
    expect(interestId(other)).toBe(interestId(FEED))
  })

  it('tells filters apart whose globs would read the same when joined', () => {
    const ids = [['a', 'b'], ['a,b'], ['a","b'], ['a', 'b', ''], []].map((branches) =>
      interestId({ filter: { branches, pullRequests: 'with' } }),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })
})
