import type { Redis } from 'ioredis'

const SLOW_US = 100_000
const ROUNDS = 3
/** Enough for all rounds on a busy machine. */
export const SLOW_WORK_MS = 90_000

/**
 * Commands that held the server up for over 100 ms, in the quietest of three rounds of the work: a stall of the machine strikes
 * one command of one round, a script that does too much at once is slow in each.
 */
export async function slowCommands(redis: Redis, work: () => Promise<void>): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS && fewest > 0; round += 1) {
    await redis.config('SET', 'slowlog-log-slower-than', String(SLOW_US))
    await redis.slowlog('RESET')
    await work()
    fewest = Math.min(fewest, Number(await redis.slowlog('LEN')))
  }
  return fewest
}
