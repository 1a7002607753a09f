/** The pauses between looks at the builds of one job or service, learned from what its builds have taken. */
import { buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { ApiError, type BuildwatchdError } from '../domain/errors.js'
import type { Clock, Random } from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { PollingRails } from '../domain/target.js'
import { FRESH_PRIOR, learnedPrior } from '../planning/account-prior.js'
import { cadenceMs, errorBackoffMs } from '../planning/backoff.js'
import { createPlanner, type FinishedBuild } from '../planning/planner.js'
import { FIRST_PRICE } from '../planning/price.js'
import type { Market } from '../planning/shaped-hazard.js'
import { type FollowedBuild, isAbsence } from './followed-build.js'
import type { Look } from './look-once.js'
import { LEAST_KNOWN, type Usual, usualOf } from './usual-durations.js'
import { type Allowance, marketOf } from './watch-pace.js'

export interface Pauses {
  /** What builds of the job usually take, where the look has shown it. */
  learn(look: Look): Usual | undefined
  /** @param open what has not ended. In ms, as all. */
  afterAnswer(open: readonly FollowedBuild[], allowance: Allowance): number
  afterFailure(error: BuildwatchdError): number
}

interface PauseMeans {
  readonly clock: Clock
  readonly random: Random
  /** Hard. */
  readonly rails: PollingRails
}

/** A build that is not there yet is looked for in a hurry: it was just made, or never will be. */
const LONGEST_AWAY_MS = 10_000
/** So many at once. */
const HURRIED = 5
const NEVER = Number.POSITIVE_INFINITY

export function createPauses(ref: ResourceRef, means: PauseMeans): Pauses {
  const { clock, random, rails } = means
  const planner = createPlanner()
  let past: readonly FinishedBuild[] = []
  let polls = 0
  const failures = createFailures(random)

  function planned(open: readonly FollowedBuild[], allowance: Allowance): number {
    const now = clock.now()
    if (past.length < LEAST_KNOWN) return cadenceMs({ polls, errors: 0 }, rails, random())
    const active = open.map((build) => activeAs(build, now))
    const market = marketOf(allowance, active.length, now)
    const { inMs } = planner.next({
      kind: active.length > 1 ? 'feed' : 'build',
      job: { id: resourceKey(ref), version: past.length, builds: past },
      active,
      watchedSince: now,
      startsTold: true,
      prior: past.reduce((prior, { durationMs }) => learnedPrior(prior, durationMs), FRESH_PRIOR),
      market,
      rails,
      weight: 1,
      now,
      random: random(),
    })
    const ageMs = now - Math.max(...active.map(({ createdAt }) => createdAt))
    return Math.min(inMs, Math.max(rails.minIntervalMs, youngPauseMs(ageMs, market)))
  }

  return {
    learn({ snapshots, isList }) {
      if (!isList || past.length > 0) return undefined
      past = finishedIn(snapshots)
      return usualOf(past.map(({ durationMs }) => durationMs))
    },
    afterAnswer(open, allowance) {
      polls += 1
      const troubles = open.flatMap(({ trouble }) => trouble ?? [])
      const seen = open.filter(({ trouble }) => !trouble)
      const failure = troubles.find((trouble) => !isAbsence(trouble))
      if (!failure) failures.over()
      return Math.min(
        awayPauseMs(troubles.filter(isAbsence).length, polls, means),
        seen.length > 0 ? planned(seen, allowance) : NEVER,
        failure ? failures.another(failure) : NEVER,
      )
    },
    afterFailure: (error) => failures.another(error),
  }
}

function activeAs({ ref, createdAt, seenAt }: FollowedBuild, now: number) {
  return { id: ref?.build ?? '', createdAt: createdAt ?? seenAt ?? now }
}

/** How long to wait after each of a run of failures. */
function createFailures(random: Random) {
  let errors = 0
  return {
    another(error: BuildwatchdError): number {
      errors += 1
      const resetInMs = error instanceof ApiError ? error.resetInMs : undefined
      return errorBackoffMs({ code: error.code, resetInMs }, errors, random())
    },
    over(): void {
      errors = 0
    },
  }
}

/**
 * A build changes its status most while it is young, and who looks on wants to see that: no pause is longer than it is old, which
 * is a handful of looks in all. As the allowance runs out even they become fewer.
 */
function youngPauseMs(ageMs: number, { evenStepS }: Market): number {
  return (ageMs * evenStepS) / FIRST_PRICE.evenStepS
}

/** Each of them takes a request: many are looked for in less of a hurry. */
function awayPauseMs(count: number, polls: number, { rails, random }: PauseMeans): number {
  if (count === 0) return NEVER
  const hurried = { ...rails, maxIntervalMs: Math.max(rails.minIntervalMs, LONGEST_AWAY_MS) }
  return cadenceMs({ polls, errors: 0 }, hurried, random()) * Math.max(1, count / HURRIED)
}

/** Newest first, each once. */
function finishedIn(snapshots: readonly Snapshot[]): FinishedBuild[] {
  const each = new Map(snapshots.map((snapshot) => [buildKey(snapshot.ref), snapshot]))
  return [...each.values()]
    .flatMap(({ build, createdAt, concludedAt }) =>
      build.concluded === true && createdAt !== undefined && concludedAt !== undefined
        ? [{ createdAt, durationMs: concludedAt - createdAt }]
        : [],
    )
    .filter(({ durationMs }) => durationMs > 0)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, 100)
}
