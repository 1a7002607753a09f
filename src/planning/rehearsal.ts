/**
 * The planner at work in simulated time, on builds that might come: the functions that the daemon runs, with a heap for its
 * queue and plain objects for its Redis. Says beforehand what watches will cost and how late they will tell.
 */
import type { Random } from '../domain/ports.js'
import type { PollingRails } from '../domain/target.js'
import { type AccountPrior, learnedPrior } from './account-prior.js'
import { Allowance } from './allowance.js'
import type { BudgetFacts } from './budget-facts.js'
import { askLeave, type Bucket, bucketSize, fullness, patienceMs, refilled } from './governor.js'
import { createPlanner, type FinishedBuild } from './planner.js'
import { FIRST_PRICE, nextPrice, PRICE_ROUND_MS } from './price.js'
import { Timeline } from './timeline.js'

/** A build that is to come. Epoch ms. */
export interface ComingBuild {
  readonly startAt: number
  readonly endAt: number
}

export interface RehearsedJob {
  readonly id: string
  /** `build`: each build is a watch of its own that begins when the build does. */
  readonly kind: 'build' | 'feed'
  /** What is known of it beforehand, newest first. */
  readonly past: readonly FinishedBuild[]
  /** By start. */
  readonly coming: readonly ComingBuild[]
  readonly rails: Pick<PollingRails, 'minIntervalMs' | 'maxIntervalMs'>
  readonly weight: number
}

export interface Rehearsal {
  readonly jobs: readonly RehearsedJob[]
  readonly limit: number
  readonly reserve: number
  readonly prior: AccountPrior
  readonly startAt: number
  readonly endAt: number
  readonly random: Random
}

/** Of one job. */
export interface Rehearsed {
  requests: number
  /** From the end of each build that was seen to its being seen, ms. */
  readonly delaysMs: number[]
}

export function rehearse(rehearsal: Rehearsal): Rehearsed[] {
  return new Player(rehearsal).play()
}

interface Build extends ComingBuild {
  readonly id: string
}

interface Target {
  readonly job: number
  active: Build[]
  askedAt: number
  dueAt: number
  /** Of the wake-up that counts: what else lies on the timeline was overtaken. */
  wakeAt: number
  appetite: number
  urgency: number
}

interface Job {
  readonly facts: RehearsedJob
  past: readonly FinishedBuild[]
  version: number
  unseen: Build[]
  readonly result: Rehearsed
}

const REMEMBERED = 100
const [LEAST_PATIENCE, MOST_PATIENCE] = [0.9, 1.1]
const URGENCY_WEIGHT = 0.02

class Player {
  readonly #set: Rehearsal
  readonly #jobs: Job[]
  readonly #planner = createPlanner()
  readonly #api: Allowance
  readonly #due = new Timeline<Target>()
  readonly #targets = new Set<Target>()
  #now: number
  #prior: AccountPrior
  #price = FIRST_PRICE
  #bucket: Bucket
  #usualUrgency = 0

