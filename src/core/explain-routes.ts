/**
 * Why a notifier was told of an event, or was not: by the routes that were in force, judged as dispatch judged them. Which
 * silences and quiet hours there were then is not kept: what they did is the state of the delivery. Pure.
 */
import { deliveryId } from '../domain/delivery.js'
import type { WatchEvent } from '../domain/event.js'
import { routesFor } from '../domain/feed-news.js'
import type { Route, RouteVerdict } from '../domain/route.js'
import type { Target } from '../domain/target.js'
import { judgeRoutes } from './plan-deliveries.js'

export interface ExplainedEvent {
  readonly event: WatchEvent
  /**
   * Whose routes these are: those of the `event`, as the log holds them; those of `now`, where the log no longer has it; or
   * `unknown`, where no watch wants such a build any more either.
   */
  readonly routesOf: 'event' | 'now' | 'unknown'
  readonly routes: readonly ExplainedRoute[]
}

export interface ExplainedRoute {
  readonly route: Route
  readonly verdict: RouteVerdict
  readonly came: RouteResult
}

type RouteResult =
  /** It does not match. */
  | { readonly kind: 'refused' }
  /** It matches, and an earlier one to the same notifier decides. */
  | { readonly kind: 'not_first' }
  | { readonly kind: 'delivery'; readonly delivery: string }
  /** It matches, and the ledger has no delivery: not yet, or no longer. */
  | { readonly kind: 'not_dispatched' | 'expired' }
  /** It matches, but it is one of now, and nothing says that it was there when the event was recorded. */
  | { readonly kind: 'not_told' }

export interface RouteSources {
  /** Of the event, where the log still has it. */
  readonly logged?: readonly Route[]
  /** What the build is followed by now. */
  readonly target?: Target
  /** Ids of the deliveries in the ledger. */
  readonly deliveries: ReadonlySet<string>
  /** Epoch ms: deliveries of what was recorded before may have expired. */
  readonly keptSince: number
}

export function explainRoutes(event: WatchEvent, sources: RouteSources): ExplainedEvent {
  const { logged, target } = sources
  const now =
    logged === undefined && target && 'build' in event.data ? routesFor(event.data.build, target) : undefined
  const routesOf = logged ? 'event' : now ? 'now' : 'unknown'
  const routes = logged ?? now ?? []
  return { event, routesOf, routes: judged({ event, routes, routesOf }, sources) }
}

/** None is silenced or quiet here: these only decide what becomes of a route that matches. */
const BARE = { silences: [], now: 0, quietClock: { closesInMs: () => 0 } }

interface Unjudged extends Pick<ExplainedEvent, 'event' | 'routesOf'> {
  readonly routes: readonly Route[]
}

function judged({ event, routes, routesOf }: Unjudged, sources: RouteSources): ExplainedRoute[] {
  const ofMatch = (route: Route): RouteResult => {
    const id = deliveryId(event.id, route.to)
    if (sources.deliveries.has(id)) return { kind: 'delivery', delivery: id }
    if (routesOf !== 'event') return { kind: 'not_told' }
    return { kind: observedAt(event) < sources.keptSince ? 'expired' : 'not_dispatched' }
  }
  return judgeRoutes({ event, routes }, BARE).map(({ route, verdict, plan }) => {
    if (verdict.kind !== 'matches') return { route, verdict, came: { kind: 'refused' } }
    return { route, verdict, came: plan ? ofMatch(route) : { kind: 'not_first' } }
  })
}

/** Epoch ms. */
export function observedAt({ data, time }: WatchEvent): number {
  return Date.parse('observedAt' in data ? data.observedAt : time)
}
