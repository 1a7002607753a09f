import type { Redis } from 'ioredis'

/** All keys that begin so; SCAN may name one twice. */
export async function keysUnder(redis: Redis, prefix: string): Promise<string[]> {
  const keys = new Set<string>()
  let cursor = '0'
  do {
    const [next, page] = await redis.scan(cursor, 'MATCH', `${prefix.replaceAll('*', '\\*')}*`, 'COUNT', 1000)
    for (const key of page) keys.add(key)
    cursor = next
  } while (cursor !== '0')
  return [...keys].sort()
}
