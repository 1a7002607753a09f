import type { Redis } from 'ioredis'
import { GROUP } from './event-log-group.js'
import type { Keys } from './keys.js'
import { asFields, asList, asNumber, asText } from './reply.js'

/** A consumer that has nothing and was silent for a day is a replica that will not come back under its name. */
const FORGET_CONSUMER_MS = 86_400_000

/** Redis drops no more than this at once where it may leave whole blocks; asked again, it goes on. */
const STEP = 10_000
const MOST_STEPS = 100

export interface EventLogLimits {
  /** Epoch ms: older events go. */
  readonly olderThan: number
  /** So many may stay. */
  readonly most: number
}

interface LogMeans {
  readonly redis: Redis
  readonly keys: Keys
}

/**
 * Drops events beyond these limits, but none that dispatch has yet to acknowledge: Redis would drop those silently. Answers how
 * many went. Whole blocks only, so some hundred may stay longer.
 */
export async function trimEventLog(means: LogMeans, { olderThan, most }: EventLogLimits): Promise<number> {
  const { redis, keys } = means
  // In this order: what is handed out between the two questions lies above the first answer.
  const delivered = await lastDelivered(redis, keys)
  if (delivered === undefined) return 0
  const pending = await redis.xpending(keys.events, GROUP)
  await forgetConsumers(redis, keys)
  const oldestPending = pending[1] === null || pending[1] === undefined ? delivered : asText(pending[1])
  const acknowledged = earlier(delivered, oldestPending)
  const old = await drop(means, { below: earlier(`${Math.max(0, olderThan)}-0`, acknowledged) })
  const excess = (await redis.xlen(keys.events)) - most
  return old + (excess > 0 ? await drop(means, { below: acknowledged, atMost: excess }) : 0)
}

async function drop(
  { redis, keys }: LogMeans,
  { below, atMost = Number.POSITIVE_INFINITY }: { below: string; atMost?: number },
): Promise<number> {
  let dropped = 0
  for (let step = 0; step < MOST_STEPS && dropped < atMost; step += 1) {
    const limit = Math.min(STEP, atMost - dropped)
    const reply = await redis.xtrim(keys.events, 'MINID', '~', below, 'LIMIT', limit)
    if (asNumber(reply) === 0) break
    dropped += asNumber(reply)
  }
  return dropped
}

async function lastDelivered(redis: Redis, keys: Keys): Promise<string | undefined> {
  if ((await redis.exists(keys.events)) === 0) return undefined
  const groups = asList(await redis.xinfo('GROUPS', keys.events)).map(asFields)
  const group = groups.find((fields) => fields.get('name') === GROUP)
  return group && asText(group.get('last-delivered-id'))
}

async function forgetConsumers(redis: Redis, keys: Keys): Promise<void> {
  const consumers = asList(await redis.xinfo('CONSUMERS', keys.events, GROUP)).map(asFields)
  for (const consumer of consumers) {
    const idle = asNumber(consumer.get('idle')) > FORGET_CONSUMER_MS
    if (idle && asNumber(consumer.get('pending')) === 0)
      await redis.xgroup('DELCONSUMER', keys.events, GROUP, asText(consumer.get('name')))
  }
}

/** Of two stream ids `<ms>-<n>`. */
function earlier(a: string, b: string): string {
  const [aMs = 0, aN = 0] = a.split('-').map(Number)
  const [bMs = 0, bN = 0] = b.split('-').map(Number)
  return aMs < bMs || (aMs === bMs && aN < bN) ? a : b
}
