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

/**
 * A client that reconnects for ever. A command whose connection breaks rejects instead of being sent again: its outcome is
 * unknown, and the callers' own retries are idempotent while a blind resend is not. Both time limits are needed on ordinary
 * clients, for a half-open connection answers neither; on the others silence is normal.
 */
export function connectRedis({ url, role, outageLog }: ConnectOptions): Redis {
  const redis = new Redis({ ...parseRedisUrl(url), ...ROLE_OPTIONS[role], retryStrategy: reconnectInMs })
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
  return { ...parseRedisUrl(url), maxRetriesPerRequest: null, retryStrategy }
}

function reconnectInMs(times: number): number {
  return Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(times - 1, 10), RECONNECT_CAP_MS)
}
