import type { Redis } from 'ioredis'
import type { Memo } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

const TTL_S = 30 * 86_400

/** What notifiers remember between deliveries, each on its own. Nothing secret belongs here. */
export function createMemos({ redis, keys }: { redis: Redis; keys: Keys }): (notifier: string) => Memo {
  return (notifier) => ({
    async recall(name) {
      const key = keys.memo(notifier, name)
      return (await redisCall(`read ${key}`, () => redis.get(key))) ?? undefined
    },
    async keep(name, value) {
      const key = keys.memo(notifier, name)
      await redisCall(`write ${key}`, () => redis.set(key, value, 'EX', TTL_S))
    },
  })
}
