import type { Redis } from 'ioredis'
import type { Keys } from './keys.js'
import { repliesOf } from './pipeline.js'
import { redisCall } from './redis-failure.js'
import { asNumber } from './reply.js'

/** How much there is; one round trip, however much it is. */
export interface LogLengths {
  readonly events: number
  readonly deliveries: { readonly pending: number; readonly dead: number }
}

export async function readLogLengths({
  redis,
  keys,
}: {
  readonly redis: Redis
  readonly keys: Keys
}): Promise<LogLengths> {
  const batch = redis.pipeline().xlen(keys.events).zcard(keys.pendingDeliveries).zcard(keys.deadDeliveries)
  const replies = await redisCall('read the lengths of the logs', () => repliesOf(batch))
  const [events = 0, pending = 0, dead = 0] = replies.map(asNumber)
  return { events, deliveries: { pending, dead } }
}
