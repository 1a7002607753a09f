import { describe, expect, it } from '@jest/globals'
import type { BuildEvent } from '../../../src/domain/event.js'
import { notifiersFor, type Route, routeMatches, TRIGGERS, type Trigger } from '../../../src/domain/route.js'
import { eventOf, recordedBy } from './fixtures.js'

const RUNNING = recordedBy('BUILDING')

const EVENTS: Readonly<Record<string, BuildEvent>> = {
  'seen first, running': eventOf({ status: 'QUEUED' }),
  'seen again, running': eventOf({ status: 'UPLOADING' }, RUNNING),
  'seen first, ended': eventOf({ status: 'SUCCESS', concluded: true }),
  succeeded: eventOf({ status: 'SUCCESS', concluded: true }, RUNNING),
  failed: eventOf({ status: 'FAILURE', concluded: true }, RUNNING),
  crashed: eventOf({ status: 'CRASHED', concluded: true }, RUNNING),
  'not submitted': eventOf({ status: 'SUBMISSION_FAILURE', concluded: true }, RUNNING),
  aborted: eventOf({ status: 'ABORTED', concluded: true }, RUNNING),
  'ended unknown': eventOf({ status: 'BUILDING', concluded: true }, RUNNING),
}

const ENDED = [
  'seen first, ended',
  'succeeded',
  'failed',
  'crashed',
  'not submitted',
  'aborted',
  'ended unknown',
]

/** What each word of `on` reacts to. */
const REACTIONS: Readonly<Record<Trigger, readonly string[]>> = {
  success: ['seen first, ended', 'succeeded'],
  failure: ['failed'],
  crashed: ['crashed'],
  submission_failure: ['not submitted'],
  aborted: ['aborted'],
  unknown: ['ended unknown'],
  started: ['seen first, running'],
  transitioned: Object.keys(EVENTS),
  concluded: ENDED,
}

describe('routeMatches', () => {
  it.each(TRIGGERS)('reacts on %p to exactly the events that the word means', (trigger) => {
    const reacted = Object.keys(EVENTS).filter((name) =>
      routeMatches({ to: 'ops', on: [trigger] }, EVENTS[name]!),
    )
    expect(reacted).toEqual(REACTIONS[trigger])
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
