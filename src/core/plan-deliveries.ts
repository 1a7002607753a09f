/**
 * What becomes of an event: each of its routes judged, and the deliveries that come of them. Pure, so that `route test` says
 * beforehand what dispatch would do.
 */
import { deliveryId, type PlannedDelivery } from '../domain/delivery.js'
import { laneOf } from '../domain/lane.js'
import { onceClaim } from '../domain/once-claim.js'
import type { LoggedEvent } from '../domain/ports.js'
import { type Quiet, type QuietClock, quietOf } from '../domain/quiet-hours.js'
import { judgeRoute, type Route, type RouteVerdict, wordsOf } from '../domain/route.js'
import { type Silence, silenceOf } from '../domain/silence.js'

/** What is in force at the moment. */
export interface Circumstances {
  readonly silences: readonly Silence[]
  readonly quietClock: QuietClock
  readonly now: number
}

export interface JudgedRoute {
  readonly route: Route
  readonly verdict: RouteVerdict
  /** Of a route that matches and decides for its notifier: the first that does. */
  readonly plan?: DeliveryPlan
}

interface DeliveryPlan {
  readonly delivery: PlannedDelivery
  readonly silence?: Silence
  readonly quiet: Quiet
}

export type ToldEvent = Pick<LoggedEvent, 'event' | 'routes'>

export function judgeRoutes({ event, routes }: ToldEvent, circumstances: Circumstances): JudgedRoute[] {
  const decided = new Set<string>()
  return routes.map((route) => {
    const verdict = judgeRoute(route, event)
    if (verdict.kind !== 'matches' || decided.has(route.to)) return { route, verdict }
    decided.add(route.to)
    const words = [...wordsOf(event), ...verdict.words]
    return { route, verdict, plan: planOf({ route, event, words }, circumstances) }
  })
}

/** One for each notifier that is to be told, in the order of the routes. */
export function planDeliveries(told: ToldEvent, circumstances: Circumstances): PlannedDelivery[] {
  return judgeRoutes(told, circumstances).flatMap(({ plan }) => plan?.delivery ?? [])
}

interface Match {
  readonly route: Route
  readonly event: LoggedEvent['event']
  readonly words: readonly string[]
}

function planOf({ route, event, words }: Match, { silences, quietClock, now }: Circumstances): DeliveryPlan {
  const { to: notifier, template } = route
  const silence = silenceOf({ event, notifier }, silences, now)
  const quiet = quietOf(route.quietHours, { words, now, clock: quietClock })
  const once = onceClaim(route, event)
  return {
    delivery: {
      id: deliveryId(event.id, notifier),
      notifier,
      event,
      lane: laneOf(event),
      ...(template === undefined ? {} : { template }),
      ...(once === undefined ? {} : { once }),
      ...heldBack(silence, quiet),
    },
    ...(silence && { silence }),
    quiet,
  }
}

function heldBack(
  silence: Silence | undefined,
  quiet: Quiet,
): Pick<PlannedDelivery, 'suppressed' | 'notBefore'> {
  if (silence) return { suppressed: 'silence' }
  if (quiet.kind === 'no') return {}
  return quiet.kind === 'drop' ? { suppressed: 'quiet_hours' } : { notBefore: quiet.until }
}
