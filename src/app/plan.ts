/** What the watchlists will cost, and how late they will tell, before anything runs. */
import type { Configuration } from '../config/configuration.js'
import { type AccountPlan, planAhead } from '../core/plan-ahead.js'
import type { Random } from '../domain/ports.js'
import { targetsOf } from '../domain/target.js'
import { reservedRequests } from '../store/budget.js'
import { type PastRequest, readPast } from './past-builds.js'
import { RefusedSettings } from './refused-settings.js'
import { checkSettings } from './settings.js'

export type { WatchPlan } from '../core/plan-ahead.js'

export interface PlanRequest extends PastRequest {
  /** Builds an hour of a job whose rate is not known. */
  readonly unknownPerHour: number
  /** Requests an hour; absent: as the API has said, or 1000. */
  readonly limit: number | undefined
  readonly now: number
  readonly random: Random
}

export interface PlanFacts {
  readonly strategy: Configuration['strategy']
  /** Where the past builds come from. */
  readonly history: string
  readonly assumedBuildsPerHour: number
  readonly accounts: readonly NamedPlan[]
}

export interface NamedPlan extends AccountPlan {
  readonly account: string
  readonly limit: number
  readonly reserve: number
}

const ASSUMED_LIMIT = 1000

/** Rejects with CONFIG_INVALID, and as {@link readPast} does. */
export async function planOf(request: PlanRequest): Promise<PlanFacts> {
  const checked = await checkSettings(request.file ?? request.defaultFile, request.env, { strict: true })
  if (checked.kind === 'invalid' || checked.problems.length > 0) throw new RefusedSettings(checked.problems)
  const { accounts, strategy, watches } = checked.configuration
  const targets = targetsOf(watches)
  const past = await readPast(targets, [...accounts.keys()], request)
  const plans = [...accounts.values()].map(({ name, reserve: wanted }): NamedPlan => {
    const known = past.ofAccount(name)
    const limit = request.limit ?? known.limit ?? ASSUMED_LIMIT
    const reserve = reservedRequests(wanted, limit)
    const own = targets.filter(({ account }) => account === name)
    const outlook = { ...request, ...known, past: past.builds, strategy, targets: own, limit, reserve }
    return { account: name, limit, reserve, ...planAhead(outlook) }
  })
  const { unknownPerHour } = request
  return { strategy, history: past.source, assumedBuildsPerHour: unknownPerHour, accounts: plans }
}
