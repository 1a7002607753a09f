import { type ExplainedEvent, explainRoutes, observedAt } from '../core/explain-routes.js'
import { type BuildRef, buildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { WatchEvent } from '../domain/event.js'
import { createDeliveryDesk, DELIVERY_STATES, type DeliveryFacts } from '../store/delivery-desk.js'
import { type Explanation as Recorded, readExplanation } from '../store/explanation.js'
import { ENDED_TTL_S } from '../store/ledger.js'
import { findLogged } from '../store/logged-events.js'
import { readTargetOf } from '../store/target-of-build.js'
import { type RedisAccess, type RedisRequest, readingRedis } from './redis-access.js'

export type { ExplainedEvent, ExplainedRoute } from '../core/explain-routes.js'

export interface Explanation extends Recorded {
  /** All of the build that there are still traces of, oldest first. */
  readonly events: readonly ExplainedEvent[]
  /** The longest ago first. */
  readonly deliveries: readonly DeliveryFacts[]
}

/** What is known of a build, the probes it took, and whom it was told. Rejects with NOT_RECORDED, and as {@link readingRedis} does. */
export function explanationOf(ref: BuildRef, request: RedisRequest): Promise<Explanation> {
  return readingRedis(request, async (access) => {
    const recorded = await readExplanation(ref, access)
    if (recorded) return { ...recorded, ...(await toldOf(ref, recorded, access)) }
    throw new BuildwatchdError(
      'NOT_RECORDED',
      `Redis holds nothing of ${buildKey(ref)}; check the key against buildwatchd status, or wait until it has been seen`,
    )
  })
}

async function toldOf(
  ref: BuildRef,
  { build, transitions, stuckAt }: Recorded,
  access: RedisAccess,
): Promise<Pick<Explanation, 'events' | 'deliveries'>> {
  const desk = createDeliveryDesk({ ...access, clock: { now: Date.now } })
  const deliveries = await desk.list({ states: DELIVERY_STATES, subject: build })
  const known = new Map(
    [...deliveries.map(({ event }) => event), ...transitions].map((event) => [event.id, event]),
  )
  const sought = [...known.values()].map((event) => ({ id: event.id, observedAt: observedAt(event) }))
  const stuck = stuckAt === undefined ? [] : [{ id: `${build}#stuck`, observedAt: stuckAt }]
  const logged = await findLogged([...sought, ...stuck], access)
  const target = await readTargetOf(ref, access)
  for (const { event } of logged.values()) known.set(event.id, event)
  const sources = {
    ...(target && { target }),
    deliveries: new Set(deliveries.map(({ id }) => id)),
    keptSince: Date.now() - ENDED_TTL_S * 1000,
  }
  const explained = (event: WatchEvent) => {
    const routes = logged.get(event.id)?.routes
    return explainRoutes(event, { ...sources, ...(routes && { logged: routes }) })
  }
  return {
    deliveries,
    events: [...known.values()].sort((a, b) => observedAt(a) - observedAt(b)).map(explained),
  }
}
