/** What a row of the ledger tells of the attempts at one delivery. */

/** Instants are epoch ms. */
export interface TriedDelivery {
  readonly state: 'pending' | 'dead_lettered' | 'accepted' | 'suppressed'
  /** Started under the present schedule. */
  readonly attempts: number
  readonly unended: number
  /** Of the last one. */
  readonly startedAt?: number
  readonly reason?: string
  readonly detail?: string
  /** Those that failed and were to be repeated, oldest first. */
  readonly failed: readonly { readonly at: number; readonly reason: string }[]
}

export interface DeliveryTry {
  /** Epoch ms of its start. */
  readonly at: number
  /** `no_end_known`: it is in hand, or its process died with it. */
  readonly result: 'accepted' | 'failed' | 'no_end_known'
  readonly reason?: string
}

/** Oldest first. One that a daemon gave back when it stopped counts for nothing and is left out. */
export function triesOf(delivery: TriedDelivery): DeliveryTry[] {
  const failed = delivery.failed.map(({ at, reason }): DeliveryTry => ({ at, result: 'failed', reason }))
  return [...failed, ...lastTry(delivery)]
}

/** Only one that is to be repeated is noted apart; what the last one came to is the end of the delivery. */
function lastTry(delivery: TriedDelivery): DeliveryTry[] {
  const { state, attempts, unended, startedAt: at, reason = '', detail = reason, failed } = delivery
  if (at === undefined || attempts === 0 || failed.some((attempt) => attempt.at === at)) return []
  if (state === 'accepted') return [{ at, result: 'accepted' }]
  if (unended > 0 || reason === 'poison') return [{ at, result: 'no_end_known' }]
  return ENDED_BY_ATTEMPT.has(reason) ? [{ at, result: 'failed', reason: detail }] : []
}

/** Other dead letters died without having been tried once more. */
const ENDED_BY_ATTEMPT: ReadonlySet<string> = new Set(['refused', 'gone', 'exhausted'])
