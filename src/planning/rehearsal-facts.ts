/** What a rehearsal is made of, and what it shows. Instants are epoch ms. */
import type { Random } from '../domain/ports.js'
import type { AccountPrior } from './account-prior.js'
import type { Estimator, FinishedBuild } from './planner.js'
import type { OuterRails } from './rails.js'

/** A build that is to come. Epoch ms. */
export interface ComingBuild {
  readonly startAt: number
  readonly endAt: number
}

export interface RehearsedJob {
  readonly id: string
  /** `build`: each build is a watch of its own that begins with it, so that its age is known. */
  readonly kind: 'build' | 'feed'
  /** What is known of it beforehand, newest first. */
  readonly past: readonly FinishedBuild[]
  /** By start. */
  readonly coming: readonly ComingBuild[]
  readonly rails: OuterRails
  readonly weight: number
}

export interface Rehearsal {
  readonly jobs: readonly RehearsedJob[]
  readonly limit: number
  readonly reserve: number
  readonly prior: AccountPrior
  readonly startAt: number
  /** Infinity: until all builds were seen to have ended. */
  readonly endAt: number
  readonly random: Random
  /** We are told of each start by another way; then nobody asks for new builds. */
  readonly startsTold?: boolean
  /** What the planner believes of durations, where that is not to be learned. */
  readonly estimator?: Estimator
  /** Counts the time that plans take; ms. */
  readonly stopwatch?: () => number
}

/** Of one job. */
export interface Rehearsed {
  requests: number
  /** From the end of each build that was seen to its being seen, ms; in the order in which they were seen. */
  readonly delaysMs: number[]
}

export interface Performance {
  /** In the order of the jobs. */
  readonly jobs: readonly Rehearsed[]
  /** Requests beyond what may be spent: 429s. */
  readonly refusals: number
  readonly endedAt: number
  readonly planningMs: number
}
