/**
 * The account's market: what its requests cost, so that all plans together fit what its budget allows. Whichever
 * replica comes first sets the price: every half a minute, when another window has begun, and when the bucket has run dry.
 */
import type { BudgetStanding } from '../domain/cadence.js'
import type { Clock, PlanningStore } from '../domain/ports.js'
import { nextOthers } from '../planning/others.js'
import { nextPrice, PRICE_ROUND_MS } from '../planning/price.js'
import { type AccountState, changeState, readState } from './account-state.js'

export interface SetPricePorts {
  readonly planning: PlanningStore
  readonly clock: Clock
}

export async function setPrice(account: string, { planning, clock }: SetPricePorts): Promise<void> {
  const [standing, { state }] = await Promise.all([planning.standing(account), readState(account, planning)])
  if (!standing || !isDue(state, standing, clock.now())) return
  const claims = await planning.claims(account)
  const now = clock.now()
  const others = nextOthers(
    state.others,
    { ...standing, isNewWindow: isNewWindow(state, standing.used) },
    now,
  )
  const budget = { ...standing, othersPerS: others.perS }
  const demand = { ...claims, bucket: standing.bucket }
  await changeState(account, planning, (latest) => {
    // Another replica has been there.
    if (latest.price.at !== state.price.at) return undefined
    const price = nextPrice(latest.price, { demand, budget, now })
    return { ...latest, price, others, usualUrgency: claims.urgency, used: standing.used }
  })
}

const DRY = 0.02
const LEAST_ROUND_MS = 5000

function isDue(before: AccountState, { bucket, used }: BudgetStanding, now: number): boolean {
  // Apart in either direction: a clock that was set back must not stop the rounds.
  const sinceMs = Math.abs(now - before.price.at)
  if (sinceMs < LEAST_ROUND_MS) return false
  return sinceMs >= PRICE_ROUND_MS || bucket < DRY || isNewWindow(before, used)
}

/** What is under way is counted twice for a moment, or not yet; so that a little less is no new window. */
function isNewWindow(before: AccountState, used: number): boolean {
  return used < before.used / 2
}
