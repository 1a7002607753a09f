/** Turns traced jobs into a stream of builds with the wanted number of builds under way at once. */
import { mulberry32 } from '../../src/domain/seeded-random.js'
import type { TracedJob } from './traces.js'

export type ArrivalMode = 'steady' | 'compressed'

export interface Arrival {
  /** Index of its job. */
  readonly job: number
  readonly startS: number
  readonly endS: number
}

export interface Load {
  readonly jobs: readonly TracedJob[]
  readonly mode: ArrivalMode
  /** Builds under way at once, on average. */
  readonly builds: number
  readonly seed: number
  /** At most so many builds, the first of each job. */
  readonly longest: number
}

/** By start. */
export function arrivalsOf(load: Load): Arrival[] {
  return load.mode === 'steady' ? steady(load) : compressed(load)
}

/** Poisson arrivals; each is the next build of a job drawn in proportion to its length. */
function steady({ jobs, builds, seed, longest }: Load): Arrival[] {
  const random = mulberry32(seed)
  const order = jobs.flatMap(({ builds }, job) => builds.map(() => job))
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    ;[order[at], order[other]] = [order[other]!, order[at]!]
  }
  const taken = jobs.map(() => 0)
  const durations = order.slice(0, longest).map((job) => {
    const durationS = jobs[job]!.builds[taken[job]!]!.durationS
    taken[job]! += 1
    return { job, durationS }
  })
  const gapS = mean(durations.map(({ durationS }) => durationS)) / builds
  let startS = 0
  return durations.map(({ job, durationS }) => {
    startS += -Math.log(1 - random()) * gapS
    return { job, startS, endS: startS + durationS }
  })
}

/** The real starts, all gaps squeezed alike. */
function compressed({ jobs, builds, longest }: Load): Arrival[] {
  const all = jobs
    .flatMap(({ builds }, job) => builds.map((build) => ({ job, ...build })))
    .sort((a, b) => a.startedAtS - b.startedAtS)
    .slice(0, longest)
  const first = all[0]?.startedAtS ?? 0
  const spanS = Math.max(1, (all.at(-1)?.startedAtS ?? 0) - first)
  const squeeze = (mean(all.map(({ durationS }) => durationS)) * all.length) / builds / spanS
  return all.map(({ job, startedAtS, durationS }) => {
    const startS = (startedAtS - first) * squeeze
    return { job, startS, endS: startS + durationS }
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
