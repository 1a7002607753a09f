/**
 * The planner at work in simulated time: the functions that the daemon runs, with a heap for its queue and an object for its
 * Redis. Cold start: nothing is known of any job.
 */
import { FRESH_PRIOR, learnedPrior } from '../../src/planning/account-prior.js'
import type { BudgetFacts } from '../../src/planning/budget-facts.js'
import {
  askLeave,
  type Bucket,
  bucketSize,
  fullness,
  patienceMs,
  refilled,
} from '../../src/planning/governor.js'
import { type ActiveBuild, createPlanner, type Estimator } from '../../src/planning/planner.js'
import { FIRST_PRICE, nextPrice, PRICE_ROUND_MS } from '../../src/planning/price.js'
import { Allowance } from './api.js'
import type { Run, Setting } from './baselines.js'
import { seeded } from './random.js'
import { type Job, newTarget, type Target } from './targets.js'
import { Timeline } from './timeline.js'

export type Manner = 'single' | 'feeds, starts unknown' | 'feeds, starts told'

export interface OurSetting extends Setting {
  readonly jobs: number
  readonly estimator?: Estimator
}

/** Simulated seconds count from here, so that no instant is 0. */
const EPOCH_MS = 1_000_000_000

export function simulate(setting: OurSetting, manner: Manner): Run {
  return new Simulation(setting, manner).run()
}

class Simulation {
  readonly #setting: OurSetting
  readonly #manner: Manner
  readonly #planner
  readonly #api: Allowance
  readonly #random: () => number
  readonly #latencies: Float64Array
  readonly #jobs: Job[]
  readonly #feeds: Target[] = []
  readonly #due = new Timeline<Target>()
  #now = EPOCH_MS
  #prior = FRESH_PRIOR
  #price = FIRST_PRICE
  #bucket: Bucket
  #appetite = 0
  #active = 0
  #idle = 0
  #open = 0
  #usualUrgency = 0
  #planningMs = 0

  constructor(setting: OurSetting, manner: Manner) {
    this.#setting = setting
    this.#manner = manner
    this.#planner = createPlanner(setting.estimator)
    this.#api = new Allowance(setting.limit, setting.reserve)
    this.#random = seeded(setting.seed)
    this.#latencies = new Float64Array(setting.arrivals.length)
    this.#jobs = Array.from({ length: setting.jobs }, () => ({ builds: [], version: 0, unseen: [] }))
    this.#bucket = { tokens: bucketSize(setting), queue: 0, refilledAt: EPOCH_MS }
  }

