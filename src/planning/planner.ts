/**
 * When to ask for a target next: what the daemon calls at the end of each good probe, and the benchmark likewise. Equal input
 * gives equal output; what is kept between calls (the model of a job's history, its programmes by price) only saves work.
 */
import type { AccountPrior } from './account-prior.js'
import { arrivalsPerS } from './arrival-rate.js'
import { type BuildPlan, buildPlan, expectedRequests, nextStep } from './build-plan.js'
import { type DurationModel, durationModel } from './duration-model.js'
import { feedStepS } from './feed-plan.js'
import { appetiteOf, coarseLevelOf, levelOf } from './price.js'
import { type OuterRails, type Pause, withinRails } from './rails.js'
import { hazardOf, type Market } from './shaped-hazard.js'
import { endedBy } from './unseen.js'

export interface FinishedBuild {
  /** Epoch ms. */
  readonly createdAt: number
  readonly durationMs: number
}

/** What is known of the builds of one job or service. */
export interface JobHistory {
  readonly id: string
  /** Changes whenever `builds` does. */
  readonly version: number | string
  /** Newest conclusion first, whatever the outcome; the first 100 count. */
  readonly builds: readonly FinishedBuild[]
}

export interface ActiveBuild {
  readonly id: string
  /** Epoch ms; when it was first seen, where the API does not say. */
  readonly createdAt: number
}

export interface Outlook {
  readonly kind: 'build' | 'feed'
  readonly job: JobHistory
  /** Builds that the last answer showed unfinished; the one of a build target. */
  readonly active: readonly ActiveBuild[]
  /** When the target was first asked for, epoch ms. */
  readonly watchedSince: number
  /** Whether we are told of each start at once by another way. */
  readonly startsTold: boolean
  readonly prior: AccountPrior
  readonly market: Market
  readonly rails: OuterRails
  /** How many seconds of someone else's latency one second of this target's is worth. */
  readonly weight: number
  /** Epoch ms. */
  readonly now: number
  /** From [0, 1). */
  readonly random: number
}

export interface ProbePlan extends Pause {
  /** This target's share of the demand; see price.ts. */
  readonly appetite: number
  /** Weighted seconds of builds' ends that will be unseen when the poll is due, as expected. */
  readonly urgency: number
  /** Expected requests until the build is seen finished; undefined for feeds. */
  readonly requests: number | undefined
  /**
   * Where the pause is long: after how long, without a request, to plan anew as of the same answer (`now` = its instant) for
   * the price may have moved, and with it the best moment.
   */
  readonly reconsiderInMs: number | undefined
  /** Ids of the active builds that are older than three times the longest duration on record. */
  readonly overdue: readonly string[]
}

export interface Planner {
  next(outlook: Outlook): ProbePlan
}

const JOBS_KEPT = 5000
const PLANS_KEPT = 24
const OVERDUE = 3
const RECONSIDER_MS = 60_000
/** More than the arrival rate looks at, because builds do not end in the order of their starts. */
const RECENT = 40

interface Knowledge {
  readonly version: string
  readonly model: DurationModel
  hazard: Float64Array | undefined
  readonly plans: Map<string, BuildPlan>
}

/** What a job's builds are believed to take. */
export type Estimator = (job: JobHistory, prior: AccountPrior) => DurationModel

export function createPlanner(estimator: Estimator = learnedModel): Planner {
  const jobs = new Map<string, Knowledge>()
  return { next: (outlook) => planProbe(outlook, knowledgeOf(outlook, { jobs, estimator })) }
}

function learnedModel({ builds }: JobHistory, prior: AccountPrior): DurationModel {
  return durationModel(
    builds.map(({ durationMs }) => durationMs / 1000),
    prior,
  )
}

interface Memory {
  readonly jobs: Map<string, Knowledge>
  readonly estimator: Estimator
}

function knowledgeOf({ job, prior }: Outlook, { jobs, estimator }: Memory): Knowledge {
  // A job with little history leans on the account's, which changes with every build.
  const version = job.builds.length === 0 ? `${job.version}/${prior.builds}` : String(job.version)
  const known = jobs.get(job.id)
  if (known?.version === version) return known
  const fresh = { version, model: estimator(job, prior), hazard: undefined, plans: new Map() }
  jobs.delete(job.id)
  jobs.set(job.id, fresh)
  if (jobs.size > JOBS_KEPT) forgetOldest(jobs)
  return fresh
}

function planProbe(outlook: Outlook, knowledge: Knowledge): ProbePlan {
  const { market, rails, random, active, weight } = outlook
  const idle = active.length === 0
  const step =
    outlook.kind === 'build' && !idle ? buildStep(outlook, knowledge) : feedStep(outlook, knowledge)
  const pause = withinRails(step, { rails, market, idle, random })
  const inS = pause.inMs / 1000
  const agesS = active.map((build) => ageS(build, outlook.now))
  return {
    ...pause,
    appetite: appetiteOf(inS, market.priceS),
    urgency: (weight * inS * endedBy(knowledge.model, agesS, inS)) / 2,
    requests: step.requests,
    reconsiderInMs: pause.inMs > RECONSIDER_MS ? RECONSIDER_MS : undefined,
    overdue: overdue(outlook, knowledge.model),
  }
}

interface WantedStep {
  readonly inS: number
  readonly why: 'plan' | 'square-root'
  readonly requests?: number
}

function buildStep({ active, market, weight, now }: Outlook, knowledge: Knowledge): WantedStep {
  const plan = planAt(knowledge, {
    priceS: levelOf(market.priceS / weight),
    evenStepS: coarseLevelOf(market.evenStepS),
  })
  const age = ageS(active[0], now)
  return { ...nextStep(plan, age), requests: expectedRequests(plan, age) }
}

function planAt(knowledge: Knowledge, pressure: { priceS: number; evenStepS: number }): BuildPlan {
  const { plans, model } = knowledge
  const key = `${pressure.priceS}/${pressure.evenStepS}`
  const known = plans.get(key)
  if (known) return known
  knowledge.hazard ??= hazardOf(model)
  const plan = buildPlan(model, pressure, knowledge.hazard)
  plans.set(key, plan)
  if (plans.size > PLANS_KEPT) forgetOldest(plans)
  return plan
}

function feedStep(outlook: Outlook, { model }: Knowledge): WantedStep {
  const { active, weight, market, now, startsTold, job, watchedSince } = outlook
  const starts = [...active, ...job.builds.slice(0, RECENT)]
    .map(({ createdAt }) => createdAt)
    .sort((a, b) => b - a)
  const unseenPerS = startsTold ? 0 : arrivalsPerS(starts, { sinceAt: watchedSince, now })
  const inS = feedStepS(model, { agesS: active.map((build) => ageS(build, now)), unseenPerS, weight }, market)
  return { inS, why: 'square-root' }
}

function ageS(build: ActiveBuild | undefined, now: number): number {
  return Math.max(0, now - (build?.createdAt ?? now)) / 1000
}

function overdue({ active, now }: Outlook, { longestS }: DurationModel): string[] {
  if (longestS === undefined) return []
  return active.filter((build) => ageS(build, now) > OVERDUE * longestS).map(({ id }) => id)
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
