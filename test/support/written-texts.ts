/** Everything of a run that others than the daemon can read: Redis, logs, what was delivered. */
import type { Redis } from 'ioredis'
import type { DaemonProcess } from './daemon-process.js'
import type { WrittenText } from './history-checker/history.js'
import type { HookAttempt } from './hook-receiver.js'
import { keysUnder } from './redis-keys.js'

/** All keys with what they hold, whatever they are. */
export async function redisTexts(redis: Redis): Promise<WrittenText[]> {
  const keys = await keysUnder(redis, '')
  return Promise.all(
    keys.map(async (name) => ({
      where: 'redis' as const,
      name,
      text: JSON.stringify(await held(redis, name)),
    })),
  )
}

/** A key of a running daemon may be gone, or be of another type, by the time it is read. */
async function held(redis: Redis, key: string): Promise<unknown> {
  try {
    return await heldNow(redis, key)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return held(redis, key)
    throw error
  }
}

async function heldNow(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key)
    case 'stream':
      return redis.xrange(key, '-', '+')
    case 'zset':
      return redis.zrange(key, '0', '-1', 'WITHSCORES')
    case 'set':
      return redis.smembers(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    default:
      return redis.get(key)
  }
}

export function logTexts(daemons: readonly DaemonProcess[]): WrittenText[] {
  return daemons.flatMap(({ pid, lines }) =>
    lines.map(({ text }) => ({ where: 'log' as const, name: `daemon ${pid}`, text })),
  )
}

/** The places that are there for secrets. */
const SECRET_HEADERS = ['authorization', 'webhook-signature']

export function deliveredTexts(attempts: readonly HookAttempt[]): WrittenText[] {
  return attempts.map(({ eventId, headers, body }) => {
    const shown = Object.entries(headers).filter(([name]) => !SECRET_HEADERS.includes(name))
    return { where: 'attempts', name: eventId, text: `${JSON.stringify(shown)} ${body}` }
  })
}
