import type { Redis } from 'ioredis'
import { GROUP } from './event-log-group.js'
import type { Keys } from './keys.js'
import { asFields, asList, asNumber, asText } from './reply.js'

/** A consumer that has nothing and was silent for a day is a replica that will not come back under its name. */
const FORGET_CONSUMER_MS = 86_400_000

/**
 * Drops events older than `olderThan` (epoch ms), but none that dispatch has yet to acknowledge: Redis would drop those
 * silently. Answers how many went. Whole blocks only, so some hundred may stay longer.
 */
export async function trimEventLog(
  { redis, keys }: { redis: Redis; keys: Keys },
  olderThan: number,
): Promise<number> {
  // In this order: what is handed out between the two questions lies above the first answer.
  const delivered = await lastDelivered(redis, keys)
  if (delivered === undefined) return 0
  const pending = await redis.xpending(keys.events, GROUP)
  await forgetConsumers(redis, keys)
  const oldestPending = pending[1] === null || pending[1] === undefined ? undefined : asText(pending[1])
  const least = [`${Math.max(0, olderThan)}-0`, delivered, oldestPending]
    .filter((id) => id !== undefined)
    .reduce((a, b) => (isBefore(b, a) ? b : a))
  return asNumber(await redis.xtrim(keys.events, 'MINID', '~', least))
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

/** Stream ids `<ms>-<n>`. */
function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aN = 0] = a.split('-').map(Number)
  const [bMs = 0, bN = 0] = b.split('-').map(Number)
  return aMs < bMs || (aMs === bMs && aN < bN)
}
