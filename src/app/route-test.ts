/** What would be told of an event, whom, and why not of the others: by the routes of the files and the silences of now. */
import type { Configuration } from '../config/configuration.js'
import { type Circumstances, type JudgedRoute, judgeRoutes } from '../core/plan-deliveries.js'
import { buildKey, parseBuildKey, resourceKey } from '../domain/build.js'
import { wantsBuild } from '../domain/build-filter.js'
import { BuildwatchdError } from '../domain/errors.js'
import { accountOf, DIGEST, type WatchEvent } from '../domain/event.js'
import type { Route } from '../domain/route.js'
import type { Silence } from '../domain/silence.js'
import { interestId, type Watch } from '../domain/target.js'
import { createWindowClock } from '../queue/window-clock.js'
import { createSilences } from '../store/silences.js'
import { type RedisRequest, readingRedis } from './redis-access.js'
import { RefusedSettings } from './refused-settings.js'
import { checkSettings } from './settings.js'
import { type DescribedFacts, describedEvent, readEvent } from './tried-event.js'

export type { JudgedRoute } from '../core/plan-deliveries.js'

export type Tried =
  | { readonly kind: 'file'; readonly file: string }
  /** Without `account` that of the first watch of the job or service. */
  | {
      readonly kind: 'sample'
      readonly facts: Omit<DescribedFacts, 'account' | 'now'> & { readonly account?: string }
    }

export interface RouteTestRequest extends RedisRequest {
  readonly tried: Tried
  readonly now: number
}

export interface RouteGroup {
  /** What the routes belong to: a watch, the account, the digest, or those by default. */
  readonly of: string
  /** They are those by default. */
  readonly byDefault: boolean
  readonly routes: readonly JudgedRoute[]
}

export interface RouteTest {
  readonly event: WatchEvent
  readonly at: number
  /** `false`: no watch wants it, so nothing is told; the routes by default are then judged as if one did. */
  readonly isCovered: boolean
  readonly groups: readonly RouteGroup[]
  /** Why silences are not known, where they are not. */
  readonly withoutSilences?: string
}

/** Rejects with CONFIG_INVALID and USAGE. A Redis that is away is none of its business, but for silences. */
export async function testRoutes(request: RouteTestRequest): Promise<RouteTest> {
  const checked = await checkSettings(request.file ?? request.defaultFile, request.env, { strict: true })
  if (checked.kind === 'invalid' || checked.problems.length > 0) throw new RefusedSettings(checked.problems)
  const { configuration } = checked
  const event = await eventOf(request, configuration)
  const { silences, withoutSilences } = await silencesOf(request)
  const covering = coveringRoutes(event, configuration)
  const groups = covering.length > 0 ? covering : [byDefault(configuration)]
  return {
    event,
    at: request.now,
    isCovered: covering.length > 0,
    groups: judged(event, groups, { silences, now: request.now, quietClock: createWindowClock() }),
    ...(withoutSilences === undefined ? {} : { withoutSilences }),
  }
}

function eventOf({ tried, now }: RouteTestRequest, configuration: Configuration): Promise<WatchEvent> {
  if (tried.kind === 'file') return readEvent(tried.file)
  const { facts } = tried
  const watch = configuration.watches.find(({ ref }) => resourceKey(ref) === resourceKey(facts.ref))
  const account = facts.account ?? watch?.account ?? [...configuration.accounts.keys()][0] ?? 'default'
  return Promise.resolve(describedEvent({ ...facts, account, now }))
}

interface KnownSilences {
  readonly silences: readonly Silence[]
  readonly withoutSilences?: string
}

async function silencesOf(request: RedisRequest): Promise<KnownSilences> {
  try {
    const silences = await readingRedis(request, (access) =>
      createSilences({ ...access, clock: Date }).active(),
    )
    return { silences }
  } catch (error) {
    if (error instanceof BuildwatchdError) return { silences: [], withoutSilences: error.message }
    throw error
  }
}

type Unjudged = Omit<RouteGroup, 'routes'> & { readonly routes: readonly Route[] }

function byDefault({ notify }: Configuration): Unjudged {
  return { of: 'routes by default', byDefault: true, routes: notify }
}

function coveringRoutes(event: WatchEvent, configuration: Configuration): Unjudged[] {
  const { watches, accountRoutes, digestSchedule, notify } = configuration
  if (event.type === DIGEST)
    return digestSchedule ? [{ of: 'digest', byDefault: false, routes: digestSchedule.routes }] : []
  const routes = accountRoutes.get(accountOf(event))
  if ('scope' in event.data && event.data.scope === 'account')
    return routes ? [{ of: event.subject, byDefault: false, routes }] : []
  return inRecordedOrder(watches.filter((watch) => covers(watch, event))).map((watch) => ({
    of: nameOf(watch),
    byDefault: watch.routes === notify,
    routes: watch.routes,
  }))
}

/** A job's or service's watches, those of equal filters together, then those of the one build. */
function inRecordedOrder(watches: readonly Watch[]): Watch[] {
  const interests = watches.map((watch) => (watch.kind === 'feed' ? interestId(watch) : undefined))
  const rank = (at: number) =>
    interests[at] === undefined ? watches.length : interests.indexOf(interests[at])
  return watches
    .map((watch, at) => ({ watch, rank: rank(at) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ watch }) => watch)
}

function covers(watch: Watch, event: WatchEvent): boolean {
  const { subject, data } = event
  const ref = parseBuildKey(subject)
  const resource = ref ? resourceKey(ref) : subject
  if (resourceKey(watch.ref) !== resource) return false
  // A job or service that cannot be seen is told by all of its watches.
  if (watch.kind === 'build') return ref === undefined || buildKey(watch.ref) === subject
  return !('build' in data) || wantsBuild(watch.filter, data.build)
}

function nameOf(watch: Watch): string {
  if (watch.kind === 'build') return buildKey(watch.ref)
  const { branches, pullRequests } = watch.filter
  const only = [...branches, ...(pullRequests === 'with' ? [] : [`${pullRequests} pull requests`])]
  return `${resourceKey(watch.ref)}${only.length === 0 ? '' : ` (${only.join(', ')})`}`
}

/** All together, for the first route to a notifier decides, whichever watch it stands in. */
function judged(event: WatchEvent, groups: readonly Unjudged[], circumstances: Circumstances): RouteGroup[] {
  const all = judgeRoutes({ event, routes: groups.flatMap(({ routes }) => routes) }, circumstances)
  let at = 0
  return groups.map((group) => {
    at += group.routes.length
    return { ...group, routes: all.slice(at - group.routes.length, at) }
  })
}
