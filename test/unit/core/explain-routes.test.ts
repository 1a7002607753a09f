import { describe, expect, it } from '@jest/globals'
import { explainRoutes, type RouteSources } from '../../../src/core/explain-routes.js'
import { deliveryId } from '../../../src/domain/delivery.js'
import type { Route } from '../../../src/domain/route.js'
import type { FeedTarget } from '../../../src/domain/target.js'
import { sampleEvent, sampleTrouble } from '../../support/notifier-contract-events.js'

const BROKE = sampleEvent({ outcome: 'failure', verdict: 'broke', consecutive: 1 })
const AT = Date.parse(BROKE.data.observedAt)
const HOOK: Route = { to: 'hook', on: ['concluded'] }
const NOTHING: RouteSources = { deliveries: new Set(), keptSince: AT }

/** Of the feed, by filter. */
function feed(routes: readonly Route[], branches: readonly string[]): FeedTarget {
  const filter = { branches, pullRequests: 'with' } as const
  return {
    kind: 'feed',
    id: 'teams/acme/shop/jobs/nightly',
    account: 'default',
    ref: { team: 'acme', project: 'shop', kind: 'jobs', resource: 'nightly' },
    interests: [{ id: 'x', filter, catchUpMs: 0, routes, windows: [] }],
    named: [],
    polling: { minIntervalMs: 1000, maxIntervalMs: 1000, timeoutMs: 1000 },
  }
}

const came = (sources: Partial<RouteSources>, event: Parameters<typeof explainRoutes>[0] = BROKE) => {
  const { routesOf, routes } = explainRoutes(event, { ...NOTHING, ...sources })
  return [routesOf, ...routes.map((route) => route.came.kind)]
}

describe('the routes of an event', () => {
  it('are those of the log, and each says what came of it', () => {
    const logged: Route[] = [
      HOOK,
      { to: 'hook', on: ['failure'] },
      { to: 'ops', on: ['success'] },
      { to: 'ops', on: ['failure'], branches: ['main'] },
    ]
    const deliveries = new Set([deliveryId(BROKE.id, 'hook')])
    const explained = explainRoutes(BROKE, { ...NOTHING, logged, deliveries })
    expect(explained.routesOf).toBe('event')
    expect(explained.routes.map(({ verdict, came: { kind } }) => [verdict.kind, kind])).toEqual([
      ['matches', 'delivery'],
      ['matches', 'not_first'],
      ['not_asked', 'refused'],
      ['other_branch', 'refused'],
    ])
  })

  it('that matched without a delivery are not dispatched yet, or it has expired', () => {
    expect(came({ logged: [HOOK] })).toEqual(['event', 'not_dispatched'])
    expect(came({ logged: [HOOK], keptSince: AT + 1 })).toEqual(['event', 'expired'])
  })

  it('are those of now, where the log has none, and prove nothing', () => {
    const deliveries = new Set([deliveryId(BROKE.id, 'hook')])
    const routes: Route[] = [HOOK, { to: 'new', on: ['concluded'] }]
    expect(came({ target: feed(routes, []), deliveries })).toEqual(['now', 'delivery', 'not_told'])
    expect(came({ logged: [], target: feed(routes, []) })).toEqual(['event'])
  })

  it('are unknown where no watch wants such a build now, and of trouble, which many watches may have told', () => {
    expect(came({})).toEqual(['unknown'])
    expect(came({ target: feed([HOOK], ['main']) })).toEqual(['unknown'])
    expect(came({ target: feed([HOOK], []) }, sampleTrouble())).toEqual(['unknown'])
  })
})
