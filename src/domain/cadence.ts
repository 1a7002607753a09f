import type { ProbeReason } from './probe.js'

/** How the pauses between good probes are found: from what builds of the job have taken, or by plain exponential backoff. */
export const POLLING_STRATEGIES = ['learned', 'backoff'] as const
export type PollingStrategy = (typeof POLLING_STRATEGIES)[number]

/** When a target is asked again, and why then. */
export interface NextProbe {
  readonly inMs: number
  readonly why: ProbeReason
  /** After how long to think it over, without a request; absent where it holds till then. */
  readonly reconsiderInMs?: number
  /** Absent where nothing is learned. */
  readonly claim?: Claim
}

/** What a target's plan claims of the account's budget. */
export interface Claim {
  readonly account: string
  /** Requests a second at a price of one second; they fall with the square root of the price. */
  readonly appetite: number
  /** Requests a second at any price, where a watch's own rails leave the price no say. */
  readonly fixedPerS: number
  /** Weighted seconds in which builds will have ended unseen when the next probe is due, as expected. */
  readonly urgency: number
  /** Builds that it follows. */
  readonly active: number
}

/** The claims of all open targets of an account. */
export interface Claims {
  readonly appetite: number
  readonly fixedPerS: number
  /** Mean over the targets that follow builds. */
  readonly urgency: number
  /** Targets that follow builds, and those that only look for new ones. */
  readonly active: number
  readonly idle: number
}

/** What is known of a job or service, to plan with. Instants are epoch ms. */
export interface JobFacts {
  /** Builds that have ended, whatever their outcome: those that were created last, newest first. */
  readonly ended: readonly { readonly createdAt: number; readonly durationMs: number }[]
  /** Builds that are followed; `createdAt` is absent where the API does not tell. */
  readonly active: readonly { readonly build: string; readonly createdAt?: number }[]
}

/** How an account's budget stands. Requests and ms. */
export interface BudgetStanding {
  readonly limit: number
  /** Left of the window; what is under way is taken off. */
  readonly remaining: number
  readonly resetInMs: number
  /** What planned probes leave to others. */
  readonly reserve: number
  /** Of this window, by the API's count, and ours among them. */
  readonly used: number
  readonly ours: number
  /** How full the governor's bucket is, 0 to 1. */
  readonly bucket: number
}
