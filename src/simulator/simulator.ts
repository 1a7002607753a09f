/**
 * A Northflank of one's own: an HTTP server on this machine that answers the reads of builds as the real API does, with real
 * durations, its hourly limit, its errors, and faults on request. It keeps the truth, and a log of what it told to whom.
 *
 * Time compression shortens what happens, not the clock: at `timeScale` 60 a build of eight minutes takes eight real seconds
 * and the hour of the rate limit one minute, while every instant that is served is the real time of day, so whoever
 * measures "told after" measures rightly.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { type BuildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock, Logger } from '../domain/ports.js'
import { createRandom } from '../domain/seeded-random.js'
import { type AdminDeps, createAdminRoutes } from './admin-routes.js'
import { type ArrivalPlan, arrivals } from './arrivals.js'
import type { BuildScript } from './build-script.js'
import { createExchange, type Exchange } from './exchange.js'
import { createFaultBoard } from './fault-board.js'
import type { FaultRule } from './fault-rule.js'
import { createListLengths } from './list-lengths.js'
import { close, listen } from './listen.js'
import { MOST_PER_PAGE } from './pagination.js'
import { createRateWindows, type RequestWindow } from './rate-window.js'
import { createServedLog, type ServedAnswer } from './served-log.js'
import { historyOf, type WalkState } from './status-walk.js'
import { createTokens, type Permission, type SimulatedToken, type TokenChange, tokenId } from './tokens.js'
import { send, sendFaulty } from './wire-faults.js'
import { createWorld, type SimulatedBuild } from './world.js'

export { parseArrivals } from './read-arrivals.js'

export interface SimulatorOptions {
  /** Any free one by default. */
  readonly port?: number
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** Simulated seconds per real second; 1 by default. */
  readonly timeScale?: number
  /** Requests per window of each account; 1000 by default, as at Northflank. */
  readonly limit?: number
  /** Simulated ms, compressed like everything; an hour by default. The reset header tells real seconds. */
  readonly windowMs?: number
  /** Which tokens are good; any by default. */
  readonly tokens?: readonly (string | SimulatedToken)[]
  /** The same seed makes the same world and the same chances of faults. 1 by default. */
  readonly seed?: number
  readonly builds?: readonly BuildScript[]
  /** How many of the newest builds the list of a job or service shows; all by default. */
  readonly listKeeps?: number
  /** How many builds a page of a list holds at most, whatever is asked for; 100 by default, as at Northflank. */
  readonly mostPerPage?: number
  readonly clock?: Clock
  readonly logger?: Logger
  /** Whether the paths below `/_sim` exist; they do by default. */
  readonly admin?: boolean
  /** How many answers the log keeps; 100,000 by default. */
  readonly keepServed?: number
}

export interface Simulator {
  readonly url: string
  readonly port: number
  /** Throws USAGE when there is such a build already. */
  addBuild(script: BuildScript): SimulatedBuild
  /** Builds that begin one after the other. Throws USAGE for a plan that makes no sense, and adds none then. */
  addArrivals(plan: ArrivalPlan): SimulatedBuild[]
  builds(): SimulatedBuild[]
  /** Those of one job or service, oldest first, those to come included; none for one that nobody knows. */
  buildsOf(resource: ResourceRef): SimulatedBuild[]
  /** Every state the build passes through, past and to come; `undefined` for an unknown key. */
  truth(key: BuildKey): WalkState[] | undefined
  /** Every answer that has left, or failed to leave, oldest first. */
  served(): ServedAnswer[]
  requests(): RequestWindow[]
  /** Answers the rule's id. Throws USAGE for a rule that makes no sense. */
  fault(rule: FaultRule): string
  /** One rule, or all. */
  clearFaults(id?: string): void
  /** From the next request on the token is refused. All that concern tokens throw USAGE for one that nobody knows. */
  revoke(token: string): void
  /** It is good again, with the rights that it had. */
  restore(token: string): void
  setPermissions(token: string, permissions: readonly Permission[]): void
  /** The list of this job or service shows its newest `most` builds alone; `undefined`: as many as all others. */
  keepInList(resource: ResourceRef, most: number | undefined): void
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>
}

interface Parts extends AdminDeps {
  readonly exchange: ReturnType<typeof createExchange>
  readonly clock: Clock
  readonly logger: Logger | undefined
}

const HOUR_MS = 3_600_000
/** Longer than the pauses of most pollers, so that their kept connections are not closed just as they ask again. */
const KEEP_ALIVE_MS = 65_000

