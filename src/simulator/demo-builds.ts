import type { BuildRef } from '../domain/build.js'
import type { BuildScript } from './build-script.js'

/** The demo's compression: a simulated minute passes in one real second. */
export const DEMO_TIME_SCALE = 60

const SECOND = 1000

/** Longer phases than real builds have around BUILDING, so that each is seen at least once. */
const SHARES: readonly (readonly [status: string, share: number])[] = [
  ['QUEUED', 0.12],
  ['PENDING', 0.12],
  ['STARTING', 0.14],
  ['CLONING', 0.14],
  ['BUILDING', 0.33],
  ['UPLOADING', 0.15],
]

type Fate = 'success' | 'failure' | 'crashed' | 'aborted' | 'submission_failure'

/** The status in which a build of each fate ends. */
const LAST: Readonly<Record<Fate, string>> = {
  success: 'UPLOADING',
  failure: 'BUILDING',
  crashed: 'BUILDING',
  aborted: 'CLONING',
  submission_failure: 'PENDING',
}

interface Part {
  readonly kind: BuildRef['kind']
  readonly resource: string
  readonly build: string
  readonly fate: Fate
  readonly branch: string
  readonly pullRequestId?: number
  /** Real ms after the demo has begun. */
  readonly fromMs: number
  readonly toMs: number
}

/** Every outcome, one after another, and one line that turns red and is mended. */
const PARTS: readonly Part[] = [
  {
    kind: 'jobs',
    resource: 'web',
    build: 'calm-river-1',
    fate: 'failure',
    branch: 'main',
    fromMs: 0,
    toMs: 4 * SECOND,
  },
  {
    kind: 'jobs',
    resource: 'web',
    build: 'calm-river-2',
    fate: 'success',
    branch: 'main',
    fromMs: 5.5 * SECOND,
    toMs: 11 * SECOND,
  },
  {
    kind: 'jobs',
    resource: 'api',
    build: 'bold-stone-1',
    fate: 'crashed',
    branch: 'main',
    fromMs: 0,
    toMs: 6 * SECOND,
  },
  {
    kind: 'jobs',
    resource: 'nightly',
    build: 'late-moon-1',
    fate: 'aborted',
    branch: 'main',
    fromMs: 0,
    toMs: 7 * SECOND,
  },
  {
    kind: 'jobs',
    resource: 'nightly',
    build: 'late-moon-2',
    fate: 'submission_failure',
    branch: 'main',
    fromMs: 1.5 * SECOND,
    toMs: 8.5 * SECOND,
  },
  {
    kind: 'services',
    resource: 'checkout',
    build: 'quick-fox-1',
    fate: 'success',
    branch: 'feature/basket',
    pullRequestId: 12,
    fromMs: 0,
    toMs: 12 * SECOND,
  },
]

/** The builds of the demo, from the moment they are added to the simulator. */
export function demoBuilds(): BuildScript[] {
  return PARTS.map(({ kind, resource, build, fate, branch, pullRequestId = null, fromMs, toMs }) => ({
    ref: { project: 'demo', kind, resource, build },
    startsInMs: fromMs * DEMO_TIME_SCALE,
    outcome: fate,
    branch,
    pullRequestId,
    steps: stepsTo(LAST[fate], (toMs - fromMs) * DEMO_TIME_SCALE),
  }))
}

function stepsTo(last: string, lengthMs: number): { status: string; forMs: number }[] {
  const way = SHARES.slice(0, SHARES.findIndex(([status]) => status === last) + 1)
  const whole = way.reduce((sum, [, share]) => sum + share, 0)
  return way.map(([status, share]) => ({ status, forMs: (lengthMs * share) / whole }))
}
