/** The builds that both clients are shown: every status, every end, lists of several pages, ids that need encoding. */
import type { BuildRef } from '../../../src/domain/build.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import type { BuildScript } from '../../../src/simulator/build-script.js'

const HOUR_MS = 3_600_000
export const STATUSES = [
  'QUEUED',
  'PENDING',
  'UNSCHEDULABLE',
  'STARTING',
  'CLONING',
  'BUILDING',
  'UPLOADING',
  'IN_PROGRESS',
]
export const ENDS = [
  ...['SUCCESS', 'FAILURE', 'SUBMISSION_FAILURE', 'CRASHED', 'ABORTED'].flatMap((status) =>
    [true, false, undefined].map((success) => ({ status, success })),
  ),
  { status: undefined, success: true },
  { status: 'A_NEW_WORD', success: false },
]
export const ODD_IDS = ['a b', 'a/b', 'a?b=c', 'a#b', 'a%2Fb', 'ünï', 'a+b', 'a*b']

export const refOf = (resource: string, build: string, more: Partial<BuildRef> = {}): BuildRef => ({
  project: 'shop',
  kind: 'jobs',
  resource,
  build,
  ...more,
})
const concluded = (ref: BuildRef, at = 0): BuildScript => ({
  ref,
  startsInMs: at - HOUR_MS,
  steps: [{ status: 'BUILDING', forMs: 1000 }],
  end: { status: 'SUCCESS', success: true, message: 'Image successfully built' },
})
const FIVE = [1, 2, 3, 4, 5]

/** None of them changes for an hour. */
export const BUILDS: readonly BuildScript[] = [
  ...FIVE.map((number) => concluded(refOf('nightly', `b-${number}`), number * 1000)),
  ...FIVE.map((number) => concluded(refOf('api', `s-${number}`, { kind: 'services' }), number * 1000)),
  concluded(refOf('nightly', 'of-a-team', { team: 'acme' })),
  concluded(refOf('api', 'of-a-team', { team: 'acme', kind: 'services' })),
  { ...concluded(refOf('idle', 'to-come')), startsInMs: 10 * HOUR_MS },
  ...STATUSES.map((status) => ({
    ref: refOf('statuses', status.toLowerCase()),
    startsInMs: -60_000,
    steps: [
      { status: 'QUEUED', forMs: 1000 },
      { status: 'PENDING', forMs: 1000 },
      { status, forMs: 10 * HOUR_MS },
    ],
  })),
  { ref: refOf('statuses', 'none'), startsInMs: -60_000, steps: [{ forMs: 10 * HOUR_MS }] },
  ...ENDS.map((end, at) => ({ ...concluded(refOf('ends', `end-${at}`)), end })),
  ...OUTCOMES.map((outcome) => ({
    ref: refOf('outcomes', outcome),
    startsInMs: -HOUR_MS,
    durationMs: 1000,
    outcome,
  })),
  ...ODD_IDS.map((id) => concluded(refOf('odd', id))),
]
