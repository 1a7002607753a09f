/** One cell of the grid: one group of jobs under one load, by every method. */
import { type ArrivalMode, arrivalsOf } from './arrivals.js'
import { type Run, type Setting, timers } from './baselines.js'
import { fairShare } from './fair-share.js'
import { simulate } from './ours.js'
import { readTraces, type TracedJob } from './traces.js'
import { trueModel } from './truth.js'

export interface CellTask {
  readonly traces: string
  readonly group: string
  readonly mode: ArrivalMode
  readonly builds: number
  readonly limit: number
  readonly seed: number
  /** Only these methods; all if absent. */
  readonly methods?: readonly string[]
}

export interface Figures {
  readonly method: string
  readonly requestsPerBuild: number
  readonly meanS: number
  readonly medianS: number
  readonly p95S: number
  readonly p99S: number
  readonly maxS: number
  readonly refusals: number
  /** Share of limit − reserve that was spent, over the whole run. */
  readonly spent: number
  readonly meanToFair: number
  readonly p99ToFair: number
  readonly meanToBound?: number
  /** Planning CPU per request, µs. */
  readonly planningUs?: number
}

export interface CellResult extends Omit<CellTask, 'traces' | 'methods'> {
  readonly jobs: number
  readonly simulatedBuilds: number
  /** Builds an hour over requests an hour: past 1 one get per build cannot keep up, whatever it does. */
  readonly crowding: number
  readonly reserve: number
  readonly figures: readonly Figures[]
}

export const FAIR = 'fair share, single gets'
export const BOUND = 'bound, single gets'
export const SINGLE = 'ours, single gets'
export const UNKNOWN = 'ours, feeds, starts unknown'
export const TOLD = 'ours, feeds, starts told'

const LONGEST_RUN_H = 400
const MOST_BUILDS = 3000
const RESERVE_SHARE = 0.1
const LEAST_RESERVE = 20

export function reserveOf(limit: number): number {
  return Math.min(Math.max(Math.ceil(limit * RESERVE_SHARE), LEAST_RESERVE), Math.floor(limit / 2))
}

/** The sources, and before those that share a first word (gha-run, gha-job) all of them together. */
export function groupsOf(jobs: readonly TracedJob[]): string[] {
  const sources = [...new Set(jobs.map(({ source }) => source))]
  const families = familiesOf(sources)
  return [...families].flatMap(([family, members]) =>
    members.length > 1 ? [`${family}-*`, ...members] : members,
  )
}

function familiesOf(sources: readonly string[]): Map<string, string[]> {
  const families = new Map<string, string[]>()
  for (const source of sources) {
    const family = source.split('-')[0] ?? source
    families.set(family, [...(families.get(family) ?? []), source])
  }
  return families
}

function inGroup(group: string): (job: TracedJob) => boolean {
  if (!group.endsWith('-*')) return ({ source }) => source === group
  const family = group.slice(0, -2)
  return ({ source }) => source === family || source.startsWith(`${family}-`)
}

export function runCell({ traces, methods, ...task }: CellTask): CellResult {
  const jobs = readTraces(traces).filter(inGroup(task.group))
  const all = jobs.flatMap(({ builds }) => builds.map(({ durationS }) => durationS))
  const meanS = all.reduce((sum, value) => sum + value, 0) / all.length
  const longest = Math.max(
    200,
    Math.min(MOST_BUILDS, Math.floor((LONGEST_RUN_H * 3600 * task.builds) / meanS)),
  )
  const arrivals = arrivalsOf({ jobs, mode: task.mode, builds: task.builds, seed: task.seed, longest })
  const reserve = reserveOf(task.limit)
  const setting = { arrivals, limit: task.limit, reserve, seed: task.seed }
  const runs = methodsOf(setting, jobs)
    .filter(([name]) => !methods || methods.includes(name) || name === FAIR)
    .map(([name, run]) => summary(name, run(), setting))
  const lengthH = ((arrivals.at(-1)?.startS ?? 0) - (arrivals[0]?.startS ?? 0)) / 3600
  return {
    ...task,
    jobs: jobs.length,
    simulatedBuilds: arrivals.length,
    crowding: arrivals.length / Math.max(lengthH, 0.01) / (task.limit - reserve),
    reserve,
    figures: compared(runs),
  }
}

function methodsOf(setting: Setting, jobs: readonly TracedJob[]): [string, () => Run][] {
  const ours = { ...setting, jobs: jobs.length }
  const truths = jobs.map(({ builds }) => trueModel(builds.map(({ durationS }) => durationS)))
  return [
    ...[3, 10, 30, 60].map((everyS): [string, () => Run] => [
      `fixed ${everyS} s`,
      () => timers(setting, () => everyS),
    ]),
    ['backoff 1.5×, ≤ 60 s', () => timers(setting, (polls) => Math.min(60, 2 * 1.5 ** polls))],
    [FAIR, () => fairShare(setting)],
    [BOUND, () => simulate({ ...ours, estimator: ({ id }) => truths[Number(id)]! }, 'single')],
    [SINGLE, () => simulate(ours, 'single')],
    [UNKNOWN, () => simulate(ours, 'feeds, starts unknown')],
    [TOLD, () => simulate(ours, 'feeds, starts told')],
  ]
}

type Summary = Omit<Figures, 'meanToFair' | 'p99ToFair' | 'meanToBound'>

function summary(method: string, run: Run, { limit, reserve }: Setting): Summary {
  const sorted = run.latencies.toSorted()
  const builds = sorted.length
  const quantile = (share: number) => sorted[Math.min(builds - 1, Math.floor(builds * share))] ?? 0
  return {
    method,
    requestsPerBuild: run.requests / builds,
    meanS: sorted.reduce((sum, value) => sum + value, 0) / builds,
    medianS: quantile(0.5),
    p95S: quantile(0.95),
    p99S: quantile(0.99),
    maxS: quantile(1),
    refusals: run.refusals,
    spent: run.requests / ((run.endS / 3600) * (limit - reserve)),
    ...(run.planningMs === undefined ? {} : { planningUs: (1000 * run.planningMs) / run.requests }),
  }
}

function compared(runs: readonly Summary[]): Figures[] {
  const fair = runs.find(({ method }) => method === FAIR)!
  const bound = runs.find(({ method }) => method === BOUND)
  return runs.map((run) => ({
    ...run,
    meanToFair: run.meanS / fair.meanS,
    p99ToFair: run.p99S / fair.p99S,
    ...(bound ? { meanToBound: run.meanS / bound.meanS } : {}),
  }))
}
