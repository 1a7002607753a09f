/**
 * The reads of one account's API that a watcher needs. A read is a few attempts with short pauses, an attempt one HTTP
 * request under one deadline; whatever goes wrong is an ApiError whose code, `retryable` and words say what to do. The
 * official client is not used, because it knows neither deadlines nor aborts and loses the headers of a 429.
 */
import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import type { BuildRef, ResourceRef } from '../domain/build.js'
import { ApiError, type ApiErrorCode } from '../domain/errors.js'
import type { Clock, Random, RateLimitFacts, Secret } from '../domain/ports.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { type Attempt, createAttempt, type Exchanged } from './attempt.js'
import { timerMs } from './deadline.js'
import { borrowedDispatcher, createDispatcherSource, proxyFor } from './dispatcher.js'
import { createEndpoints, type Endpoint, type Endpoints, type Page } from './endpoints.js'
import { createExchange, type Transport } from './exchange.js'
import { foreignText } from './fault.js'
import { withImmediateRetries } from './immediate-retries.js'
import { createLeanTransport } from './lean-transport.js'
import { type Pagination, parseBuild, parseBuilds, parsePagination } from './parse-build.js'
import { parseLogLines } from './parse-log-lines.js'
import { parseTokenFacts, type TokenFacts } from './parse-token-facts.js'
import { createPooledTransport } from './pooled-transport.js'
import { badResponse } from './read-json.js'

export interface NorthflankClientOptions {
  /** `https://api.northflank.com`; may have a path of its own. */
  readonly baseUrl: string
  /** Revealed for every attempt, so a changed token takes effect at once. */
  readonly token: Secret
  /** For one HTTP attempt, from connecting to the end of the body; 15 s by default. */
  readonly timeoutMs?: number
  readonly random?: Random
  readonly clock?: Clock
  /** Used in place of an own one, and closed by its owner. */
  readonly dispatcher?: Dispatcher
  /** For the proxy variables; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** For a process that reads a few times and ends: by what loads fastest, where no proxy is named. */
  readonly lean?: boolean
}

export interface CallOptions {
  /** Aborting rejects with the signal's reason: it says nothing about the API. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Asked before every request beyond the first; `false` forbids it. */
  mayRetry?(): Promise<boolean>
  /** Told of every answer to a request with the token, error answers too. */
  onAnswer?(facts: RateLimitFacts): Promise<void> | void
  /** Told of the same answers, as a whole. */
  onExchanged?(exchanged: Exchanged): void
}

interface ReadResult {
  /** The JSON object under `data`, verbatim. */
  readonly raw: unknown
  readonly rateLimit: RateLimitFacts
  readonly status: number
}

interface BuildResult extends ReadResult {
  readonly build: ApiBuild
}

interface BuildsResult extends ReadResult {
  readonly builds: ApiBuild[]
  readonly pagination: Pagination
}

/** All reads reject with ApiError, with what `token.reveal()` or a hook rejects with, or with the signal's reason. */
export interface NorthflankClient {
  getBuild(ref: BuildRef, call?: CallOptions): Promise<BuildResult>
  /** One page. */
  listBuilds(ref: ResourceRef, page?: Page, call?: CallOptions): Promise<BuildsResult>
  /** The last lines of a build's log, oldest first; a line is what the build printed, whatever is in it. */
  buildLog(ref: BuildRef, lines: number, call?: CallOptions): Promise<string[]>
  /** What the API says of the token; `undefined` where it does not say it, or not in a way that can be read. */
  whoAmI(call?: CallOptions): Promise<TokenFacts | undefined>
  /** Drops the connections. */
  close(): Promise<void>
}

const TIMEOUT_MS = 15_000
/** `/v1/auth` is documented by its path alone: any such answer means that it is not there. */
const NOT_TOLD: ReadonlySet<ApiErrorCode> = new Set<ApiErrorCode>([
  'API_NOT_FOUND',
  'API_WRONG_ROUTE',
  'API_BAD_RESPONSE',
])
const VERSION: string = createRequire(import.meta.url)('../../package.json').version

/** Throws CONFIG_INVALID when the base URL or a proxy variable cannot be used. */
export function createNorthflankClient(options: NorthflankClientOptions): NorthflankClient {
  const { baseUrl, token, random = Math.random, clock = Date } = options
  const timeoutMs = timerMs(options.timeoutMs ?? TIMEOUT_MS)
  const endpoints = createEndpoints(baseUrl)
  const transport = transportFor(options, timeoutMs)
  const exchange = createExchange(transport, `buildwatchd/${VERSION}`)
  const attempt = createAttempt({ exchange, token, clock, timeoutMs })

  const read = (endpoint: Endpoint, call: CallOptions) => {
    const mayRetry = async () => call.mayRetry?.() ?? true
    return withImmediateRetries(() => attempt(endpoint, { ...call, mayRetry }), {
      random,
      signal: call.signal,
      mayRetry,
    })
  }

  return { ...readsOf(read, endpoints), close: () => transport.close() }
}

function transportFor(options: NorthflankClientOptions, timeoutMs: number): Transport {
  const { baseUrl, dispatcher, env = process.env, lean = false } = options
  if (dispatcher) return createPooledTransport(borrowedDispatcher(dispatcher))
  if (lean && proxyFor({ baseUrl, env }) === '') return createLeanTransport(baseUrl)
  return createPooledTransport(createDispatcherSource({ baseUrl, timeoutMs, env }))
}

type Read = (endpoint: Endpoint, call: CallOptions) => ReturnType<Attempt>

function readsOf(read: Read, endpoints: Endpoints): Omit<NorthflankClient, 'close'> {
  return {
    async getBuild(ref, call = {}) {
      const { fields, asked, ...seen } = await read(endpoints.build(ref), call)
      const raw = fields.get('data')
      const build = parseBuild(raw)
      const { status } = seen
      if (!build) throw badResponse(asked, { status, what: 'the answer holds no build with an id' })
      if (build.id !== ref.build) {
        const other = foreignText({ text: build.id, whole: true }, asked)
        throw badResponse(asked, { status, what: `the answer is about another build, ${other}` })
      }
      return { build, raw, ...seen }
    },
    async listBuilds(ref, page = {}, call = {}) {
      const { fields, asked, ...seen } = await read(endpoints.builds(ref, page), call)
      const raw = fields.get('data')
      const builds = parseBuilds(raw)
      if (!builds)
        throw badResponse(asked, { status: seen.status, what: 'the answer holds no list of builds' })
      return { builds, raw, pagination: parsePagination(fields.get('pagination')), ...seen }
    },
    async buildLog(ref, lines, call = {}) {
      const { fields, asked, status } = await read(endpoints.buildLogs(ref, lines), call)
      const log = parseLogLines(fields.get('data'))
      if (!log) throw badResponse(asked, { status, what: 'the answer holds no lines of a log' })
      return log.slice(-lines)
    },
    async whoAmI(call = {}) {
      try {
        return parseTokenFacts((await read(endpoints.auth(), call)).fields)
      } catch (error) {
        if (error instanceof ApiError && NOT_TOLD.has(error.code)) return undefined
        throw error
      }
    },
  }
}
