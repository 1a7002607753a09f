/** What the past builds of a job or service come to. Pure. */
import { resultOf, type Verdict } from './line.js'
import type { Outcome } from './outcome.js'
import type { ApiBuild } from './snapshot.js'

/** A build that has ended and of which both ends are known. Epoch ms. */
export interface PastRun {
  readonly build: string
  readonly createdAt: number
  readonly durationMs: number
  /** As the API last served it. This and all below are absent where the build's record has expired. */
  readonly served?: ApiBuild
  readonly line?: string
  readonly outcome?: Outcome
  readonly verdict?: Verdict
  readonly superseded?: true
}

export interface RunsSummary {
  readonly builds: number
  readonly passed: number
  /** Failed, crashed, or not even submitted. Those that were aborted or ended unknown are neither. */
  readonly failed: number
  /** Of those that passed or failed, 0 to 1; absent where there are none. */
  readonly successRate?: number
  readonly medianMs: number
  /** Nine of ten took no longer. */
  readonly p90Ms: number
}

/** Of one run at least. */
export function summaryOf(runs: readonly PastRun[]): RunsSummary {
  const results = runs.map(({ outcome }) => outcome && resultOf(outcome))
  const passed = results.filter((result) => result === 'passed').length
  const failed = results.filter((result) => result === 'failed').length
  const durations = runs.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
  const at = (rank: number): number => durations[rank] ?? 0
  return {
    builds: runs.length,
    passed,
    failed,
    ...(passed + failed === 0 ? {} : { successRate: passed / (passed + failed) }),
    medianMs: Math.round((at((runs.length - 1) >> 1) + at(runs.length >> 1)) / 2),
    p90Ms: at(Math.ceil(0.9 * runs.length) - 1),
  }
}
