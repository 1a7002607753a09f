/** Plain backoff in simulated time, each target for itself: what it would ask for if the budget let it. */

import type { PollingRails } from '../domain/target.js'
import { cadenceMs } from './backoff.js'
import type { Rehearsal, Rehearsed, RehearsedJob } from './rehearsal-facts.js'

export interface BackoffRehearsal extends Pick<Rehearsal, 'startAt' | 'endAt' | 'random'> {
  readonly jobs: readonly RailedJob[]
}

type RailedJob = Pick<RehearsedJob, 'kind' | 'coming'> & { readonly rails: PollingRails }

export function rehearseBackoff({ jobs, ...frame }: BackoffRehearsal): Rehearsed[] {
  return jobs.map((job) => play(job, frame))
}

type Frame = Omit<BackoffRehearsal, 'jobs'>

function play({ kind, rails, coming }: RailedJob, { startAt, endAt, random }: Frame): Rehearsed {
  const result: Rehearsed = { requests: 0, delaysMs: [] }
  let askedAt = -Infinity
  let at = kind === 'feed' ? startAt : (coming[0]?.startAt ?? Infinity)
  let polls = 0
  const mostEnds = kind === 'build' ? 1 : Infinity
  while (at <= endAt && result.delaysMs.length < mostEnds) {
    const [since, now] = [askedAt, at]
    const ended = coming.filter((build) => build.endAt > since && build.endAt <= now)
    const hasBegun = coming.some((build) => build.startAt > since && build.startAt <= now)
    result.requests += 1
    result.delaysMs.push(...ended.map((build) => now - build.endAt))
    polls = hasBegun || ended.length > 0 ? 1 : polls + 1
    askedAt = now
    at += cadenceMs({ polls, errors: 0 }, rails, random())
  }
  return result
}
