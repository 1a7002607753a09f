import { Redis } from 'ioredis'
import type { OutageLog } from './outage-log.js'
import { type ClientOptions, parseRedisUrl } from './redis-url.js'

/** `blocking` for XREADGROUP BLOCK, `subscriber` for pub/sub: each needs a connection of its own. */
export type ConnectionRole = 'ordinary' | 'blocking' | 'subscriber'

export interface ConnectOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string
  readonly role: ConnectionRole
  readonly outageLog: OutageLog
}

const COMMAND_TIMEOUT_MS = 5000
const SOCKET_TIMEOUT_MS = 10_000
const RECONNECT_FIRST_MS = 50
const RECONNECT_CAP_MS = 2000
/** A server that stays read only is left and found again this often, and each time the log says so. */
const READ_ONLY_PAUSE_MS = 15_000
/** Time for each of the connections that share the options to notice. */
const LEAVING_MS = 1000

/**
 * A client that reconnects for ever. A command whose connection breaks rejects instead of being sent again: its outcome is
 * unknown, and the callers' own retries are idempotent while a blind resend is not. Both time limits are needed on ordinary
 * clients, for a half-open connection answers neither; on the others silence is normal.
 */
export function connectRedis({ url, role, outageLog }: ConnectOptions): Redis {
  const redis = new Redis({
    ...parseRedisUrl(url),
    ...ROLE_OPTIONS[role],
    retryStrategy: reconnectInMs,
    reconnectOnError: leaveReadOnly(),
  })
  outageLog.watch(redis)
  return redis
}

const ROLE_OPTIONS: Record<ConnectionRole, ClientOptions> = {
  ordinary: {
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    ...failFast(),
  },
  blocking: failFast(),
  subscriber: { maxRetriesPerRequest: null },
}

/** Without a resend ioredis forgets unanswered commands for good unless zero retries make it reject them. */
function failFast(): ClientOptions {
  return { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 }
}

/**
 * What BullMQ wants: it blocks on its own connections and insists on waiting for ever. Once `stopping` has fired a lost
 * connection is not made again: it would keep the process alive, and BullMQ's farewell waiting, until Redis is back.
 */
export function queueConnectionOptions(url: string, stopping?: AbortSignal): ClientOptions {
  const retryStrategy = (times: number): number | null => (stopping?.aborted ? null : reconnectInMs(times))
  return {
    ...parseRedisUrl(url),
    maxRetriesPerRequest: null,
    retryStrategy,
    reconnectOnError: leaveReadOnly(),
  }
}

function reconnectInMs(times: number): number {
  return Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(times - 1, 10), RECONNECT_CAP_MS)
}

/**
 * After a failover the address leads to the new master, but an open connection still to the old one, now its replica: that
 * answers, so nothing but a new connection helps.
 */
function leaveReadOnly(): (error: Error) => boolean {
  let leftAt = Number.NEGATIVE_INFINITY
  return (error) => {
    if (!error.message.includes('READONLY')) return false
    const now = performance.now()
    if (now - leftAt > READ_ONLY_PAUSE_MS) leftAt = now
    return now - leftAt < LEAVING_MS
  }
}
