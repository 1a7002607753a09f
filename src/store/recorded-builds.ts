import type { Redis } from 'ioredis'
import { type BuildKey, encodeSegment, parseBuildKey } from '../domain/build.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/** Keys looked at on one round trip: about a millisecond of the server's time. */
const PAGE = 1000

/** All recorded builds of this id, in order. Goes through all keys there are: for a person who asks, not for the daemon. */
export async function findBuildsById(
  id: string,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<BuildKey[]> {
  const prefix = keys.build('')
  // No segment of a key holds what means something in a pattern.
  const pattern = `${prefix}*/${encodeSegment(id)}`
  const found = new Set<BuildKey>()
  let cursor = '0'
  do {
    const [next, page] = await redisCall('look for a build', () =>
      redis.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE),
    )
    for (const key of page) found.add(key.slice(prefix.length))
    cursor = next
  } while (cursor !== '0')
  return [...found].filter((key) => parseBuildKey(key)?.build === id).sort()
}