/** Rejects with PORT_TAKEN, or with USAGE for options that make no sense. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', builds = [] } = options
  const parts = createParts(options)
  parts.world.addAll(builds)
  const listener = getRequestListener(createApp(parts, options.admin ?? true).fetch, {
    overrideGlobalObjects: false,
  })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    void listener(incoming, outgoing)
  })
  const port = await listen(server, { host, port: options.port ?? 0 })
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return { url, port, ...controlsOf(parts), stop: () => close(server) }
}

function controlsOf(parts: Parts): Omit<Simulator, 'url' | 'port' | 'stop'> {
  const { world, faults, served, windows, tokens, listLengths } = parts
  const change = (token: string, change: TokenChange) => void tokens.change(tokenId(token), change)
  return {
    addBuild: (script) => world.add(script),
    addArrivals: (plan) => world.addAll(parts.scriptsOf(plan)),
    builds: () => world.all(),
    buildsOf: (resource) => world.ofResource(resourceKey(resource))?.toReversed() ?? [],
    truth(key) {
      const build = world.find(key)
      return build && historyOf(build.walk)
    },
    served: () => served.since(),
    requests: () => windows.all(),
    fault: (rule) => faults.set(rule),
    clearFaults: (id) => void faults.clear(id),
    revoke: (token) => change(token, { revoked: true }),
    restore: (token) => change(token, { revoked: false }),
    setPermissions: (token, permissions) => change(token, { permissions }),
    keepInList: (resource, most) => listLengths.set(resourceKey(resource), most),
  }
}

function createParts(options: SimulatorOptions): Parts {
  const { seed = 1, clock = { now: () => Date.now() }, logger } = options
  const timeScale = positive('timeScale', options.timeScale ?? 1)
  const world = createWorld({ clock, timeScale, seed })
  const faults = createFaultBoard({ clock, random: createRandom(seed, 'faults') })
  const windows = createRateWindows({
    limit: positive('limit', options.limit ?? 1000),
    windowMs: Math.ceil(positive('windowMs', options.windowMs ?? HOUR_MS) / timeScale),
    clock,
  })
  const tokens = createTokens(options.tokens, clock)
  const listLengths = createListLengths(options.listKeeps)
  const mostPerPage = Math.ceil(positive('mostPerPage', options.mostPerPage ?? MOST_PER_PAGE))
  const answering = { world, tokens, windows, faults, clock, listLengths, mostPerPage }
  return {
    ...answering,
    served: createServedLog(positive('keepServed', options.keepServed ?? 100_000)),
    scriptsOf: (plan) => arrivals(plan, seed),
    exchange: createExchange({ ...answering, random: createRandom(seed, 'shuffled pages') }),
    logger,
  }
}

function createApp(parts: Parts, hasAdmin: boolean): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  if (hasAdmin) app.route('/_sim', createAdminRoutes(parts))
  app.all('*', (context) => {
    answer(parts, context.env.incoming, context.env.outgoing)
    return RESPONSE_ALREADY_SENT
  })
  return app
}

function answer(parts: Parts, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = incoming
  const [pathname = '', query] = url.split('?', 2)
  const search = query === undefined ? '' : `?${query}`
  const startedAt = parts.clock.now()
  const exchange = parts.exchange({ method, pathname, search, authorization: headers.authorization })
  outgoing.once('close', () => {
    const at = parts.clock.now()
    const request = { method, path: pathname + search, startedAt, at, complete: outgoing.writableFinished }
    parts.served.add({ ...request, ...logged(exchange) })
    parts.logger?.debug({ ...request, status: exchange.answer.status, faults: exchange.faults }, 'answered')
  })
  const { wire } = exchange
  if (wire) sendFaulty(wire.kind, { answer: exchange.answer, outgoing, parameters: wire.parameters })
  else send(exchange.answer, outgoing)
}

function logged({
  answer,
  identity,
  key,
  faults,
}: Exchange): Pick<ServedAnswer, 'status' | 'faults' | 'builds'> {
  const [told] = answer.builds
  return {
    status: answer.status,
    ...(identity ? { account: identity.account, tokenId: identity.tokenId } : {}),
    faults,
    ...(key === undefined ? {} : { key, buildStatus: told?.status, concluded: told?.concluded }),
    builds: answer.builds,
  }
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new BuildwatchdError('USAGE', `${name} must be a number above 0.`)
}
