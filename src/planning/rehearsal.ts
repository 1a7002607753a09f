/**
 * The planner at work in simulated time, on builds that might come: the functions that the daemon runs, with a heap for its
 * queue and plain objects for its Redis. Says beforehand what watches will cost and how late they will tell.
 */
import { type AccountPrior, learnedPrior } from './account-prior.js'
import { Allowance } from './allowance.js'
import type { BudgetFacts } from './budget-facts.js'
import { askLeave, type Bucket, bucketSize, fullness, patienceMs, refilled } from './governor.js'
import { createPlanner } from './planner.js'
import { FIRST_PRICE, nextPrice, PRICE_ROUND_MS } from './price.js'
import type { Performance, Rehearsal } from './rehearsal-facts.js'
import type { Build, Job, Start, Target } from './rehearsal-targets.js'
import { Timeline } from './timeline.js'

export function rehearse(rehearsal: Rehearsal): Performance {
  return new Player(rehearsal).play()
}

const REMEMBERED = 100
const [LEAST_PATIENCE, MOST_PATIENCE] = [0.9, 1.1]
const URGENCY_WEIGHT = 0.02

class Player {
  readonly #set: Rehearsal
  readonly #jobs: Job[]
  readonly #planner
  readonly #stopwatch: () => number
  readonly #api: Allowance
  readonly #due = new Timeline<Target>()
  readonly #targets = new Set<Target>()
  #now: number
  #prior: AccountPrior
  #price = FIRST_PRICE
  #bucket: Bucket
  #usualUrgency = 0
  #open = 0
  #planningMs = 0

