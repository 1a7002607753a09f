import { readFileSync } from 'node:fs'
import type { Outcome } from '../domain/outcome.js'

/** How long one real build took, and how it ended. Source: traces/README.md. */
export interface RealBuild {
  readonly durationMs: number
  readonly outcome: Outcome
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  success: 'success',
  failure: 'failure',
  aborted: 'aborted',
}

let loaded: ReadonlyMap<string, readonly RealBuild[]> | undefined

/** Real builds by job, oldest first. Where the source does not know the outcome it is called a success. */
export function realBuilds(): ReadonlyMap<string, readonly RealBuild[]> {
  loaded ??= parse(readFileSync(new URL('./traces/durations.csv', import.meta.url), 'utf8'))
  return loaded
}

function parse(csv: string): Map<string, RealBuild[]> {
  const jobs = new Map<string, RealBuild[]>()
  for (const line of csv.trimEnd().split('\n').slice(1)) {
    const [, job = '', seconds = '', outcome = ''] = line.split(',')
    const builds = jobs.get(job) ?? []
    builds.push({ durationMs: Number(seconds) * 1000, outcome: OUTCOMES[outcome] ?? 'success' })
    jobs.set(job, builds)
  }
  return jobs
}
