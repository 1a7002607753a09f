import type { Redis } from 'ioredis'
import { type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import type { Target } from '../domain/target.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { storedTarget, TARGET_FIELDS } from './target-hash.js'

/** What a build is followed by now, polled or not: the feed of its job or service, or a target of its own. */
export async function readTargetOf(
  ref: BuildRef,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<Target | undefined> {
  for (const id of [resourceKey(ref), buildKey(ref)]) {
    const key = keys.target(id)
    const values = await redisCall(`read ${key}`, () => redis.hmget(key, ...TARGET_FIELDS))
    const stored = storedTarget(values)
    if (stored) return stored.target
  }
  return undefined
}
