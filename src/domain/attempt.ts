/** One attempt to deliver: with what it begins, and what stands in its way. */

/**
 * Deliveries of one line (of builds) to one notifier: `any` may overtake each other; `in_turn`: each waits for the end of those
 * before it; `latest`: likewise, and what a newer event of the same build has overtaken is suppressed as `superseded`.
 */
export type LaneOrder = 'any' | 'in_turn' | 'latest'

/** An attempt that has been noted as started. */
interface StartedAttempt {
  readonly kind: 'started'
  /** 1 for the first. */
  readonly attempt: number
  /** The body as frozen at the first attempt. */
  readonly body: string
}

export type BeginResult =
  | StartedAttempt
  /** It has ended before, or is unknown. */
  | { readonly kind: 'ended' }
  /** Too many attempts started and never ended. */
  | { readonly kind: 'poison' }
  /** A newer event of the same build has overtaken it; it has ended. */
  | { readonly kind: 'superseded' }
  /** One that comes before it in its lane has not ended; that one is due then. `hurried`: it was due later, and is now. */
  | { readonly kind: 'behind'; readonly inMs: number; readonly hurried?: string }
  /** One of those to be told along has been begun or ended meanwhile: nothing was noted. */
  | { readonly kind: 'changed' }
  /** Its notifier has had all attempts of this span. */
  | { readonly kind: 'paced'; readonly inMs: number }
  /** Nothing stands in its way, and nothing was noted: it has no body yet, and none was given. */
  | { readonly kind: 'free' }

export interface Attempt {
  /** Frozen if this is the first. Without one that looks only. */
  readonly body?: string
  readonly order: LaneOrder
  /** Deliveries that the body tells too: they end as grouped, in one step with its freezing. */
  readonly together: readonly string[]
  /** At most so many attempts in a span, over all replicas. */
  readonly rate?: DeliveryRate
}

export interface DeliveryRate {
  readonly max: number
  readonly perMs: number
}
