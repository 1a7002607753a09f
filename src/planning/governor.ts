/**
 * Who may go when. A token bucket refills at the rate at which what planned polls may still use would be spent as the window
 * ends; it holds a tenth of the limit, so that bursts cannot burn the window early. A probe that finds it empty comes back
 * after those sent away before it, or as soon as its patience ends.
 */
import type { BudgetFacts } from './budget-facts.js'

export interface Bucket {
  readonly tokens: number
  /** Probes sent away that have not had their token yet. */
  readonly queue: number
  /** Epoch ms. */
  readonly refilledAt: number
}

export type Leave =
  | { readonly kind: 'granted'; readonly bucket: Bucket }
  | {
      readonly kind: 'denied'
      readonly why: 'budget' | 'pace'
      readonly inMs: number
      readonly bucket: Bucket
    }

const BURST_SHARE = 0.1
const LONGEST_WAIT_MS = 30_000
const SHORTEST_WAIT_MS = 1000

export function bucketSize({ limit }: Pick<BudgetFacts, 'limit'>): number {
  return Math.max(1, limit * BURST_SHARE)
}

/** How full a bucket is, 0 to 1. */
export function fullness({ tokens }: Bucket, budget: Pick<BudgetFacts, 'limit'>): number {
  return tokens / bucketSize(budget)
}

export function refilled(bucket: Bucket, budget: BudgetFacts, now: number): Bucket {
  const gained = (Math.max(0, now - bucket.refilledAt) / 1000) * ratePerS(budget)
  return {
    tokens: Math.min(bucketSize(budget), bucket.tokens + gained),
    queue: Math.max(0, bucket.queue - gained),
    refilledAt: Math.max(now, bucket.refilledAt),
  }
}

/**
 * How long to wait at most before asking for leave again. The more urgent come back sooner and so find the next token first:
 * 30 s where a probe is no more urgent than is usual, falling with the square of how much more it is. A fixed place in a
 * queue would outlast the shortage, or be overtaken by builds that have more to tell.
 */
export function patienceMs(urgency: { own: number; usual: number }): number {
  const times = urgency.usual > 0 ? Math.max(1, urgency.own / urgency.usual) : 1
  return Math.max(SHORTEST_WAIT_MS, LONGEST_WAIT_MS / times ** 2)
}

export function askLeave(
  before: Bucket,
  budget: BudgetFacts,
  { now, patience }: { now: number; patience: number },
): Leave {
  const bucket = refilled(before, budget, now)
  if (budget.remaining - budget.reserve < 1)
    return { kind: 'denied', why: 'budget', inMs: Math.max(1, Math.ceil(budget.resetInMs)), bucket }
  if (bucket.tokens >= 1) return { kind: 'granted', bucket: { ...bucket, tokens: bucket.tokens - 1 } }
  const waitS = (1 - bucket.tokens + bucket.queue) / ratePerS(budget)
  const inMs = Math.max(1, Math.ceil(Math.min(waitS * 1000, budget.resetInMs, patience)))
  return { kind: 'denied', why: 'pace', inMs, bucket: { ...bucket, queue: bucket.queue + 1 } }
}

function ratePerS({ remaining, reserve, resetInMs }: BudgetFacts): number {
  return Math.max(0, remaining - reserve) / (Math.max(1, resetInMs) / 1000)
}
