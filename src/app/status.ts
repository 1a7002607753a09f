import { createBudget } from '../store/budget.js'
import { readStatus, type StatusFacts } from '../store/status-facts.js'
import { openRedisAccess, type RedisRequest } from './redis-access.js'

export type { StatusFacts } from '../store/status-facts.js'

const CLOCK = { now: () => Date.now() }

/** How everything stands, as the daemons have left it in Redis. Rejects as {@link openRedisAccess} does. */
export async function statusFacts(request: RedisRequest): Promise<StatusFacts> {
  const access = await openRedisAccess(request)
  try {
    // Reading takes no permit, so no reserve has a say.
    const budget = createBudget({ ...access, clock: CLOCK, reserves: () => ({ kind: 'share', share: 0 }) })
    return await readStatus({ ...access, clock: CLOCK, budget })
  } finally {
    access.close()
  }
}
