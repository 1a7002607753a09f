/** What watches will cost and how late they will tell, from what their builds have taken so far. */
import type { PollingStrategy } from '../domain/cadence.js'
import type { Random } from '../domain/ports.js'
import type { PollingRails } from '../domain/target.js'
import type { AccountPrior } from './account-prior.js'
import { rehearseBackoff } from './backoff-rehearsal.js'
import type { FinishedBuild } from './planner.js'
import { rehearse } from './rehearsal.js'
import type { ComingBuild } from './rehearsal-facts.js'

/** A target, as far as its cost goes. */
export interface ForecastTarget {
  readonly id: string
  readonly kind: 'build' | 'feed'
  /** Newest first. */
  readonly past: readonly FinishedBuild[]
  readonly rails: PollingRails
  readonly weight: number
}

export interface ForecastFacts {
  readonly targets: readonly ForecastTarget[]
  readonly strategy: PollingStrategy
  /** Requests an hour, and how many of them are left to others. */
  readonly limit: number
  readonly reserve: number
  readonly prior: AccountPrior
  /** Builds an hour of a job of which fewer than two are known. */
  readonly unknownPerHour: number
  /** Epoch ms. */
  readonly now: number
  readonly random: Random
  /** How long to play through at most; a day by default. */
  readonly mostHours?: number
}

export interface Forecast {
  /** How long was played through. */
  readonly hours: number
  readonly requestsPerHour: number
  /** What the longest pauses of the watches take, whatever else happens. */
  readonly leastPerHour: number
  /** In the order of the targets. */
  readonly targets: readonly TargetForecast[]
}

export interface TargetForecast {
  readonly buildsPerHour: number
  /** Median; absent where no build has ended yet. */
  readonly usualS?: number
  readonly requestsPerHour: number
  /** From a build's end to its being seen; absent where no build ended in the time that was played. */
  readonly meanDelayS?: number
  readonly p95DelayS?: number
}

const HOUR_MS = 3_600_000
/** What is longer ago says little of today; as many as the planner itself looks at. */
const NEWEST = 100
const [FEWEST_HOURS, MOST_HOURS] = [1, 24]
/** Each target is thought over once a minute; so many in all take seconds. */
const TARGET_HOURS = 8000

export function forecast(facts: ForecastFacts): Forecast {
  const { now, strategy } = facts
  const targets = facts.targets.map(({ past, ...target }) => ({ ...target, past: past.slice(0, NEWEST) }))
  const { mostHours = MOST_HOURS } = facts
  const hours = Math.min(mostHours, Math.max(FEWEST_HOURS, TARGET_HOURS / Math.max(1, targets.length)))
  const endAt = now + hours * HOUR_MS
  const jobs = targets.map((target) => ({ ...target, coming: comingBuilds(target, facts, endAt) }))
  const rehearsal = { ...facts, jobs, startAt: now, endAt }
  const played = strategy === 'learned' ? rehearse(rehearsal).jobs : rehearseBackoff(rehearsal)
  const each = played.map(({ requests, delaysMs }, at): TargetForecast => {
    const past = targets[at]?.past ?? []
    const coming = jobs[at]?.coming.length ?? 0
    return {
      buildsPerHour: coming / hours,
      requestsPerHour: requests / hours,
      ...(past.length === 0
        ? {}
        : {
            usualS: quantile(
              past.map(({ durationMs }) => durationMs / 1000),
              0.5,
            ),
          }),
      ...delays(delaysMs),
    }
  })
  return {
    hours,
    requestsPerHour: each.reduce((sum, { requestsPerHour }) => sum + requestsPerHour, 0),
    leastPerHour: leastPerHour(targets),
    targets: each,
  }
}

/** A single build is watched for its own time only. */
function leastPerHour(targets: readonly ForecastTarget[]): number {
  return targets
    .filter(({ kind }) => kind === 'feed')
    .reduce((sum, { rails }) => sum + HOUR_MS / rails.maxIntervalMs, 0)
}

/** A Poisson process at the rate of the past; durations are drawn from it. */
function comingBuilds(target: ForecastTarget, facts: ForecastFacts, endAt: number): ComingBuild[] {
  const { now, random } = facts
  const pauseMs = HOUR_MS / buildsPerHour(target, facts)
  const coming: ComingBuild[] = []
  let startAt = now
  for (;;) {
    startAt += -Math.log(1 - random()) * (target.kind === 'build' ? HOUR_MS / 10 : pauseMs)
    if (startAt >= endAt) return coming
    coming.push({ startAt, endAt: startAt + durationMs(target, facts) })
    if (target.kind === 'build') return coming
  }
}

function buildsPerHour({ past }: ForecastTarget, { unknownPerHour }: ForecastFacts): number {
  const starts = past.map(({ createdAt }) => createdAt)
  const spanMs = Math.max(...starts) - Math.min(...starts)
  return starts.length < 2 || spanMs <= 0 ? unknownPerHour : ((starts.length - 1) * HOUR_MS) / spanMs
}

/** Without a past, as the account's builds are thought to take: log-normal, by Box and Muller's transform. */
function durationMs({ past }: ForecastTarget, { prior, random }: ForecastFacts): number {
  const drawn = past[Math.floor(random() * past.length)]
  if (drawn) return drawn.durationMs
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return 1000 * Math.exp(prior.meanLn + prior.sdLn * normal)
}

function delays(delaysMs: readonly number[]): Pick<TargetForecast, 'meanDelayS' | 'p95DelayS'> {
  if (delaysMs.length === 0) return {}
  const seconds = delaysMs.map((ms) => ms / 1000)
  const meanDelayS = seconds.reduce((sum, value) => sum + value, 0) / seconds.length
  return { meanDelayS, p95DelayS: quantile(seconds, 0.95) }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
