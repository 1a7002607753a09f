/** Why a target was asked when it was. */
export type ProbeReason =
  /** Nothing is known of it yet, or Redis has lost it. */
  | 'first'
  /** The watchlists ask for it in another way than before. */
  | 'changed'
  /** Learned: where the plan expects the most to be told by one request. */
  | 'plan'
  /** Learned, by the high-rate limit of the plan. */
  | 'square-root'
  /** No build is active that is known of. */
  | 'idle'
  /** Plain exponential backoff. */
  | 'backoff'
  /** A shorter pause was wanted, or a longer one, than the rails allow. */
  | 'shortest-step'
  | 'longest-step'
  /** The budget had nothing left at the planned time. */
  | 'governor'
  /** A window opened. */
  | 'window'
  /** The probe before it failed. */
  | 'retry'
  /** What is gone or forbidden is asked for less and less. */
  | 'trouble'

export const PROBE_REASONS = [
  'first',
  'changed',
  'plan',
  'square-root',
  'idle',
  'backoff',
  'shortest-step',
  'longest-step',
  'governor',
  'window',
  'retry',
  'trouble',
] as const satisfies readonly ProbeReason[]

/** One probe of a target, for people who ask what their requests were spent on. */
export interface ProbeNote {
  /** When it was made. Epoch ms. */
  readonly at: number
  readonly why: ProbeReason
  /** HTTP requests that it took, retries and further pages included. */
  readonly requests: number
  readonly saw: ProbeResult
}

export type ProbeResult =
  /** Builds in the answer, and those of them that had not concluded. */
  | { readonly kind: 'seen'; readonly builds: number; readonly active: number }
  /** Code of the error. */
  | { readonly kind: 'failed'; readonly code: string }
  /** It ran out of leave before it could show anything. */
  | { readonly kind: 'postponed' }