  run(): Run {
    if (this.#manner !== 'single') this.#jobs.forEach((_, job) => this.#watchFeed(job))
    const { arrivals } = this.#setting
    let next = 0
    let roundAt = EPOCH_MS + PRICE_ROUND_MS
    for (;;) {
      const startAt = next < arrivals.length ? EPOCH_MS + arrivals[next]!.startS * 1000 : Infinity
      if (startAt === Infinity && this.#open === 0) break
      this.#now = Math.min(startAt, this.#due.nextAt, roundAt)
      if (this.#now === roundAt) {
        this.#reprice()
        roundAt += PRICE_ROUND_MS
      } else if (this.#now === startAt) {
        this.#start(next)
        next += 1
      } else this.#poll(this.#due.take())
    }
    return {
      latencies: this.#latencies,
      requests: this.#api.requests,
      refusals: this.#api.refusals,
      endS: this.#nowS,
      planningMs: this.#planningMs,
    }
  }

  get #nowS(): number {
    return (this.#now - EPOCH_MS) / 1000
  }

  #budget(): BudgetFacts {
    const { limit, reserve } = this.#setting
    const { remaining, resetInS } = this.#api.facts(this.#nowS)
    return { limit, remaining, resetInMs: resetInS * 1000, reserve, othersPerS: 0 }
  }

  #reprice(): void {
    const budget = this.#budget()
    this.#bucket = refilled(this.#bucket, budget, this.#now)
    const demand = {
      appetite: this.#appetite,
      active: this.#active,
      idle: this.#idle,
      bucket: fullness(this.#bucket, budget),
    }
    this.#price = nextPrice(this.#price, { demand, budget, now: this.#now })
  }

  #watchFeed(job: number): void {
    const feed = newTarget('feed', { job, active: [], now: this.#now })
    this.#feeds.push(feed)
    this.#idle += 1
    if (this.#manner === 'feeds, starts unknown') this.#plan(feed)
  }

  #start(index: number): void {
    const { job } = this.#setting.arrivals[index]!
    this.#open += 1
    const build = this.#buildOf(index)
    if (this.#manner === 'single') {
      const target = newTarget('build', { job, active: [build], now: this.#now })
      this.#active += 1
      this.#plan(target)
      return
    }
    const feed = this.#feeds[job]!
    if (this.#manner === 'feeds, starts unknown') {
      this.#jobs[job]!.unseen.push(index)
      return
    }
    const planned = feed.active.length > 0 ? feed.dueAt : Infinity
    this.#setActive(feed, [...feed.active, build])
    this.#plan(feed)
    if (planned < feed.dueAt) this.#schedule(feed, planned)
  }

  #buildOf(index: number): ActiveBuild {
    return { id: String(index), createdAt: EPOCH_MS + this.#setting.arrivals[index]!.startS * 1000 }
  }

  #setActive(feed: Target, active: ActiveBuild[]): void {
    const change = Number(active.length > 0) - Number(feed.active.length > 0)
    this.#active += change
    this.#idle -= change
    feed.active = active
  }

  #poll(target: Target): void {
    // Overtaken by a later plan.
    if (target.wakeAt !== this.#now) return
    if (target.dueAt !== this.#now) {
      this.#plan(target, target.askedAt)
      return
    }
    const budget = this.#budget()
    const sinceS = (this.#now - target.askedAt) / 1000
    const own = target.urgency * Math.max(1, sinceS / Math.max(1, (target.dueAt - target.askedAt) / 1000))
    const patience = patienceMs({ own, usual: this.#usualUrgency }) * (0.9 + 0.2 * this.#random())
    const leave = askLeave(this.#bucket, budget, { now: this.#now, patience })
    this.#bucket = leave.bucket
    if (leave.kind === 'denied') {
      this.#schedule(target, this.#now + leave.inMs)
      return
    }
    this.#usualUrgency += 0.02 * (own - this.#usualUrgency)
    if (!this.#api.ask(this.#nowS))
      throw new Error('The governor let through a request that the budget did not hold')
    target.askedAt = this.#now
    this.#takeIn(target)
  }

  #takeIn(target: Target): void {
    const job = this.#jobs[target.job]!
    const listed = [...target.active, ...job.unseen.map((index) => this.#buildOf(index))]
    job.unseen = []
    const finished = listed.filter(({ id }) => this.#endOf(id) <= this.#now)
    for (const build of finished.sort((a, b) => this.#endOf(a.id) - this.#endOf(b.id)))
      this.#conclude(job, build)
    const active = listed.filter(({ id }) => this.#endOf(id) > this.#now)
    if (target.kind === 'build' && active.length === 0) {
      this.#active -= 1
      this.#appetite -= target.appetite
      return
    }
    if (target.kind === 'feed') this.#setActive(target, active)
    this.#plan(target)
  }

  #endOf(id: string): number {
    return EPOCH_MS + this.#setting.arrivals[Number(id)]!.endS * 1000
  }

  #conclude(job: Job, { id, createdAt }: ActiveBuild): void {
    const durationMs = this.#endOf(id) - createdAt
    this.#latencies[Number(id)] = (this.#now - this.#endOf(id)) / 1000
    this.#open -= 1
    job.builds = [{ createdAt, durationMs }, ...job.builds.slice(0, 99)]
    job.version += 1
    this.#prior = learnedPrior(this.#prior, durationMs)
  }

  #plan(target: Target, asOf = this.#now): void {
    const { builds, version } = this.#jobs[target.job]!
    const startsTold = this.#manner === 'feeds, starts told'
    this.#appetite -= target.appetite
    target.appetite = 0
    if (startsTold && target.active.length === 0) {
      target.dueAt = Infinity
      return
    }
    const outlook = {
      kind: target.kind,
      job: { id: String(target.job), version, builds },
      active: target.active,
      watchedSince: EPOCH_MS,
      startsTold,
      prior: this.#prior,
      market: this.#price,
      rails: {},
      weight: 1,
      now: asOf,
      random: this.#random(),
    }
    const began = performance.now()
    const plan = this.#planner.next(outlook)
    this.#planningMs += performance.now() - began
    target.appetite = plan.appetite
    target.urgency = plan.urgency
    this.#appetite += plan.appetite
    this.#schedule(target, Math.max(this.#now + 1, asOf + plan.inMs), plan.reconsiderInMs)
  }

  #schedule(target: Target, at: number, reconsiderInMs = Infinity): void {
    target.dueAt = at
    target.wakeAt = Math.min(at, this.#now + reconsiderInMs)
    this.#due.add(target.wakeAt, target)
  }
}
