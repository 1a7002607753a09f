/**
 * When to ask for a target next: what the daemon calls at the end of each good probe, and the benchmark likewise. Equal input
 * gives equal output; what is kept between calls (the model of a job's history, its programmes by price) only saves work.
 */
import type { AccountPrior } from './account-prior.js'
import { arrivalsPerS } from './arrival-rate.js'
import { type BuildPlan, buildPlan, expectedRequests, nextStep } from './build-plan.js'
import { type DurationModel, durationModel } from './duration-model.js'
import { feedStep } from './feed-plan.js'
import { appetiteOf, COARSE_LEVEL, levelOf, PRICE_LEVEL, valueOf } from './price.js'
import { type OuterRails, type Pause, patientS, withinRails } from './rails.js'
import { RecentlyUsed } from './recently-used.js'
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
  /** This target's share of the demand, see price.ts; 0 where a person's rail sets the pause and the price has no say. */
  readonly appetite: number
  /** Requests a second that are made at any price; 0 but where a person's rail sets the pause. */
  readonly fixedPerS: number
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

/** Models take 9 kB each, or 18 with their hazard, and plans 20. */
const MODELS_KEPT = 5000
const PLANS_KEPT = 1300
const OVERDUE = 3
const RECONSIDER_MS = 60_000
/** More than the arrival rate looks at, because builds do not end in the order of their starts. */
const RECENT = 40

interface Knowledge {
  readonly job: string
  readonly version: string
  readonly model: DurationModel
  hazard: Float64Array | undefined
}

/** What a job's builds are believed to take. */
export type Estimator = (job: JobHistory, prior: AccountPrior) => DurationModel

export function createPlanner(estimator: Estimator = learnedModel): Planner {
  const plans = new RecentlyUsed<BuildPlan>(PLANS_KEPT)
  const memory = { jobs: new RecentlyUsed<Knowledge>(MODELS_KEPT), estimator }
  return { next: (outlook) => planProbe(outlook, { plans, knowledge: knowledgeOf(outlook, memory) }) }
}

function learnedModel({ builds }: JobHistory, prior: AccountPrior): DurationModel {
  return durationModel(
    builds.map(({ durationMs }) => durationMs / 1000),
    prior,
  )
}

interface Memory {
  readonly jobs: RecentlyUsed<Knowledge>
  readonly estimator: Estimator
}

interface Means {
  readonly plans: RecentlyUsed<BuildPlan>
  readonly knowledge: Knowledge
}

function knowledgeOf({ job, prior }: Outlook, { jobs, estimator }: Memory): Knowledge {
  // A job with little history leans on the account's, which changes with every build.
  const version = job.builds.length === 0 ? `${job.version}/${prior.builds}` : String(job.version)
  const known = jobs.get(job.id)
  if (known?.version === version) return known
  const fresh = { job: job.id, version, model: estimator(job, prior), hazard: undefined }
  jobs.set(job.id, fresh)
  return fresh
}

function planProbe(outlook: Outlook, means: Means): ProbePlan {
  const { market, rails, random, active, weight } = outlook
  const idle = active.length === 0
  const step =
    outlook.kind === 'build' && !idle ? buildStep(outlook, means) : listStep(outlook, means.knowledge)
  const agesS = active.map((build) => ageS(build, outlook.now))
  const youngestS = idle ? 0 : Math.min(...agesS)
  const patient = { inS: Math.max(step.inS, patientS(youngestS)), why: step.why }
  const { inMs, why, isFixed } = withinRails(patient, { rails, market, idle, youngestS, random })
  const inS = inMs / 1000
  return {
    inMs,
    why,
    isFixed,
    appetite: isFixed ? 0 : appetiteOf(inS, market.priceS),
    fixedPerS: isFixed ? 1 / inS : 0,
    urgency: (weight * inS * endedBy(means.knowledge.model, agesS, inS)) / 2,
    requests: step.requests,
    reconsiderInMs: inMs > RECONSIDER_MS ? RECONSIDER_MS : undefined,
    overdue: overdue(outlook, means.knowledge.model),
  }
}

interface WantedStep {
  readonly inS: number
  readonly why: 'plan' | 'square-root'
  readonly requests?: number
}

function buildStep({ active, market, weight, now }: Outlook, means: Means): WantedStep {
  const plan = planAt(means, {
    price: levelOf(market.priceS / weight, PRICE_LEVEL),
    evenStep: levelOf(market.evenStepS, COARSE_LEVEL),
  })
  const age = ageS(active[0], now)
  const { inS, why } = nextStep(plan, age)
  return { inS, why, requests: expectedRequests(plan, age) }
}

/** Numbers of levels, see price.ts. */
interface Levels {
  readonly price: number
  readonly evenStep: number
}

function planAt({ plans, knowledge }: Means, { price, evenStep }: Levels): BuildPlan {
  const { job, version, model } = knowledge
  const key = `${price}/${evenStep} ${version} ${job}`
  const known = plans.get(key)
  if (known) return known
  knowledge.hazard ??= hazardOf(model)
  const pressure = { priceS: valueOf(price, PRICE_LEVEL), evenStepS: valueOf(evenStep, COARSE_LEVEL) }
  const plan = buildPlan(model, pressure, knowledge.hazard)
  plans.set(key, plan)
  return plan
}

function listStep(outlook: Outlook, { model }: Knowledge): WantedStep {
  const { active, weight, market, now, startsTold, job, watchedSince } = outlook
  const starts = [...active, ...job.builds.slice(0, RECENT)]
    .map(({ createdAt }) => createdAt)
    .sort((a, b) => b - a)
  const unseenPerS = startsTold ? 0 : arrivalsPerS(starts, { sinceAt: watchedSince, now })
  return feedStep(model, { agesS: active.map((build) => ageS(build, now)), unseenPerS, weight }, market)
}

function ageS(build: ActiveBuild | undefined, now: number): number {
  return Math.max(0, now - (build?.createdAt ?? now)) / 1000
}

function overdue({ active, now }: Outlook, { longestS }: DurationModel): string[] {
  if (longestS === undefined) return []
  return active.filter((build) => ageS(build, now) > OVERDUE * longestS).map(({ id }) => id)
}
