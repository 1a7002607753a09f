import { type ExplainedEvent, explainRoutes, observedAt } from '../core/explain-routes.js'
import { type BuildKey, type BuildRef, parseBuildKey } from '../domain/build.js'
import { DELIVERY_STATES } from '../domain/delivery.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { WatchEvent } from '../domain/event.js'
import { meantBuild } from '../domain/meant-build.js'
import { createDeliveryDesk, type DeliveryFacts } from '../store/delivery-desk.js'
import { type Explanation as Recorded, readExplanation } from '../store/explanation.js'
import { ENDED_TTL_S } from '../store/ledger.js'
import { findLogged } from '../store/logged-events.js'
import { findBuildsById } from '../store/recorded-builds.js'
import { readTargetOf } from '../store/target-of-build.js'
import { type RedisAccess, type RedisRequest, readingRedis } from './redis-access.js'

export type { ExplainedEvent, ExplainedRoute } from '../core/explain-routes.js'

export interface Explanation extends Recorded {
  /** All of the build that there are still traces of, oldest first. */
  readonly events: readonly ExplainedEvent[]
  /** The longest ago first. */
  readonly deliveries: readonly DeliveryFacts[]
}

/**
 * What is known of a build, the probes it took, and whom it was told. The build is named as {@link meantBuild} takes it. Rejects with
 * USAGE where that names none or several, with NOT_RECORDED, and as {@link readingRedis} does.
 */
export async function explanationOf(build: string, request: RedisRequest): Promise<Explanation> {
  const meant = meantBuild(build)
  if (!meant)
    throw new BuildwatchdError(
      'USAGE',
      `explain takes a build key such as shop/jobs/nightly/quick-fox-1, the id of a build, or its address at Northflank, not ${JSON.stringify(build)}`,
    )
  return readingRedis(request, async (access) => {
    const keys = meant.kind === 'keys' ? meant.keys : [await onlyOne(meant.id, access)]
    for (const ref of keys.flatMap((key) => parseBuildKey(key) ?? [])) {
      const recorded = await readExplanation(ref, access)
      if (recorded) return { ...recorded, ...(await toldOf(ref, recorded, access)) }
    }
    throw await notRecorded(keys, access)
  })
}

/** So many are named where there are more. */
const MOST_NAMED = 5

async function onlyOne(id: string, access: RedisAccess): Promise<BuildKey> {
  const found = await findBuildsById(id, access)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only !== undefined)
    throw new BuildwatchdError('USAGE', `${found.length} builds have the id ${id}; name one: ${named(found)}`)
  throw new BuildwatchdError(
    'NOT_RECORDED',
    `Redis holds no build of the id ${JSON.stringify(id)}; check it against buildwatchd status, or wait until it has been seen`,
  )
}

async function notRecorded(keys: readonly BuildKey[], access: RedisAccess): Promise<BuildwatchdError> {
  const alike = await findBuildsById(parseBuildKey(keys[0] ?? '')?.build ?? '', access)
  const cure =
    alike.length > 0
      ? `recorded of that id: ${named(alike)}`
      : 'check the key against buildwatchd status, or wait until it has been seen'
  return new BuildwatchdError('NOT_RECORDED', `Redis holds nothing of ${keys.join(' or ')}; ${cure}`)
}

function named(keys: readonly BuildKey[]): string {
  const more = keys.length - MOST_NAMED
  return `${keys.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
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
