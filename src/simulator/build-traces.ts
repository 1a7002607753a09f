import { readFileSync } from 'node:fs'
import type { Outcome } from '../domain/outcome.js'
import type { Random } from '../domain/ports.js'
import { pickOne } from './pick-one.js'

/** One real build. */
export interface TracedBuild {
  readonly durationMs: number
  readonly outcome: Outcome
}

export interface TracedJob {
  readonly name: string
  readonly builds: readonly TracedBuild[]
  readonly medianMs: number
}

const FILE = new URL('./traces/build-traces.json', import.meta.url)
const OUTCOMES: Readonly<Record<string, Outcome>> = { s: 'success', f: 'failure', a: 'aborted' }

interface TraceFile {
  readonly jobs: readonly {
    readonly name: string
    readonly durationsInSeconds: readonly number[]
    readonly outcomes: string
  }[]
}

let jobs: readonly TracedJob[] | undefined

/** The jobs in `traces/`, read once, at first use. */
export function tracedJobs(): readonly TracedJob[] {
  jobs ??= readTraces()
  return jobs
}

/** A real build of `job` (any by default), of the given outcome where there were such builds. */
export function drawBuild(
  random: Random,
  { job, outcome }: { readonly job?: string | undefined; readonly outcome?: Outcome | undefined },
): TracedBuild {
  const all = tracedJobs()
  const { builds } = all.find(({ name }) => name === job) ?? pickOne(all, random)
  const alike = builds.filter((build) => build.outcome === outcome)
  return pickOne(alike.length > 0 ? alike : builds, random)
}

function readTraces(): readonly TracedJob[] {
  const file: TraceFile = JSON.parse(readFileSync(FILE, 'utf8'))
  return file.jobs.map(({ name, durationsInSeconds, outcomes }) => ({
    name,
    medianMs: median(durationsInSeconds) * 1000,
    builds: durationsInSeconds.map((seconds, at) => ({
      durationMs: seconds * 1000,
      outcome: OUTCOMES[outcomes.charAt(at)] ?? 'unknown',
    })),
  }))
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
