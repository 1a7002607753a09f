/** What following and waiting share: connections and doorbell that live until `stop`, and commands that are tried again. */
import type { Redis } from 'ioredis'
import { openConnections, type RedisPlace } from './connections.js'
import { type Doorbell, hangDoorbell, type Subscriptions } from './doorbell.js'

export interface SessionOptions {
  readonly redis: RedisPlace
  readonly subscriptions: Subscriptions
  /** Closes everything. */
  readonly stop: AbortSignal
  readonly onError: ((error: Error) => void) | undefined
}

export interface Session {
  readonly doorbell: Doorbell
  /** Tries until there is an answer, pausing up to 2 s between failures; `undefined` once the session is stopped. */
  readonly ask: <T>(question: (redis: Redis) => Promise<T>) => Promise<T | undefined>
}

const PAUSE_FIRST_MS = 50
const PAUSE_CAP_MS = 2000

export async function openSession(options: SessionOptions): Promise<Session> {
  const { stop, subscriptions } = options
  let told = 0
  const onError = (error: Error): void => {
    told += 1
    if (!stop.aborted) options.onError?.(error)
  }
  const { redis, bell, close } = await openConnections(options.redis, onError)
  stop.addEventListener('abort', close, { once: true })
  if (stop.aborted) close()
  return {
    doorbell: hangDoorbell({ bell, subscriptions, stop, onError }),
    ask: async (question) => {
      for (let failures = 0; !stop.aborted; failures += 1) {
        const before = told
        try {
          return await unlessStopped(question(redis), stop)
        } catch (error) {
          if (!isOfConnection(error)) onError(asError(error))
          // Mostly the client has said by itself that it has none, and why.
          else if (told === before) onError(new Error('the connection was closed', { cause: error }))
          await pause(Math.min(PAUSE_FIRST_MS * 2 ** Math.min(failures, 10), PAUSE_CAP_MS), stop)
        }
      }
      return undefined
    },
  }
}

function isOfConnection(error: unknown): boolean {
  return error instanceof Error && error.name === 'MaxRetriesPerRequestError'
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error })
}

/** A client that is closed while it waits for its server leaves commands without an answer. */
function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new Error('stopped'))
    stop.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', leave))
  })
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stop.addEventListener('abort', end, { once: true })
    if (stop.aborted) end()
  })
}

/** One listener for all who follow a signal: Node warns of a leak where it has more than ten. */
const followersOf = new WeakMap<AbortSignal, Set<AbortController>>()

/**
 * A controller that the outer signal aborts too, until it has been aborted itself. Not `AbortSignal.any`: on Node 20 and 22
 * every signal made from a long-lived one stays in memory.
 */
export function stoppedBy(outer: AbortSignal | undefined): AbortController {
  const own = new AbortController()
  if (outer?.aborted) own.abort(outer.reason)
  else if (outer) {
    const followers = followersOf.get(outer) ?? listenTo(outer)
    followers.add(own)
    own.signal.addEventListener('abort', () => void followers.delete(own), { once: true })
  }
  return own
}

function listenTo(outer: AbortSignal): Set<AbortController> {
  const followers = new Set<AbortController>()
  followersOf.set(outer, followers)
  const pass = (): void => followers.forEach((each) => each.abort(outer.reason))
  outer.addEventListener('abort', pass, { once: true })
  return followers
}
