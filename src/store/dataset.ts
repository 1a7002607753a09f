import type { Redis } from 'ioredis'
import { BuildwatchdError } from '../domain/errors.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/** Version of the keys, channels and payloads as docs/redis.md describes them. */
const CONTRACT_VERSION = 1

export interface DatasetDeps {
  readonly redis: Redis
  readonly keys: Keys
  /** A fresh random name, such as a UUID. */
  readonly newId: () => string
}

/**
 * The name of the data in this Redis: cursors of readers belong to it, and a new one tells them that history is gone.
 * Cheap enough to be called with every sweep, which names the dataset anew after a FLUSHALL. Rejects with
 * REDIS_UNSUITABLE where a newer daemon has written.
 */
export async function ensureDataset({ redis, keys, newId }: DatasetDeps): Promise<string> {
  const [dataset, contract] = await redisCall(`read ${keys.meta}`, async () => {
    await redis.hsetnx(keys.meta, 'dataset', newId())
    await redis.hsetnx(keys.meta, 'contract', CONTRACT_VERSION)
    return redis.hmget(keys.meta, 'dataset', 'contract')
  })
  if (Number(contract) > CONTRACT_VERSION)
    throw new BuildwatchdError(
      'REDIS_UNSUITABLE',
      `${keys.meta} was written by a newer buildwatchd (contract ${contract}, this one knows ${CONTRACT_VERSION}). Upgrade this daemon or choose another redis.prefix.`,
    )
  return dataset ?? ''
}

/** For an engine that came up from an older snapshot: what readers saw after it never happened here. */
export async function renewDataset({ redis, keys, newId }: DatasetDeps): Promise<string> {
  const dataset = newId()
  await redisCall(`write ${keys.meta}`, () => redis.hset(keys.meta, 'dataset', dataset))
  return dataset
}
