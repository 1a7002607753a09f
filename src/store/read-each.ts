import type { Redis } from 'ioredis'
import { callsFor, repliesOfAll } from './batches.js'
import { asList } from './reply.js'
import { loadScript } from './script.js'

const READ_EACH = loadScript('read-each')

/** What a reading command answers for each of the keys, in order; in few round trips, and some fifty keys at a time. */
export async function readEach(
  redis: Redis,
  keys: readonly string[],
  command: readonly [name: string, ...args: (string | number)[]],
): Promise<unknown[]> {
  const calls = callsFor(keys, (batch) => ({ keys: batch, args: command }))
  return (await repliesOfAll(redis, READ_EACH, calls)).flatMap(asList)
}
