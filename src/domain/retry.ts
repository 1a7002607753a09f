import type { DeliveryEnd, SendResult } from './delivery.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses in ms before attempts 2..10: ten attempts over about 24 hours. */
export const RETRY_SCHEDULE: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  7 * HOUR,
  12 * HOUR,
]

/** Started attempts that never ended, after which a delivery is poison: it takes the process down with it. */
export const POISON_ATTEMPTS = 5

const JITTER = 0.2

export interface AttemptFacts {
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly schedule: readonly number[]
  /** Uniform in [0, 1). */
  readonly random: number
}

export type AfterAttempt =
  | { readonly kind: 'ended'; readonly end: DeliveryEnd }
  | { readonly kind: 'again'; readonly inMs: number; readonly reason: string }

/** What follows an attempt. `Retry-After` is honoured between the scheduled pause and the larger of twice it and an hour. */
export function afterAttempt(result: SendResult, facts: AttemptFacts): AfterAttempt {
  switch (result.kind) {
    case 'accepted':
      return { kind: 'ended', end: { kind: 'accepted' } }
    case 'refused':
    case 'gone':
      return { kind: 'ended', end: { kind: 'dead_lettered', reason: result.kind, detail: result.reason } }
    case 'retry':
      return retryOrGiveUp(result, facts)
  }
}

function retryOrGiveUp(result: SendResult & { kind: 'retry' }, facts: AttemptFacts): AfterAttempt {
  const pauseMs = facts.schedule[facts.attempt - 1]
  if (pauseMs === undefined) {
    return { kind: 'ended', end: { kind: 'dead_lettered', reason: 'exhausted', detail: result.reason } }
  }
  const jitteredMs = pauseMs * (1 - JITTER + 2 * JITTER * facts.random)
  const inMs = Math.max(jitteredMs, honouredMs(result.retryAfterMs, pauseMs))
  return { kind: 'again', inMs: Math.round(inMs), reason: result.reason }
}

/** The least pause that `Retry-After` makes of the scheduled one: whoever answers at all is never asked earlier than planned. */
function honouredMs(retryAfterMs: number | undefined, pauseMs: number): number {
  if (retryAfterMs === undefined) return 0
  return Math.min(Math.max(retryAfterMs, pauseMs), Math.max(2 * pauseMs, HOUR))
}
