import type { Redis } from 'ioredis'

/** Every key with what it holds, whatever its time to live. A stream whose entries were removed holds nothing. */
export async function contentsOf(redis: Redis): Promise<Map<string, unknown>> {
  const contents = new Map<string, unknown>()
  for (const key of (await redis.keys('*')).sort()) {
    const value = await valueOf(redis, key)
    if (!Array.isArray(value) || value.length > 0) contents.set(key, value)
  }
  return contents
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key)
    case 'zset':
      return redis.zrange(key, '0', '-1', 'WITHSCORES')
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return redis.get(key)
  }
}

/** Keys that do not expire. */
export async function persistentKeys(redis: Redis): Promise<string[]> {
  const keys = (await redis.keys('*')).sort()
  const expiries = await Promise.all(keys.map((key) => redis.pttl(key)))
  return keys.filter((_, at) => expiries[at] === -1)
}
