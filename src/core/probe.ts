import { ApiError, BuildwatchdError } from '../domain/errors.js'
import type { Budget, BuildSource, Permit } from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { Target } from '../domain/target.js'

export interface ProbeRequest {
  readonly target: Target
  readonly source: BuildSource
  readonly budget: Budget
  readonly permit: Permit & { readonly kind: 'granted' }
  readonly signal: AbortSignal
}

export type ProbeAnswer =
  | { readonly kind: 'seen'; readonly snapshots: readonly Snapshot[] }
  /** The API gave no build, or the account's token cannot be read. */
  | { readonly kind: 'failed'; readonly error: BuildwatchdError }

/**
 * One probe under one permit. Immediate retries take permits of their own from the reserve, and every answer, error
 * answers included, teaches the budget what the account has left.
 */
export async function probe({ target, source, budget, permit, signal }: ProbeRequest): Promise<ProbeAnswer> {
  let permitNumber = permit.number
  try {
    const snapshots = await source.probe(target, {
      signal,
      async mayRetry() {
        const retry = await budget.take(target.account, 'reserve')
        if (retry.kind === 'granted') permitNumber = retry.number
        return retry.kind === 'granted'
      },
      onAnswer: (facts) => budget.learn(target.account, permitNumber, facts),
    })
    return { kind: 'seen', snapshots: oldestFirst(snapshots) }
  } catch (error) {
    if (isProbeFailure(error)) return { kind: 'failed', error }
    throw error
  }
}

function isProbeFailure(error: unknown): error is BuildwatchdError {
  return (
    error instanceof ApiError || (error instanceof BuildwatchdError && error.code === 'SECRET_UNREADABLE')
  )
}

function oldestFirst(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...snapshots].sort((a, b) => (a.createdAt ?? Infinity) - (b.createdAt ?? Infinity) || 0)
}
