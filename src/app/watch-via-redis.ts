/**
 * Following builds by what a daemon leaves in Redis. Its event log rings; what a build has become is read from the build's own
 * record, so that a ring that is missed costs a few seconds and no transition. The daemon's sign of life is looked at as often:
 * a record that nobody writes any more says nothing.
 */
import { type FollowedBuild, heard, isAbsence, isMeant, nameOf } from '../core/followed-build.js'
import { parseBuildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { isBuildEvent, type WatchEvent } from '../domain/event.js'
import { followEvents } from '../follow/follow-events.js'
import { pause } from '../queue/pause.js'
import { readHeartbeats } from '../store/heartbeat.js'
import { readLogCursor } from '../store/log-cursor.js'
import { readRecords, readUsual } from './build-record.js'
import { openRedisAccess, type RedisAccess, type RedisRequest } from './redis-access.js'
import { coverageIn, knownOf } from './redis-coverage.js'
import { inRedisWords } from './redis-words.js'
import type { Board, WatchListener } from './watch-board.js'

export interface DaemonWatch {
  readonly request: RedisRequest
  readonly listener: WatchListener
  /** Where it may not, whatever stands in Redis is followed. */
  readonly mayAskApi: () => Promise<boolean>
}

/**
 * Answers why the API is to be asked instead, or for the rest; `undefined` when all builds have ended. Rejects as
 * {@link openRedisAccess} does, and with REDIS_UNREACHABLE or REDIS_REFUSED, where there is no other way.
 */
export async function watchViaRedis(watch: DaemonWatch, board: Board): Promise<string | undefined> {
  for (;;) {
    const left = await watchOnce(watch, board)
    if (left?.kind !== 'moved') return left?.because
  }
}

/** `moved`: an embedded engine has started again on another port. */
type Left =
  | { readonly kind: 'because'; readonly because: string }
  | { readonly kind: 'moved'; readonly because?: never }

async function watchOnce(watch: DaemonWatch, board: Board): Promise<Left | undefined> {
  let access: RedisAccess | undefined
  try {
    access = await openRedisAccess(watch.request)
    return await watchIn(access, board, watch)
  } catch (error) {
    const told = access ? inRedisWords(error, access.place, access.complaint()) : error
    if (told instanceof BuildwatchdError && (await watch.mayAskApi()))
      return { kind: 'because', because: told.message }
    throw told
  } finally {
    access?.close()
  }
}

async function watchIn(
  access: RedisAccess,
  board: Board,
  { listener, mayAskApi }: DaemonWatch,
): Promise<Left | undefined> {
  const { where } = access.place
  const because = await reasonAgainst(access, board)
  if (because !== undefined && (await mayAskApi())) return { kind: 'because', because }
  const words = because === undefined ? '' : `, though ${because}`
  listener.notice(`following the daemon on Redis at ${where}, without a request of the API${words}`)
  return follow({ access, board, mayAskApi, read: inTurn(() => readRecords(access, board)) })
}

/** Resolves with `true` when a daemon watches all that has not ended, `false` where `signal` fires before. */
export async function isTakenOver(
  request: RedisRequest,
  board: Board,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await pause(LOOK_MS, signal)
    if (signal.aborted) return false
    const isSeen = board.open().every(({ seenAt }) => seenAt !== undefined)
    if (isSeen && (await watchesAll(request, board))) return true
  }
}

async function watchesAll(request: RedisRequest, board: Board): Promise<boolean> {
  let access: RedisAccess | undefined
  try {
    access = await openRedisAccess(request)
    // One that a watch names is covered before it is seen: the API sees it already.
    for (const build of board.open()) if (!(await knownOf(build, access))) return false
    return (await reasonAgainst(access, board)) === undefined
  } catch (error) {
    // What is wrong with the settings or with Redis was said when it was tried first.
    if (error instanceof BuildwatchdError) return false
    throw error
  } finally {
    access?.close()
  }
}

/** Why what stands there will not do. */
async function reasonAgainst(access: RedisAccess, board: Board): Promise<string | undefined> {
  if ((await readHeartbeats(access)).length === 0) return noDaemon(access)
  const coverage = await coverageIn(access, board.open())
  return coverage.kind === 'covered' ? undefined : coverage.because
}

