import { priceOf } from '../core/account-state.js'
import type { PlanningStore, Reserve } from '../domain/ports.js'
import { createBudget } from '../store/budget.js'
import { createPlanningStore } from '../store/planning.js'
import { readStatus, type StatusFacts } from '../store/status-facts.js'
import { type RedisRequest, readingRedis } from './redis-access.js'

export type { StatusFacts } from '../store/status-facts.js'

const NO_RESERVE = (): Reserve => ({ kind: 'share', share: 0 })
const CLOCK = { now: () => Date.now() }

/** How everything stands, as the daemons have left it in Redis. Rejects as {@link readingRedis} does. */
export function statusFacts(request: RedisRequest): Promise<StatusFacts> {
  return readingRedis(request, async (access) => {
    // Reading takes no permit, so no reserve has a say.
    const budget = createBudget({ ...access, clock: CLOCK, reserves: NO_RESERVE })
    const facts = await readStatus({ ...access, clock: CLOCK, budget })
    const planning = createPlanningStore({ ...access, clock: CLOCK, budget, reserves: NO_RESERVE })
    return { ...facts, accounts: await Promise.all(facts.accounts.map((each) => priced(each, planning))) }
  })
}

async function priced(
  facts: StatusFacts['accounts'][number],
  planning: PlanningStore,
): Promise<StatusFacts['accounts'][number]> {
  const requestPriceS = await priceOf(facts.account, planning)
  return requestPriceS === undefined ? facts : { ...facts, requestPriceS }
}
