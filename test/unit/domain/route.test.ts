import { describe, expect, it } from '@jest/globals'
import type { BuildEvent, BuildEventData, WatchEvent } from '../../../src/domain/event.js'
import {
  DIGEST_TRIGGER,
  notifiersFor,
  type Route,
  routeMatches,
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

describe('routeMatches', () => {
  it.each(TRIGGERS)('reacts on %p to exactly the events that the word means', (trigger) => {
    const reacted = Object.keys(EVENTS).filter((name) =>
      routeMatches({ to: 'ops', on: [trigger] }, EVENTS[name]!),
    )
    expect(reacted).toEqual(REACTIONS[trigger])
  })

  it('reacts on a digest by a word that no watch can ask for', () => {
    const reacted = Object.keys(EVENTS).filter((name) =>
      routeMatches({ to: 'ops', on: [DIGEST_TRIGGER] }, EVENTS[name]!),
    )
    expect(reacted).toEqual(['digest'])
    expect(TRIGGERS).not.toContain(DIGEST_TRIGGER)
  })

  it('knows each word once', () => {
    expect(new Set(TRIGGERS).size).toBe(TRIGGERS.length)
  })

  it('reacts when any of its words does', () => {
    const route: Route = { to: 'ops', on: ['failure', 'crashed'] }
    expect(routeMatches(route, EVENTS['crashed']!)).toBe(true)
    expect(routeMatches(route, EVENTS['succeeded']!)).toBe(false)
  })

  it('reacts to nothing without words', () => {
    expect(routeMatches({ to: 'ops', on: [] }, EVENTS['failed']!)).toBe(false)
  })
})

describe('notifiersFor', () => {
  it('names each notifier once, in the order of the routes that match', () => {
    const routes: Route[] = [
      { to: 'log', on: ['started'] },
      { to: 'ops', on: ['failure'] },
      { to: 'hook', on: ['concluded'] },
      { to: 'ops', on: ['transitioned'] },
      { to: 'log', on: ['concluded'] },
    ]
    expect(notifiersFor(EVENTS['failed']!, routes)).toEqual(['ops', 'hook', 'log'])
    expect(notifiersFor(EVENTS['seen again, running']!, routes)).toEqual(['ops'])
  })

  it('names nobody without routes', () => {
    expect(notifiersFor(EVENTS['failed']!, [])).toEqual([])
  })
})
