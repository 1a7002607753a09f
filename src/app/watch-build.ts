/**
 * `watch`: follows builds to their end, by what a live daemon leaves in Redis or straight against the API. The API costs the
 * account requests that a daemon has already spent; so the daemon is followed where one is live and wants the build, and the
 * API is asked where none is, or when it dies.
 */
import { existsSync } from 'node:fs'
import type { Wanted } from '../core/followed-build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { LONGEST_TIMER_MS } from '../domain/longest-timer.js'
import type { PollingRails } from '../domain/target.js'
import type { WatchWay } from '../domain/watch-ways.js'
import { createBuildSource } from '../northflank/build-source.js'
import { type ApiRequest, openApi } from './api-access.js'
import type { BuildProgress } from './build-progress.js'
import { type Board, createBoard, type WatchListener } from './watch-board.js'
import { watchViaApi } from './watch-via-api.js'

export type { BuildChoice } from '../core/choose-build.js'
export type { Wanted } from '../core/followed-build.js'
export { eventLine, lineText } from '../notify/event-line.js'
export type { BuildProgress } from './build-progress.js'
export type { WatchListener } from './watch-board.js'

export interface WatchRequest extends ApiRequest {
  readonly wanted: readonly Wanted[]
  readonly via: WatchWay
  readonly appearMs: number
  /** Absent: for ever. */
  readonly timeoutMs: number | undefined
  readonly failFast: boolean
}

export interface RunningWatch {
  /** As everything stands. */
  progress(): BuildProgress[]
  /** Resolves when every build has its end. Rejects where neither way can be taken. */
  readonly done: Promise<void>
}

export function startWatch(request: WatchRequest, listener: WatchListener): RunningWatch {
  const board = createBoard({ ...request, listener, clock: Date })
  return { progress: board.progress, done: run(request, board, listener) }
}

async function run(request: WatchRequest, board: Board, listener: WatchListener): Promise<void> {
  const { timeoutMs } = request
  const isBounded = timeoutMs !== undefined && timeoutMs <= LONGEST_TIMER_MS
  const timer = isBounded ? setTimeout(board.timeUp, timeoutMs) : undefined
  try {
    for (;;) {
      const left = await followDaemon(request, board, listener)
      if (left === undefined || board.over.aborted) return
      if ((await askApi(request, board, { listener, ...left })) === 'ended') return
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Why the API is to be asked instead, or for the rest; nobody needs to be told where it is the only way named. */
interface Left {
  readonly because?: string
}

/** Answers `undefined` when nothing is left to do. */
async function followDaemon(
  request: WatchRequest,
  board: Board,
  listener: WatchListener,
): Promise<Left | undefined> {
  if (request.via === 'api' || (request.via === 'auto' && !namesRedis(request))) return {}
  // Loaded only here: who asks the API needs no Redis client.
  const { watchViaRedis } = await import('./watch-via-redis.js')
  const mayAskApi = async (): Promise<boolean> => request.via === 'auto' && (await hasToken(request))
  try {
    const because = await watchViaRedis({ request, listener, mayAskApi }, board)
    if (because === undefined) return undefined
    // That no daemon runs here is news only to who has named one.
    return isNamed(request) ? { because } : {}
  } catch (error) {
    // Nor is it what is missing, where there is no token: the API says that.
    if (request.via === 'auto' && !isNamed(request) && isUnreachable(error)) return {}
    throw error
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof BuildwatchdError && error.code === 'REDIS_UNREACHABLE'
}

function namesRedis(request: WatchRequest): boolean {
  return isNamed(request) || existsSync(request.defaultFile)
}

function isNamed({ env, file }: WatchRequest): boolean {
  return Boolean(env['REDIS_URL']) || file !== undefined
}

async function hasToken(request: WatchRequest): Promise<boolean> {
  try {
    await (await openApi(request)).client.close()
    return true
  } catch (error) {
    if (error instanceof BuildwatchdError) return false
    throw error
  }
}

interface Telling extends Left {
  readonly listener: WatchListener
}

/** `taken_over`: a daemon watches what has not ended, and can be followed. */
type AskEnd = 'ended' | 'taken_over'

async function askApi(request: WatchRequest, board: Board, { listener, because }: Telling): Promise<AskEnd> {
  const { client, baseUrl, identity, account, rails, notice } = await openApi(request)
  try {
    if (notice !== undefined) listener.notice(notice)
    listener.notice(`asking ${baseUrl} as ${identity}${because === undefined ? '' : `: ${because}`}`)
    const source = createBuildSource(client, Date)
    const watch = { source, account, rails: railsOf(rails), clock: Date, random: Math.random }
    return await untilTakenOver(request, board, (signal) => watchViaApi(watch, board, signal))
  } finally {
    await client.close()
  }
}

/** A build that was just made is asked of the API, until a daemon that wants it has seen it too. */
async function untilTakenOver(
  request: WatchRequest,
  board: Board,
  ask: (signal: AbortSignal) => Promise<void>,
): Promise<AskEnd> {
  const stop = new AbortController()
  const signal = AbortSignal.any([board.over, stop.signal])
  const asked = ask(signal).then((): AskEnd => 'ended')
  const ways = [asked]
  if (request.via === 'auto' && namesRedis(request)) ways.push(daemonSeen(request, board, signal))
  try {
    return await Promise.race(ways)
  } finally {
    stop.abort()
    await asked
  }
}

async function daemonSeen(request: WatchRequest, board: Board, signal: AbortSignal): Promise<AskEnd> {
  // As above: most who ask the API need no Redis client.
  const { isTakenOver } = await import('./watch-via-redis.js')
  return (await isTakenOver(request, board, signal)) ? 'taken_over' : 'ended'
}

const SHORTEST_MS = 2000
/** For who waits an hour is too long, whatever the settings let a daemon take. */
const LONGEST_MS = 60_000
const TIMEOUT_MS = 15_000

function railsOf(rails: PollingRails | undefined): PollingRails {
  const { minIntervalMs = SHORTEST_MS, maxIntervalMs = LONGEST_MS, timeoutMs = TIMEOUT_MS } = rails ?? {}
  return {
    minIntervalMs,
    maxIntervalMs: Math.max(minIntervalMs, Math.min(maxIntervalMs, LONGEST_MS)),
    timeoutMs,
  }
}
