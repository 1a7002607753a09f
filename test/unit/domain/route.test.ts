import { describe, expect, it } from '@jest/globals'
import type { BuildEvent, BuildEventData, WatchEvent } from '../../../src/domain/event.js'
import {
  DIGEST_TRIGGER,
  FAILURE_TRIGGERS,
  judgeRoute,
  type Route,
  type RouteVerdict,
  TRIGGERS,
  type Trigger,
} from '../../../src/domain/route.js'
import { TROUBLES } from '../../../src/domain/trouble.js'
import { sampleDigest, sampleStuck, sampleTrouble } from '../../support/notifier-contract-events.js'
import { eventOf, recordedBy } from './fixtures.js'

const RUNNING = recordedBy('BUILDING')

/** The end of a build that has been seen to run, as the record script completes it. */
function ended(status: string, added: Partial<BuildEventData> = {}): BuildEvent {
  const event = eventOf({ status, concluded: true }, RUNNING)
  return { ...event, data: { ...event.data, ...added } }
}

const BUILD_EVENTS: Readonly<Record<string, WatchEvent>> = {
  'seen first, running': eventOf({ status: 'QUEUED' }),
  'seen again, running': eventOf({ status: 'UPLOADING' }, RUNNING),
  'seen first, ended': eventOf({ status: 'SUCCESS', concluded: true }),
  succeeded: ended('SUCCESS'),
  failed: ended('FAILURE'),
  'failed, superseded': ended('FAILURE', { superseded: true }),
  crashed: ended('CRASHED'),
  'not submitted': ended('SUBMISSION_FAILURE'),
  aborted: ended('ABORTED'),
  'ended unknown': ended('BUILDING'),
  'passed first of its line': ended('SUCCESS', { verdict: 'first_passed' }),
  'failed first of its line': ended('FAILURE', { verdict: 'first_failed' }),
  'crashed and broke its line': ended('CRASHED', { verdict: 'broke' }),
  'failed once more': ended('FAILURE', { verdict: 'still_failing' }),
  'fixed its line': ended('SUCCESS', { verdict: 'fixed' }),
  'passed once more': ended('SUCCESS', { verdict: 'still_passing' }),
}
const ENDED = Object.keys(BUILD_EVENTS).filter((name) => !name.endsWith(', running'))

const EVENTS: Readonly<Record<string, WatchEvent>> = {
  ...BUILD_EVENTS,
  stuck: sampleStuck(),
  ...Object.fromEntries(TROUBLES.map((trouble) => [`in trouble: ${trouble}`, sampleTrouble({ trouble })])),
  ...Object.fromEntries(
    TROUBLES.map((trouble) => [`no more ${trouble}`, sampleTrouble({ trouble, lastedMs: 1 })]),
  ),
  digest: sampleDigest(),
}

/** What each word of `on` reacts to. */
const REACTIONS: Readonly<Record<Trigger, readonly string[]>> = {
  success: [
    'seen first, ended',
    'succeeded',
    'passed first of its line',
    'fixed its line',
    'passed once more',
  ],
  failure: ['failed', 'failed, superseded', 'failed first of its line', 'failed once more'],
  crashed: ['crashed', 'crashed and broke its line'],
  submission_failure: ['not submitted'],
  aborted: ['aborted'],
  unknown: ['ended unknown'],
  first_passed: ['passed first of its line'],
  first_failed: ['failed first of its line'],
  broke: ['failed first of its line', 'crashed and broke its line'],
  still_failing: ['failed once more'],
  fixed: ['fixed its line'],
  still_passing: ['passed once more'],
  started: ['seen first, running'],
  transitioned: Object.keys(BUILD_EVENTS),
  concluded: ENDED,
  stuck: ['stuck'],
  unreachable: ['in trouble: unreachable'],
  unauthorized: ['in trouble: unauthorized'],
  forbidden: ['in trouble: forbidden'],
  throttled: ['in trouble: throttled'],
  gone: ['in trouble: gone'],
  stale: ['in trouble: stale'],
  abandoned: ['in trouble: abandoned'],
  recovered: TROUBLES.map((trouble) => `no more ${trouble}`),
}

const kindOf = (route: Route, event: WatchEvent) => judgeRoute(route, event).kind
const matching = (route: Route) =>
  Object.keys(EVENTS).filter((name) => kindOf(route, EVENTS[name]!) === 'matches')

