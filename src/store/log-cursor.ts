import type { Redis } from 'ioredis'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/** Behind all that is in the event log now, as followers of it take it. */
export async function readLogCursor({
  redis,
  keys,
}: {
  readonly redis: Redis
  readonly keys: Keys
}): Promise<string> {
  const [dataset, newest] = await redisCall(`read ${keys.events}`, () =>
    Promise.all([redis.hget(keys.meta, 'dataset'), redis.xrevrange(keys.events, '+', '-', 'COUNT', 1)]),
  )
  const id = newest[0]?.[0]
  return dataset === null || id === undefined ? 'beginning' : `${dataset}:${id}`
}
