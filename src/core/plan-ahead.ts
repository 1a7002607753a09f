/** What the watches of one account will cost, and how late they will tell, before anything runs. Works on paper: asks nobody. */
import { resourceKey } from '../domain/build.js'
import type { JobFacts, PollingStrategy } from '../domain/cadence.js'
import type { PlanningStore, Random } from '../domain/ports.js'
import type { Target } from '../domain/target.js'
import { type AccountPrior, FRESH_PRIOR, learnedPrior } from '../planning/account-prior.js'
import { type Forecast, forecast, type TargetForecast } from '../planning/forecast.js'
import { readState } from './account-state.js'
import { curesFor } from './plan-cures.js'

/** By the key of the job or service, newest first. */
export type PastBuilds = ReadonlyMap<string, JobFacts['ended']>

export interface AccountOutlook {
  readonly targets: readonly Target[]
  readonly past: PastBuilds
  /** What is known of builds of the account; absent: nothing. */
  readonly prior?: AccountPrior
  readonly strategy: PollingStrategy
  /** Requests an hour, and how many of them planned polls leave to others. */
  readonly limit: number
  readonly reserve: number
  /** Builds an hour of a job whose rate is not known. */
  readonly unknownPerHour: number
  /** Epoch ms. */
  readonly now: number
  readonly random: Random
}

export interface AccountPlan extends Omit<Forecast, 'targets'> {
  /** Requests an hour for planned polls. */
  readonly budgetPerHour: number
  readonly fits: boolean
  /** Where it does not fit: what would make it. */
  readonly cures: readonly string[]
  readonly watches: readonly WatchPlan[]
}

export interface WatchPlan extends TargetForecast {
  readonly target: string
  /** Past builds that are known. */
  readonly history: number
}

const NOTHING_KNOWN: TargetForecast = { buildsPerHour: 0, requestsPerHour: 0 }

export function planAhead({ past, targets, prior = FRESH_PRIOR, ...facts }: AccountOutlook): AccountPlan {
  const known = targets.map((target) => past.get(resourceKey(target.ref)) ?? [])
  const { targets: each, ...played } = forecast({
    ...facts,
    prior,
    targets: targets.map(({ id, kind, polling, weight = 1 }, at) => ({
      ...{ id, kind, weight },
      past: known[at] ?? [],
      rails: polling,
    })),
  })
  const budgetPerHour = facts.limit - facts.reserve
  const cures = curesFor(played, { budgetPerHour, targets, strategy: facts.strategy })
  const watches = targets.map(({ id }, at) => ({
    target: id,
    history: known[at]?.length ?? 0,
    ...(each[at] ?? NOTHING_KNOWN),
  }))
  return { ...played, budgetPerHour, fits: cures.length === 0, cures, watches }
}

/** What the builds of a file teach of the account that they belong to. */
export function priorFrom(past: PastBuilds): AccountPrior {
  const oldestFirst = [...past.values()].flatMap((each) => each.toReversed())
  return oldestFirst.reduce((prior, { durationMs }) => learnedPrior(prior, durationMs), FRESH_PRIOR)
}

export async function readPrior(
  account: string,
  store: Pick<PlanningStore, 'account'>,
): Promise<AccountPrior> {
  return (await readState(account, store)).state.prior
}
