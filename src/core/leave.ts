import type { Budget, Permit, RateLimitFacts, ReadHooks } from '../domain/ports.js'
import type { Target } from '../domain/target.js'

export interface LeaveMeans {
  readonly target: Pick<Target, 'account' | 'polling'>
  readonly budget: Budget
  readonly permit: Permit & { readonly kind: 'granted' }
  readonly signal: AbortSignal
}

export interface Leave extends ReadHooks {
  /** For one more request of the same probe: another page, a build that has left the list. */
  mayAsk(): Promise<boolean>
  /** That were granted so far. */
  requests(): number
}

/**
 * One probe's leave to ask. Each request takes a permit: the planned ones within what is planned, immediate retries from
 * the reserve. Every answer, error answers included, teaches the budget what the account has left.
 */
export function createLeave({ target, budget, permit, signal }: LeaveMeans): Leave {
  const { account, polling } = target
  let permitNumber = permit.number
  let requests = 1
  const take = async (purpose: 'planned' | 'reserve'): Promise<boolean> => {
    const next = await budget.take(account, purpose)
    if (next.kind === 'denied') return false
    permitNumber = next.number
    requests += 1
    return true
  }
  return {
    signal,
    timeoutMs: polling.timeoutMs,
    mayRetry: () => take('reserve'),
    mayAsk: () => take('planned'),
    requests: () => requests,
    onAnswer: (facts: RateLimitFacts) => budget.learn(account, permitNumber, facts),
  }
}
