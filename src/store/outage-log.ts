import type { Redis } from 'ioredis'
import type { Clock, Logger } from '../domain/ports.js'

export type OutageLog = ReturnType<typeof createOutageLog>

interface OutageLogMeans {
  readonly logger: Pick<Logger, 'error' | 'info'>
  readonly clock: Clock
  readonly where: string
}

/** A server that comes and goes may not flood the log. */
const QUIET_MS = 5000

/**
 * Says once that Redis is away and once that it is back, however many connections notice and however often they retry.
 * Between two lines lie at least five seconds, but for the "back" that answers an "away".
 */
export function createOutageLog({ logger, clock, where }: OutageLogMeans) {
  const down = new Set<Redis>()
  let told = false
  let toldAt = Number.NEGATIVE_INFINITY

  function away(redis: Redis, reason: string): void {
    down.add(redis)
    // Apart in either direction: a clock that was set back must not hide an outage.
    if (told || Math.abs(clock.now() - toldAt) < QUIET_MS) return
    told = true
    toldAt = clock.now()
    logger.error({ redis: where, reason }, 'Redis is away; going on when it is back')
  }

  function back(redis: Redis): void {
    down.delete(redis)
    if (down.size > 0 || !told) return
    told = false
    logger.info({ redis: where }, 'Redis is back')
  }

  return {
    /** Listens to a connection. Without a listener ioredis would print its errors itself. */
    watch(redis: Redis): void {
      redis.on('error', (error: Error) => away(redis, reasonOf(error)))
      redis.on('close', () => {
        // A close that we asked for is no outage: ioredis ends without trying again.
        setImmediate(() => {
          if (redis.status !== 'end') away(redis, 'the connection was closed')
        })
      })
      redis.on('ready', () => back(redis))
      redis.on('end', () => void down.delete(redis))
    },
    /** True while any watched connection is without its server. */
    isAway: (): boolean => down.size > 0,
  }
}

/** Several addresses tried in vain come as an AggregateError without words. */
function reasonOf(error: Error & { code?: string }): string {
  return error.message || (error.code ?? error.name)
}