describe('a route', () => {
  it.each(TRIGGERS)('reacts on %p to exactly the events that the word means', (trigger) => {
    expect(matching({ to: 'ops', on: [trigger] })).toEqual(REACTIONS[trigger])
  })

  it('reacts on a digest by a word that no watch can ask for', () => {
    expect(matching({ to: 'ops', on: [DIGEST_TRIGGER] })).toEqual(['digest'])
    expect(TRIGGERS).not.toContain(DIGEST_TRIGGER)
  })

  it('knows each word once', () => {
    expect(new Set(TRIGGERS).size).toBe(TRIGGERS.length)
  })

  it('says by which of its words it reacts', () => {
    const route: Route = { to: 'ops', on: ['failure', 'crashed', 'concluded'] }
    expect(judgeRoute(route, EVENTS['crashed']!)).toEqual({
      kind: 'matches',
      words: ['crashed', 'concluded'],
    })
    expect(judgeRoute(route, EVENTS['seen again, running']!)).toEqual({ kind: 'not_asked' })
  })

  it('reacts to nothing without words', () => {
    expect(matching({ to: 'ops', on: [] })).toEqual([])
  })
})

describe('a route with branches', () => {
  const route: Route = {
    to: 'ops',
    on: ['started', 'stuck', 'gone'],
    branches: ['release/*', '!release/old'],
  }
  const on = (branch?: string) => eventOf({ status: 'QUEUED', ...(branch === undefined ? {} : { branch }) })

  it('reacts to builds on these, and says of others that they are elsewhere', () => {
    expect(kindOf(route, on('release/2'))).toBe('matches')
    for (const branch of ['main', 'release/old', undefined])
      expect(judgeRoute(route, on(branch))).toEqual({ kind: 'other_branch' })
  })

  it('says first that it was not asked for', () => {
    expect(kindOf({ ...route, on: ['success'] }, on('main'))).toBe('not_asked')
  })

  it("reacts to a stuck build by its branch, and to the watcher's own trouble, which is on none", () => {
    expect(kindOf(route, sampleStuck({}, { branch: 'release/2.4' }))).toBe('matches')
    expect(kindOf(route, sampleStuck({}, { branch: 'main' }))).toBe('other_branch')
    expect(kindOf(route, sampleTrouble({ trouble: 'gone' }))).toBe('matches')
  })
})

describe('a route with after', () => {
  const failed = (consecutive: number, status = 'FAILURE') =>
    ended(status, { verdict: consecutive === 1 ? 'broke' : 'still_failing', consecutive })
  const row = (route: Route) => [1, 2, 3, 4].map((nth) => kindOf(route, failed(nth)))

  it.each(FAILURE_TRIGGERS)('counts failures for %p, however each of them ended', (word) => {
    const route: Route = { to: 'ops', on: [word], after: 3 }
    expect(row(route)).toEqual(['not_yet', 'not_yet', 'matches', 'told_before'])
    expect(kindOf(route, failed(3, 'CRASHED'))).toBe('matches')
    expect(kindOf(route, failed(3, 'SUBMISSION_FAILURE'))).toBe('matches')
  })

  it('says how far it is', () => {
    const verdict: RouteVerdict = { kind: 'not_yet', failures: 2, after: 3 }
    expect(judgeRoute({ to: 'ops', on: ['broke'], after: 3 }, failed(2))).toEqual(verdict)
  })

  it('tells at once after one failure, of the first only', () => {
    expect(row({ to: 'ops', on: ['failure'], after: 1 })).toEqual([
      'matches',
      ...Array<string>(3).fill('told_before'),
    ])
  })

  it('counts nothing that is no failure: such words mean what they always mean', () => {
    for (const word of TRIGGERS) {
      const isCounted = [...FAILURE_TRIGGERS, 'fixed'].includes(word)
      if (!isCounted) expect(matching({ to: 'ops', on: [word], after: 3 })).toEqual(REACTIONS[word])
    }
  })

  it('still tells by another word what it does not tell as a failure', () => {
    const route: Route = { to: 'ops', on: ['broke', 'concluded'], after: 3 }
    expect(judgeRoute(route, failed(1))).toEqual({ kind: 'matches', words: ['concluded'] })
  })

  it('tells of a fix only where it had told of the failure', () => {
    const fixed = (redBuilds: number) => ended('SUCCESS', { verdict: 'fixed', consecutive: 1, redBuilds })
    const route: Route = { to: 'ops', on: ['broke', 'fixed'], after: 3 }
    expect(judgeRoute(route, fixed(2))).toEqual({ kind: 'never_told', failures: 2, after: 3 })
    expect([3, 4].map((redBuilds) => kindOf(route, fixed(redBuilds)))).toEqual(['matches', 'matches'])
    expect(kindOf({ ...route, on: ['broke'] }, fixed(3))).toBe('not_asked')
  })

  it('takes a failure out of the order of its line for none of a row', () => {
    const route: Route = { to: 'ops', on: ['failure'], after: 1 }
    expect(kindOf(route, ended('FAILURE', { superseded: true }))).toBe('uncounted')
  })
})
