/**
 * One request, one answer, as plain data: route, method, token, limit, right, thing, in the order in which the service
 * looks at them. Every request with a known token counts against its account, whatever comes of it.
 */
import { type BuildKey, buildKey } from '../domain/build.js'
import type { Clock, Random } from '../domain/ports.js'
import { type Answer, BAD_TOKEN, lacking, NO_ROUTE, OVER_LIMIT, refusal, textAnswer } from './answer.js'
import { faultyAnswer } from './answer-faults.js'
import { type Bending, createBending } from './bending.js'
import type { FaultBoard, Strike, StruckRequest } from './fault-board.js'
import type { FaultAt, FaultKind } from './fault-rule.js'
import type { ListLengths } from './list-lengths.js'
import type { Allowance, RateWindows } from './rate-window.js'
import { readRoute } from './read-route.js'
import { permissionFor, type Route, routeOf, withTeam } from './routes.js'
import { type Identity, PERMISSIONS, type Tokens } from './tokens.js'
import type { World } from './world.js'

export interface ApiRequest {
  readonly method: string
  /** As it came, still percent-encoded. */
  readonly pathname: string
  readonly search: string
  readonly authorization: string | undefined
}

export interface Exchange {
  readonly answer: Answer
  readonly identity: Identity | undefined
  /** The build that a read of one build asked for, whether or not it exists. */
  readonly key: BuildKey | undefined
  readonly faults: readonly FaultKind[]
  /** How the answer is to be sent, if not simply so. */
  readonly wire: Strike<'wire'> | undefined
}

export interface ExchangeDeps {
  readonly world: World
  readonly tokens: Tokens
  readonly windows: RateWindows
  readonly faults: FaultBoard
  readonly clock: Clock
  /** For the order of shuffled pages. */
  readonly random: Random
  readonly listLengths: ListLengths
  readonly mostPerPage: number
}

/** Requests without a known token share this window; it is shown in their headers and never exceeded. */
const NOBODY = 'anonymous'

interface Asked {
  readonly request: ApiRequest
  readonly route: Route | undefined
  readonly identity: Identity | undefined
  readonly allowance: Allowance
}

export function createExchange(deps: ExchangeDeps): (request: ApiRequest) => Exchange {
  const { world, tokens, windows, faults, clock, listLengths, mostPerPage } = deps

  function truthful({ request, route, identity, allowance }: Asked, bending: Bending): Answer {
    if (!route) return refusal(NO_ROUTE)
    if (request.method !== 'GET') return textAnswer(405, 'text/plain', 'Method Not Allowed')
    if (!identity?.isAccepted) return refusal(BAD_TOKEN)
    if (allowance.exceeded) return refusal(OVER_LIMIT)
    const permission = permissionFor(route)
    if (permission && !identity.permissions.includes(permission))
      return refusal(lacking(PERMISSIONS[permission]))
    return readRoute(route, {
      world,
      identity,
      query: new URLSearchParams(request.search),
      now: clock.now(),
      bending,
      listLengths,
      mostPerPage,
    })
  }

  return (request) => {
    const identity = tokens.identify(request.authorization)
    const allowance = windows.count(identity?.account ?? NOBODY)
    const route = withTeam(routeOf(request.pathname), identity?.team)
    const key = route?.name === 'build' ? buildKey({ ...route.resource, build: route.build }) : undefined
    const struck = { path: request.pathname + request.search, build: key, ...whoOf(identity) }
    const bending = createBending(deps, struck)
    const instead = faults.strike('answer', struck)
    const answer = instead
      ? faultyAnswer(instead.kind, instead.parameters)
      : truthful({ request, route, identity, allowance }, bending)
    const wire = faults.strike('wire', struck)
    return {
      answer: asSent(instead?.parameters.bare ? answer : withRateHeaders(answer, allowance), wire),
      identity,
      key,
      // Each kind once: one rule may have bent every build of a list.
      faults: [...new Set([...kindOf(instead), ...bending.struck(), ...kindOf(wire)])],
      wire,
    }
  }
}

/** They put another body in place of the answer's, which then tells of no build. */
const REPLACES_BODY: ReadonlySet<FaultAt<'wire'>> = new Set<FaultAt<'wire'>>(['bomb', 'huge'])

function asSent(answer: Answer, wire: Strike<'wire'> | undefined): Answer {
  return wire && REPLACES_BODY.has(wire.kind) ? { ...answer, builds: [] } : answer
}

function kindOf(strike: { readonly kind: FaultKind } | undefined): FaultKind[] {
  return strike ? [strike.kind] : []
}

function whoOf(identity: Identity | undefined): Pick<StruckRequest, 'account' | 'tokenId' | 'isAccepted'> {
  return { account: identity?.account, tokenId: identity?.tokenId, isAccepted: identity?.isAccepted }
}

function withRateHeaders(answer: Answer, { limit, remaining, resetInSeconds }: Allowance): Answer {
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(answer.status === 429 ? 0 : remaining),
      'x-ratelimit-reset': String(resetInSeconds),
    },
  }
}