  constructor(rehearsal: Rehearsal) {
    this.#set = rehearsal
    this.#now = rehearsal.startAt
    this.#prior = rehearsal.prior
    this.#api = new Allowance(rehearsal.limit, rehearsal.reserve)
    this.#planner = createPlanner(rehearsal.estimator)
    this.#stopwatch = rehearsal.stopwatch ?? (() => 0)
    this.#bucket = { tokens: bucketSize(rehearsal), queue: 0, refilledAt: rehearsal.startAt }
    this.#jobs = rehearsal.jobs.map((facts) => ({
      facts,
      past: facts.past.slice(0, REMEMBERED),
      version: 0,
      unseen: [],
      result: { requests: 0, delaysMs: [] },
    }))
  }

  play(): Performance {
    const starts = this.#starts()
    const { startsTold } = this.#set
    for (const [job, { facts }] of this.#jobs.entries())
      if (facts.kind === 'feed') this.#watch(job, [], !startsTold)
    let roundAt = this.#now + PRICE_ROUND_MS
    for (;;) {
      if (starts.nextAt === Infinity && this.#open === 0 && this.#set.endAt === Infinity) break
      const nextAt = Math.min(starts.nextAt, this.#due.nextAt, roundAt)
      if (nextAt > this.#set.endAt) break
      this.#now = nextAt
      if (nextAt === roundAt) {
        this.#reprice()
        roundAt += PRICE_ROUND_MS
      } else if (nextAt === starts.nextAt) this.#begin(starts.take())
      else this.#wake(this.#due.take())
    }
    return {
      jobs: this.#jobs.map(({ result }) => result),
      refusals: this.#api.refusals,
      endedAt: this.#now,
      planningMs: this.#planningMs,
    }
  }

  #starts(): Timeline<Start> {
    const starts = new Timeline<Start>()
    for (const [job, { facts }] of this.#jobs.entries())
      for (const [nth, coming] of facts.coming.entries())
        starts.add(coming.startAt, { job, build: { id: String(nth), ...coming } })
    return starts
  }

  #watch(job: number, active: Build[], isPlanned: boolean): void {
    const never = {
      askedAt: this.#now,
      dueAt: Infinity,
      wakeAt: Infinity,
      appetite: 0,
      fixedPerS: 0,
      urgency: 0,
    }
    const target: Target = { job, active, ...never }
    this.#targets.add(target)
    if (isPlanned) this.#plan(target, this.#now)
  }

  #begin(start: Start | undefined): void {
    const job = start && this.#jobs[start.job]
    if (!job) return
    this.#open += 1
    if (job.facts.kind === 'build') this.#watch(start.job, [start.build], true)
    else if (this.#set.startsTold) this.#tell(start)
    else job.unseen.push(start.build)
  }

  /** What was planned for the builds before it still holds, if it is sooner. */
  #tell({ job, build }: Start): void {
    for (const target of this.#targets) {
      if (target.job !== job) continue
      const planned = target.active.length > 0 ? target.dueAt : Infinity
      target.active = [...target.active, build]
      this.#plan(target, this.#now)
      if (planned < target.dueAt) this.#schedule(target, planned)
    }
  }

  get #nowS(): number {
    return (this.#now - this.#set.startAt) / 1000
  }

  #budget(): BudgetFacts {
    const { limit, reserve } = this.#set
    const { remaining, resetInS } = this.#api.facts(this.#nowS)
    return { limit, remaining, resetInMs: resetInS * 1000, reserve, othersPerS: 0 }
  }

  #reprice(): void {
    const budget = this.#budget()
    this.#bucket = refilled(this.#bucket, budget, this.#now)
    const targets = [...this.#targets]
    const active = targets.filter((target) => target.active.length > 0).length
    const demand = {
      appetite: targets.reduce((sum, { appetite }) => sum + appetite, 0),
      fixedPerS: targets.reduce((sum, { fixedPerS }) => sum + fixedPerS, 0),
      active,
      idle: targets.length - active,
      bucket: fullness(this.#bucket, budget),
    }
    this.#price = nextPrice(this.#price, { demand, budget, now: this.#now })
  }

  /** Unless a later plan has overtaken it. */
  #wake(target: Target | undefined): void {
    if (target?.wakeAt !== this.#now) return
    if (target.dueAt > this.#now) this.#plan(target, target.askedAt)
    else this.#ask(target)
  }

  #ask(target: Target): void {
    const spread = LEAST_PATIENCE + (MOST_PATIENCE - LEAST_PATIENCE) * this.#set.random()
    const patience = patienceMs({ own: target.urgency, usual: this.#usualUrgency }) * spread
    const leave = askLeave(this.#bucket, this.#budget(), { now: this.#now, patience })
    this.#bucket = leave.bucket
    if (leave.kind === 'denied') return this.#schedule(target, this.#now + leave.inMs)
    this.#usualUrgency += URGENCY_WEIGHT * (target.urgency - this.#usualUrgency)
    this.#api.ask(this.#nowS)
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
    this.#open -= 1
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
    Object.assign(target, { appetite: 0, fixedPerS: 0 })
    const startsTold = this.#set.startsTold === true
    if (startsTold && target.active.length === 0) return this.#schedule(target, Infinity)
    const began = this.#stopwatch()
    const plan = this.#planner.next({
      kind: facts.kind,
      job: { id: facts.id, version, builds: past },
      active: target.active.map(({ id, startAt }) => ({ id, createdAt: startAt })),
      watchedSince: this.#set.startAt,
      startsTold,
      prior: this.#prior,
      market: this.#price,
      rails: facts.rails,
      weight: facts.weight,
      now: asOf,
      random: this.#set.random(),
    })
    this.#planningMs += this.#stopwatch() - began
    target.appetite = plan.appetite
    target.fixedPerS = plan.fixedPerS
    target.urgency = plan.urgency
    this.#schedule(target, Math.max(this.#now + 1, asOf + plan.inMs), plan.reconsiderInMs)
  }

  #schedule(target: Target, at: number, reconsiderInMs = Infinity): void {
    target.dueAt = at
    target.wakeAt = Math.min(at, this.#now + reconsiderInMs)
    if (target.wakeAt < Infinity) this.#due.add(target.wakeAt, target)
  }
}
