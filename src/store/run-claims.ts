import type { Redis } from 'ioredis'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/**
 * What one of all replicas is to do: `true` for whoever comes first with this key, and then for nobody until the claim
 * expires after `ttlMs`. A replica that dies with its claim leaves that run undone. Rejects as every Redis call does.
 */
export function createRunClaims({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }) {
  return async (key: string, ttlMs: number): Promise<boolean> => {
    const name = keys.run(key)
    const reply = await redisCall(`claim ${name}`, () => redis.set(name, '1', 'PX', ttlMs, 'NX'))
    return reply === 'OK'
  }
}
