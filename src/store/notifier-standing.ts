import type { Redis } from 'ioredis'
import type { Clock } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

interface StandingDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
}

/** What the ledger knows of notifiers apart from their deliveries: which have queues, which are suspended, who took what when. */
export function createNotifierStanding(deps: StandingDeps) {
  return { ...createQueueNotes(deps), ...createSuspensions(deps) }
}

/** Nothing else tells which queues there are: their keys are no business of ours. */
function createQueueNotes({ redis, keys }: StandingDeps) {
  const key = keys.queuedNotifiers
  return {
    queued: (notifiers: readonly string[]): Promise<string[]> =>
      redisCall(`use ${key}`, async () => {
        if (notifiers.length > 0) await redis.sadd(key, ...notifiers)
        return redis.smembers(key)
      }),
    async unqueued(notifiers: readonly string[]): Promise<void> {
      if (notifiers.length > 0) await redisCall(`use ${key}`, () => redis.srem(key, ...notifiers))
    },
  }
}

/** Notifiers whose endpoint said that it is gone for good, or took nothing for as long as retries last. A person resumes them. */
function createSuspensions({ redis, keys, clock }: StandingDeps) {
  const doing = `use ${keys.suspended}`
  return {
    async suspend(notifier: string, reason: string): Promise<void> {
      const row = JSON.stringify({ reason, at: clock.now() })
      await redisCall(doing, () => redis.hsetnx(keys.suspended, notifier, row))
    },
    async isSuspended(notifier: string): Promise<boolean> {
      return (await redisCall(doing, () => redis.hexists(keys.suspended, notifier))) === 1
    },
    /** Answers whether it was suspended. */
    async resume(notifier: string): Promise<boolean> {
      return (await redisCall(doing, () => redis.hdel(keys.suspended, notifier))) === 1
    },
    async acceptedAt(notifier: string): Promise<number | undefined> {
      const key = keys.acceptedAt(notifier)
      const at = await redisCall(`read ${key}`, () => redis.get(key))
      return at === null ? undefined : Number(at)
    },
  }
}
