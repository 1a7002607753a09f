import { describe, expect, it } from '@jest/globals'
import type { Explanation } from '../../../src/app/explain.js'
import { deliveryLines, routeLines } from '../../../src/cli/explain-told-tables.js'
import { explainRoutes } from '../../../src/core/explain-routes.js'
import { deliveryId } from '../../../src/domain/delivery.js'
import type { Route } from '../../../src/domain/route.js'
import { eventOf, KEY, OBSERVED_AT } from '../domain/fixtures.js'

const SECOND = 1000
const NOW = OBSERVED_AT + 60 * SECOND
const BUILDING = eventOf({ status: 'BUILDING', concluded: false })
const ENDED = eventOf({ status: 'FAILURE', concluded: true, branch: 'main' })

type Delivery = Explanation['deliveries'][number]

function delivery(notifier: string, facts: Partial<Delivery>): Delivery {
  const id = deliveryId(ENDED.id, notifier)
  const fresh = { state: 'pending', attempts: 0, unended: 0, openedAt: OBSERVED_AT, failed: [] } as const
  return { id, notifier, event: ENDED, ...fresh, ...facts }
}

function explanation(facts: Partial<Explanation>): Explanation {
  return { build: KEY, isHistory: false, transitions: [], probes: [], events: [], deliveries: [], ...facts }
}

const ACCEPTED = delivery('hook', {
  state: 'accepted',
  attempts: 2,
  startedAt: OBSERVED_AT + 6 * SECOND,
  endedAt: OBSERVED_AT + 7 * SECOND,
  failed: [{ at: OBSERVED_AT + SECOND, reason: `HTTP 503: ${'out of order '.repeat(10)}` }],
})

describe('the routes in the tables of explain', () => {
  const sources = { deliveries: new Set([ACCEPTED.id]), keptSince: 0 }
  const linesOf = (events: Explanation['events']) =>
    routeLines(explanation({ events, deliveries: [ACCEPTED] }), NOW)

  it('stand below each event that one of them asked for, the others in one line', () => {
    const logged: Route[] = [
      { to: 'hook', on: ['concluded'] },
      { to: 'hook', on: ['failure', 'crashed', 'submission_failure', 'broke'] },
      { to: 'release', on: ['concluded'], branches: ['release/*'] },
    ]
    const explained = [BUILDING, ENDED].map((event) => explainRoutes(event, { ...sources, logged }))
    expect(linesOf(explained)).toEqual([
      'ROUTES',
      '    TO       ON                    BECAME',
      '  #concluded',
      '    hook     concluded             accepted',
      '    hook     failure crashed sub…  matches, but an earlier route to hook decides',
      '    release  concluded             other_branch',
      '  no route asked for #BUILDING',
    ])
  })

  it('are said to be those of now where the log has none, or to be unknown', () => {
    const target = {
      kind: 'build',
      id: KEY,
      account: 'default',
      ref: { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'quick-fox-1' },
      routes: [{ to: 'hook', on: ['concluded'] }],
      windows: [],
      polling: { minIntervalMs: 1, maxIntervalMs: 1, timeoutMs: 1 },
    } as const
    const explained = [BUILDING, ENDED].map((event) => explainRoutes(event, { ...sources, target }))
    expect(linesOf(explained)).toEqual([
      'ROUTES',
      '    TO    ON         BECAME',
      '  #concluded: the log no longer has it; these are the routes of now',
      '    hook  concluded  accepted',
      '  the log no longer has these, and no route of now asks for them: #BUILDING',
    ])
    expect(linesOf([explainRoutes(ENDED, sources)])).toEqual([
      'ROUTES',
      '  the log no longer has these, nor does any watch want them now: #concluded',
    ])
  })
})

describe('the deliveries in the tables of explain', () => {
  const linesOf = (...deliveries: Delivery[]) =>
    deliveryLines(explanation({ deliveries }), { since: OBSERVED_AT, now: NOW })

  it('have each try below them, in eighty columns', () => {
    const lines = linesOf(
      ACCEPTED,
      delivery('ops', {
        attempts: 1,
        startedAt: OBSERVED_AT,
        failed: [{ at: OBSERVED_AT, reason: 'HTTP 500' }],
        dueAt: NOW + 5 * SECOND,
        reason: 'HTTP 500',
      }),
      delivery('chat', {
        state: 'suppressed',
        reason: 'grouped',
        detail: `${KEY}#x->chat`,
        endedAt: OBSERVED_AT,
      }),
    )
    expect(lines).toEqual([
      'DELIVERIES',
      '  EVENT       NOTIFIER  STATE       AT         WHY',
      '  #concluded  hook      accepted    12:00:07Z',
      `    12:00:01Z  failed: HTTP 503: ${'out of order '.repeat(3)}out of …`,
      '    12:00:06Z  accepted',
      '  #concluded  ops       due in 5 s  12:01:05Z  HTTP 500',
      '    12:00:00Z  failed: HTTP 500',
      '  #concluded  chat      suppressed  12:00:00Z  grouped',
      `    ${KEY}#x->chat`,
    ])
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('say until when one is quiet, and which one is in hand', () => {
    const until = OBSERVED_AT + 86_400 * SECOND
    const quiet = delivery('bed', { dueAt: until, notBefore: until })
    expect(linesOf(quiet)[2]).toBe(
      '  #concluded  bed       due in 23 h 59 min  2026-01-06 12:00:00Z  quiet hours',
    )
    const logged: Route[] = [{ to: 'bed', on: ['concluded'] }]
    const event = explainRoutes(ENDED, { logged, deliveries: new Set([quiet.id]), keptSince: 0 })
    expect(routeLines(explanation({ events: [event], deliveries: [quiet] }), NOW)).toContain(
      '    bed  concluded  told later: quiet until 2026-01-06 12:00:00Z',
    )
    expect(linesOf(delivery('hook', { attempts: 1, unended: 1, startedAt: NOW, dueAt: NOW }))[3]).toBe(
      '    12:01:00Z  started, and no end is known',
    )
  })
})
