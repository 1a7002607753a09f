import { createBudget } from '../store/budget.js'
import { readStatus, type StatusFacts } from '../store/status-facts.js'
import { type RedisRequest, readingRedis } from './redis-access.js'

export type { StatusFacts } from '../store/status-facts.js'

const CLOCK = { now: () => Date.now() }

/** How everything stands, as the daemons have left it in Redis. Rejects as {@link readingRedis} does. */
export function statusFacts(request: RedisRequest): Promise<StatusFacts> {
  return readingRedis(request, async (access) => {
    // Reading takes no permit, so no reserve has a say.
    const budget = createBudget({ ...access, clock: CLOCK, reserves: () => ({ kind: 'share', share: 0 }) })
    return readStatus({ ...access, clock: CLOCK, budget })
  })
}
