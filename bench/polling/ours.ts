/** The planner at work in simulated time, from a cold start: nothing is known of any job. */

import { mulberry32 } from '../../src/domain/seeded-random.js'
import { FRESH_PRIOR } from '../../src/planning/account-prior.js'
import type { Estimator } from '../../src/planning/planner.js'
import { rehearse } from '../../src/planning/rehearsal.js'
import type { RehearsedJob } from '../../src/planning/rehearsal-facts.js'
import type { Run, Setting } from './baselines.js'

export type Manner = 'single' | 'feeds, starts unknown' | 'feeds, starts told'

export interface OurSetting extends Setting {
  readonly jobs: number
  readonly estimator?: Estimator
}

/** Simulated seconds count from here, so that no instant is 0. */
const EPOCH_MS = 1_000_000_000

export function simulate({ arrivals, jobs, seed, ...setting }: OurSetting, manner: Manner): Run {
  const at = (seconds: number): number => EPOCH_MS + seconds * 1000
  const played = rehearse({
    ...setting,
    jobs: Array.from(
      { length: jobs },
      (_, job): RehearsedJob => ({
        id: String(job),
        kind: manner === 'single' ? 'build' : 'feed',
        past: [],
        coming: arrivals
          .filter((arrival) => arrival.job === job)
          .map(({ startS, endS }) => ({ startAt: at(startS), endAt: at(endS) })),
        rails: {},
        weight: 1,
      }),
    ),
    prior: FRESH_PRIOR,
    startAt: EPOCH_MS,
    endAt: Infinity,
    random: mulberry32(seed),
    startsTold: manner === 'feeds, starts told',
    stopwatch: () => performance.now(),
  })
  return {
    latencies: Float64Array.from(played.jobs.flatMap(({ delaysMs }) => delaysMs.map((ms) => ms / 1000))),
    requests: played.jobs.reduce((sum, { requests }) => sum + requests, 0),
    refusals: played.refusals,
    endS: (played.endedAt - EPOCH_MS) / 1000,
    planningMs: played.planningMs,
  }
}
