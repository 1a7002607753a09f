/**
 * Builds that begin one after the other, as they do at a job or service that people push to: branches, pull requests with a
 * few builds each, and the mix of outcomes and durations of a real job. All chance is drawn from the seed, each kind of it
 * from a stream of its own, so that another share of pull requests leaves instants and outcomes as they are.
 */
import { type ResourceRef, resourceKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { OUTCOMES, type Outcome } from '../domain/outcome.js'
import type { Random } from '../domain/ports.js'
import { createRandom } from '../domain/seeded-random.js'
import type { BuildScript } from './build-script.js'
import { drawBuild, type TracedJob, tracedJobs } from './build-traces.js'
import { pickOne } from './pick-one.js'

/** Durations are simulated ms. Either `everyMs` or `perHour` must be there. */
export interface ArrivalPlan {
  readonly resource: ResourceRef
  /** 100 by default. */
  readonly count?: number | undefined
  /** One after each such pause. */
  readonly everyMs?: number | undefined
  /** So many in a simulated hour on average, at random (a Poisson process). */
  readonly perHour?: number | undefined
  /** Before the first pause; negative for builds of the past. 0 by default. */
  readonly startsInMs?: number | undefined
  /** Of builds that are no pull request's, all equally likely; `main` by default. */
  readonly branches?: readonly string[] | undefined
  /** 0 by default. */
  readonly pullRequestShare?: number | undefined
  /** How likely each is, compared with the others; as in the trace by default. */
  readonly outcomes?: Partial<Readonly<Record<Outcome, number | undefined>>> | undefined
  /** Of every build; drawn from the trace by default. */
  readonly durationMs?: number | undefined
  /** Name of the job in `traces/` that the builds are drawn from; one that the seed picks, and that succeeds at times, by default. */
  readonly trace?: string | undefined
  /** Builds are `<prefix>-1`, `<prefix>-2`, …; `build` by default. */
  readonly prefix?: string | undefined
  /** The simulator's own by default. */
  readonly seed?: number | undefined
}

const HOUR_MS = 3_600_000
export const MOST_ARRIVALS = 100_000
const COUNT = 100
/** About so many builds a pull request has. */
const BUILDS_PER_PULL_REQUEST = 4
const FIRST_PULL_REQUEST = 101

/** The same plan and seed make the same scripts. Throws USAGE for a plan that makes no sense. */
export function arrivals(plan: ArrivalPlan, simulatorSeed: number): BuildScript[] {
  checkArrivals(plan)
  const { resource, count = COUNT, prefix = 'build', seed = simulatorSeed } = plan
  const randomFor = (what: string) => createRandom(seed, `${resourceKey(resource)}/${prefix}/${what}`)
  const startsIn = startDrawing(plan, randomFor('starts'))
  const line = lineDrawing(plan, count, randomFor('lines'))
  const fate = fateDrawing(plan, randomFor('fates'))
  return Array.from({ length: count }, (_, at) => ({
    ref: { ...resource, build: `${prefix}-${at + 1}` },
    startsInMs: startsIn(),
    ...line(),
    ...fate(),
  }))
}

function startDrawing({ everyMs, perHour = 1, startsInMs = 0 }: ArrivalPlan, random: Random): () => number {
  let at = startsInMs
  return () => {
    // 1 − random is never 0, whose logarithm is no number.
    at += everyMs ?? (-Math.log(1 - random()) * HOUR_MS) / perHour
    return Math.round(at)
  }
}

type Line = Pick<BuildScript, 'branch' | 'pullRequestId'>

function lineDrawing(
  { branches, pullRequestShare = 0 }: ArrivalPlan,
  count: number,
  random: Random,
): () => Line {
  const pullRequests = Math.max(1, Math.round((count * pullRequestShare) / BUILDS_PER_PULL_REQUEST))
  return () => {
    // Drawn for every build, whether it is used or not, so that the next ones stay as they are.
    const [chance, choice] = [random(), random()]
    if (chance >= pullRequestShare)
      return { branch: pickOne(branches ?? ['main'], () => choice), pullRequestId: null }
    const pullRequestId = FIRST_PULL_REQUEST + Math.floor(choice * pullRequests)
    return { branch: `change-${pullRequestId}`, pullRequestId }
  }
}

type Fate = Pick<BuildScript, 'outcome' | 'durationMs' | 'trace'>

function fateDrawing({ outcomes, durationMs, trace }: ArrivalPlan, random: Random): () => Fate {
  const job = trace ?? pickOne(tracedJobs().filter(succeedsAtTimes), random).name
  return () => {
    const wanted = outcomes && pickWeighted(outcomes, random())
    const drawn = drawBuild(random, { job, outcome: wanted })
    const outcome = wanted ?? drawn.outcome
    // How long a failed submission takes has nothing to do with the job.
    const drawnMs = outcome === 'submission_failure' ? undefined : drawn.durationMs
    return { outcome, durationMs: durationMs ?? drawnMs, trace: job }
  }
}

/** One of the real jobs never does; nobody would take that for a job of theirs unless asked for. */
function succeedsAtTimes({ builds }: TracedJob): boolean {
  return builds.some(({ outcome }) => outcome === 'success')
}

function pickWeighted(weights: NonNullable<ArrivalPlan['outcomes']>, chance: number): Outcome {
  let left = chance * sumOf(weights)
  const likely = OUTCOMES.filter((outcome) => (weights[outcome] ?? 0) > 0)
  return likely.find((outcome) => (left -= weights[outcome] ?? 0) < 0) ?? likely.at(-1) ?? 'unknown'
}

function sumOf(weights: NonNullable<ArrivalPlan['outcomes']>): number {
  return OUTCOMES.reduce((sum, outcome) => sum + (weights[outcome] ?? 0), 0)
}

function checkArrivals(plan: ArrivalPlan): void {
  const wrong = RULES.filter(([, holds]) => !holds(plan)).map(([rule]) => rule)
  if (wrong.length === 0) return
  throw new BuildwatchdError('USAGE', `Arrivals at ${resourceKey(plan.resource)}: ${wrong.join('; ')}.`)
}

const RULES: readonly (readonly [rule: string, holds: (plan: ArrivalPlan) => boolean])[] = [
  [
    `count must be a whole number from 1 to ${MOST_ARRIVALS}`,
    ({ count = 1 }) => Number.isInteger(count) && count >= 1 && count <= MOST_ARRIVALS,
  ],
  [
    'one of everyMs and perHour must say how fast they come',
    ({ everyMs, perHour }) => (everyMs === undefined) !== (perHour === undefined),
  ],
  ['everyMs must be 0 or more', ({ everyMs = 0 }) => everyMs >= 0 && Number.isFinite(everyMs)],
  ['perHour must be above 0', ({ perHour = 1 }) => perHour > 0 && Number.isFinite(perHour)],
  ['pullRequestShare must be from 0 to 1', ({ pullRequestShare: share = 0 }) => share >= 0 && share <= 1],
  ['branches must name one at least', ({ branches = ['main'] }) => branches.length > 0],
  [
    'outcomes must be weights of 0 or more, one of them above 0',
    ({ outcomes = { success: 1 } }) =>
      sumOf(outcomes) > 0 &&
      OUTCOMES.every((outcome) => (outcomes[outcome] ?? 0) >= 0 && sumOf(outcomes) < Infinity),
  ],
]
