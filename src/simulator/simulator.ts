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
import type { BuildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock, Logger } from '../domain/ports.js'
import { createAdminRoutes } from './admin-routes.js'
import type { BuildScript } from './build-script.js'
import { createExchange, type Exchange } from './exchange.js'
import { createFaultBoard, type FaultBoard } from './fault-board.js'
import type { FaultRule } from './fault-rule.js'
import { close, listen } from './listen.js'
import { createRandom } from './random.js'
import { createRateWindows, type RateWindows, type RequestWindow } from './rate-window.js'
import { createServedLog, type ServedAnswer, type ServedLog } from './served-log.js'
import { historyOf, type WalkState } from './status-walk.js'
import { createTokens, type SimulatedToken } from './tokens.js'
import { send, sendFaulty } from './wire-faults.js'
import { createWorld, type SimulatedBuild, type World } from './world.js'

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
  builds(): SimulatedBuild[]
  /** Every state the build passes through, past and to come; `undefined` for an unknown key. */
  truth(key: BuildKey): WalkState[] | undefined
  /** Every answer that has left, or failed to leave, oldest first. */
  served(): ServedAnswer[]
  requests(): RequestWindow[]
  /** Answers the rule's id. Throws USAGE for a rule that makes no sense. */
  fault(rule: FaultRule): string
  /** One rule, or all. */
  clearFaults(id?: string): void
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>
}

interface Parts {
  readonly world: World
  readonly faults: FaultBoard
  readonly windows: RateWindows
  readonly served: ServedLog
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
  for (const script of builds) parts.world.add(script)
  const listener = getRequestListener(createApp(parts, options.admin ?? true).fetch, {
    overrideGlobalObjects: false,
  })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    void listener(incoming, outgoing)
  })
  const port = await listen(server, { host, port: options.port ?? 0 })
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    addBuild: (script) => parts.world.add(script),
    builds: () => parts.world.all(),
    truth(key) {
      const build = parts.world.find(key)
      return build && historyOf(build.walk)
    },
    served: () => parts.served.since(),
    requests: () => parts.windows.all(),
    fault: (rule) => parts.faults.set(rule),
    clearFaults: (id) => void parts.faults.clear(id),
    stop: () => close(server),
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
  const tokens = createTokens(options.tokens)
  return {
    world,
    faults,
    windows,
    served: createServedLog(positive('keepServed', options.keepServed ?? 100_000)),
    exchange: createExchange({ world, tokens, windows, faults, clock }),
    clock,
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