  constructor(rehearsal: Rehearsal) {
    this.#set = rehearsal
    this.#now = rehearsal.startAt
    this.#prior = rehearsal.prior
    this.#api = new Allowance(rehearsal.limit, rehearsal.startAt)
    this.#bucket = { tokens: bucketSize(rehearsal), queue: 0, refilledAt: rehearsal.startAt }
    this.#jobs = rehearsal.jobs.map((facts) => ({
      facts,
      past: facts.past.slice(0, REMEMBERED),
      version: 0,
      unseen: [],
      result: { requests: 0, delaysMs: [] },
    }))
  }

  play(): Rehearsed[] {
    const starts = this.#starts()
    for (const [job, { facts }] of this.#jobs.entries()) if (facts.kind === 'feed') this.#watch(job, [])
    let roundAt = this.#now + PRICE_ROUND_MS
    for (;;) {
      this.#now = Math.min(starts.nextAt, this.#due.nextAt, roundAt)
      if (this.#now > this.#set.endAt) break
      if (this.#now === roundAt) {
        this.#reprice()
        roundAt += PRICE_ROUND_MS
      } else if (this.#now === starts.nextAt) {
        const started = starts.take()
        if (started) this.#begin(started)
      } else {
        const target = this.#due.take()
        if (target) this.#wake(target)
      }
    }
    return this.#jobs.map(({ result }) => result)
  }

  #starts(): Timeline<{ job: number; build: Build }> {
    const starts = new Timeline<{ job: number; build: Build }>()
    for (const [job, { facts }] of this.#jobs.entries())
      for (const [nth, coming] of facts.coming.entries())
        starts.add(coming.startAt, { job, build: { id: String(nth), ...coming } })
    return starts
  }

  #watch(job: number, active: Build[]): void {
    const never = { askedAt: this.#now, dueAt: this.#now, wakeAt: this.#now, appetite: 0, urgency: 0 }
    const target: Target = { job, active, ...never }
    this.#targets.add(target)
    this.#due.add(this.#now, target)
  }

  #begin({ job, build }: { job: number; build: Build }): void {
    const known = this.#jobs[job]
    if (known?.facts.kind === 'build') this.#watch(job, [build])
    else known?.unseen.push(build)
  }

  #budget(): BudgetFacts {
    const { limit, reserve } = this.#set
    return { limit, reserve, othersPerS: 0, ...this.#api.facts(this.#now) }
  }

  #reprice(): void {
    const budget = this.#budget()
    this.#bucket = refilled(this.#bucket, budget, this.#now)
    const targets = [...this.#targets]
    const active = targets.filter((target) => target.active.length > 0).length
    const demand = {
      appetite: targets.reduce((sum, { appetite }) => sum + appetite, 0),
      active,
      idle: targets.length - active,
      bucket: fullness(this.#bucket, budget),
    }
    this.#price = nextPrice(this.#price, { demand, budget, now: this.#now })
  }

  #wake(target: Target): void {
    if (target.wakeAt !== this.#now) return
    if (target.dueAt > this.#now) this.#plan(target, target.askedAt)
    else this.#ask(target)
  }

  #ask(target: Target): void {
    const waited = (this.#now - target.askedAt) / Math.max(1, target.dueAt - target.askedAt)
    const own = target.urgency * Math.max(1, waited)
    const spread = LEAST_PATIENCE + (MOST_PATIENCE - LEAST_PATIENCE) * this.#set.random()
    const patience = patienceMs({ own, usual: this.#usualUrgency }) * spread
    const leave = askLeave(this.#bucket, this.#budget(), { now: this.#now, patience })
    this.#bucket = leave.bucket
    if (leave.kind === 'denied') return this.#schedule(target, this.#now + leave.inMs)
    this.#usualUrgency += URGENCY_WEIGHT * (own - this.#usualUrgency)
    this.#api.spend(this.#now)
    target.askedAt = this.#now
    this.#takeIn(target)
  }

  #takeIn(target: Target): void {
    const job = this.#jobs[target.job]
    if (!job) return
    job.result.requests += 1
    const listed = job.facts.kind === 'feed' ? [...target.active, ...job.unseen.splice(0)] : target.active
    const ended = listed.filter(({ endAt }) => endAt <= this.#now).sort((a, b) => a.endAt - b.endAt)
    for (const build of ended) this.#conclude(job, build)
    target.active = listed.filter(({ endAt }) => endAt > this.#now)
    if (job.facts.kind === 'build' && target.active.length === 0) this.#targets.delete(target)
    else this.#plan(target, this.#now)
  }

  #conclude(job: Job, { startAt, endAt }: Build): void {
    const durationMs = endAt - startAt
    job.result.delaysMs.push(this.#now - endAt)
    job.past = [{ createdAt: startAt, durationMs }, ...job.past.slice(0, REMEMBERED - 1)]
    job.version += 1
    this.#prior = learnedPrior(this.#prior, durationMs)
  }

  /** As of the last answer, so that a plan can be thought over while it is waited for. */
  #plan(target: Target, asOf: number): void {
    const job = this.#jobs[target.job]
    if (!job) return
    const { facts, version, past } = job
    const plan = this.#planner.next({
      kind: facts.kind,
      job: { id: facts.id, version, builds: past },
      active: target.active.map(({ id, startAt }) => ({ id, createdAt: startAt })),
      watchedSince: this.#set.startAt,
      startsTold: false,
      prior: this.#prior,
      market: this.#price,
      rails: facts.rails,
      weight: facts.weight,
      now: asOf,
      random: this.#set.random(),
    })
    target.appetite = plan.appetite
    target.urgency = plan.urgency
    this.#schedule(target, Math.max(this.#now + 1, asOf + plan.inMs), plan.reconsiderInMs)
  }

  #schedule(target: Target, at: number, reconsiderInMs = Infinity): void {
    target.dueAt = at
    target.wakeAt = Math.min(at, this.#now + reconsiderInMs)
    this.#due.add(target.wakeAt, target)
  }
}