function noDaemon({ place }: RedisAccess): string {
  return `no daemon is live on Redis at ${place.where}`
}

interface Following {
  readonly access: RedisAccess
  readonly board: Board
  readonly mayAskApi: () => Promise<boolean>
  /** Reads what stands there of all builds. */
  readonly read: () => Promise<void>
}

/** One run after the other: of two that overlap the one with the older answer might win. */
function inTurn(run: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  return () => {
    const next = last.then(run)
    last = next.catch(() => undefined)
    return next
  }
}

async function follow(following: Following): Promise<Left | undefined> {
  const { access, board, read } = following
  const stop = new AbortController()
  const end = (): void => stop.abort()
  board.over.addEventListener('abort', end, { once: true })
  if (board.over.aborted) end()
  try {
    const after = await readLogCursor(access)
    await readUsual(access, board)
    await read()
    return await Promise.race([listen(following, after, stop.signal), look(following, stop.signal)])
  } finally {
    board.over.removeEventListener('abort', end)
    end()
  }
}

/** Reads at each ring. */
async function listen(
  { access, board, read }: Following,
  after: string,
  signal: AbortSignal,
): Promise<undefined> {
  const { redis, keys } = access
  const onError = (error: Error): void => board.note('redis', `Redis: ${error.message}; it is tried again`)
  for await (const rung of followEvents({ redis, prefix: keys.prefix, after, signal, onError })) {
    if (rung.kind === 'gap' || takesUp(board, rung.event)) await attempt(access, read)
  }
  return undefined
}

/** Whether it is about a build that is waited for; one that was only described is known from here on. */
function takesUp(board: Board, event: WatchEvent): boolean {
  if (!isBuildEvent(event)) return false
  const ref = parseBuildKey(event.subject)
  const meant = board.open().filter((build) => isMeant(build, event))
  for (const build of meant) if (ref && !build.ref) board.put(build, heard(build, ref, event))
  return meant.length > 0
}

/** So often the record is looked at without a ring, the daemon's sign of life, and whether one has come. */
const LOOK_MS = 5000
/** What speaks against the daemon may pass: a probe that failed, a moment without Redis. A daemon without a sign of life has gone. */
const PATIENCE = 3

async function look(following: Following, signal: AbortSignal): Promise<Left | undefined> {
  const { access, board, mayAskApi } = following
  for (let against = 0; ; ) {
    await pause(LOOK_MS, signal)
    if (signal.aborted) return undefined
    const absent = givenUpSoon(board)
    if (absent !== undefined && (await mayAskApi())) return { kind: 'because', because: absent }
    const because = await reasonNow(following)
    against = because === undefined ? 0 : against + 1
    if (because === undefined || !isLasting(because, against, following)) continue
    if (await access.hasMoved()) return { kind: 'moved' }
    if (await mayAskApi()) return { kind: 'because', because }
    blame(because, board)
  }
}

/** There is no other way: that may be what went wrong when the time is up. */
function blame(because: string, board: Board): void {
  const error = new BuildwatchdError('REDIS_UNREACHABLE', because, { retryable: true })
  for (const build of board.open()) board.missed(build, error)
}

function isLasting(because: string, looks: number, { access }: Following): boolean {
  return because === noDaemon(access) || looks >= PATIENCE
}

/** The daemon may not be let see what the token of this shell is. */
function givenUpSoon(board: Board): string | undefined {
  const isDue = (build: FollowedBuild): boolean => Date.now() + LOOK_MS >= board.awaitedUntil(build)
  const absent = board.open().find((build) => build.trouble && isAbsence(build.trouble) && isDue(build))
  return absent && `Redis holds nothing of ${nameOf(absent)}`
}

/** What speaks against what stands there, after it has been read. */
async function reasonNow({ access, board, read }: Following): Promise<string | undefined> {
  return attempt(access, async () => {
    await read()
    return reasonAgainst(access, board)
  })
}

/** What Redis itself has against it, where it fails. */
async function attempt<T>(access: RedisAccess, read: () => Promise<T>): Promise<T | string> {
  try {
    return await read()
  } catch (error) {
    const told = inRedisWords(error, access.place, access.complaint())
    if (told instanceof BuildwatchdError && told.code.startsWith('REDIS_')) return told.message
    throw error
  }
}
