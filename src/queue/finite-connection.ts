import type { RedisOptions } from 'bullmq'

const RECONNECT_MS = 1000
/** How long ioredis keeps a socket on whose other end nobody closes; its own 2 s would be added to every shutdown. */
const DISCONNECT_MS = 300

/**
 * A connection that comes back for ever, but once `closing` has fired not at all: what still waits on it is rejected. BullMQ
 * waits for its last commands without a limit, and its timers keep the process alive as long as it does.
 */
export function finiteConnection(connection: RedisOptions, closing: AbortSignal): RedisOptions {
  const { retryStrategy = () => RECONNECT_MS } = connection
  return {
    ...connection,
    disconnectTimeout: DISCONNECT_MS,
    retryStrategy: (times) => (closing.aborted ? null : retryStrategy(times)),
  }
}
