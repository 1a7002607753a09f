import type { Redis } from 'ioredis'
import { type Keys, patternOf } from './keys.js'
import { redisCall } from './redis-failure.js'

/** Sees to the keys that begin alike. */
export interface Caretaker {
  readonly prefix: string
  /** Takes what follows the prefix in some keys; the same one may come twice. Answers how many needed something. */
  tend(names: readonly string[]): Promise<number>
}

/** Keys looked at on one round trip: about a millisecond of the server's time. */
const PAGE = 1000

/** Goes once through all keys of the prefix, however many, page by page. Answers what each caretaker had to do. */
export async function walkKeys(
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
  caretakers: readonly Caretaker[],
): Promise<number[]> {
  const done = caretakers.map(() => 0)
  let cursor = '0'
  do {
    const [next, page] = await redisCall('scan the keys', () =>
      redis.scan(cursor, 'MATCH', patternOf(keys), 'COUNT', PAGE),
    )
    for (const [at, caretaker] of caretakers.entries())
      done[at] = (done[at] ?? 0) + (await tendOwn(caretaker, page))
    cursor = next
  } while (cursor !== '0')
  return done
}

async function tendOwn(caretaker: Caretaker, page: readonly string[]): Promise<number> {
  const { prefix } = caretaker
  const own = page.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
  return own.length === 0 ? 0 : caretaker.tend(own)
}
