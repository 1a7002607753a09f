import type { BuildRef } from '../domain/build.js'
import type { Outcome } from '../domain/outcome.js'
import type { BuildScript } from './build-script.js'

/** The demo's compression: a simulated minute passes in one real second. */
export const DEMO_TIME_SCALE = 60

const SECOND = 1000
/** Real ms: late enough to be watched from the start, all over while a person still looks. */
const FIRST_END_MS = 3.5 * SECOND
const LAST_END_MS = 12 * SECOND

/** Longer phases than real builds have around BUILDING, so that each is seen at least once. */
const SHARES: readonly (readonly [status: string, share: number])[] = [
  ['QUEUED', 0.12],
  ['PENDING', 0.12],
  ['STARTING', 0.14],
  ['CLONING', 0.14],
  ['BUILDING', 0.33],
  ['UPLOADING', 0.15],
]

interface Fate {
  readonly outcome: Outcome
  readonly last: string
}

const FATES: Readonly<Record<string, Fate>> = {
  success: { outcome: 'success', last: 'UPLOADING' },
  failure: { outcome: 'failure', last: 'BUILDING' },
  crashed: { outcome: 'crashed', last: 'BUILDING' },
  aborted: { outcome: 'aborted', last: 'CLONING' },
  submission: { outcome: 'submission_failure', last: 'PENDING' },
}

/** A script for each build, ending as its id says (`demo-failure-1`; a success otherwise), one after another. */
export function demoBuilds(refs: readonly BuildRef[]): BuildScript[] {
  const strideMs = (LAST_END_MS - FIRST_END_MS) / Math.max(1, refs.length - 1)
  return refs.map((ref, at) => {
    const fate = FATES[ref.build.split('-')[1] ?? ''] ?? { outcome: 'success', last: 'UPLOADING' }
    const lengthMs = (FIRST_END_MS + at * strideMs) * DEMO_TIME_SCALE
    return { ref, outcome: fate.outcome, steps: stepsTo(fate.last, lengthMs) }
  })
}

function stepsTo(last: string, lengthMs: number): { status: string; forMs: number }[] {
  const way = SHARES.slice(0, SHARES.findIndex(([status]) => status === last) + 1)
  const whole = way.reduce((sum, [, share]) => sum + share, 0)
  return way.map(([status, share]) => ({ status, forMs: (lengthMs * share) / whole }))
}
