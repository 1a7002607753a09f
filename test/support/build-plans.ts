/** Builds as a run wants them: when they begin, what they pass through, how they end. All times are real milliseconds. */
import type { Seeded } from './seeded.js'

export interface BuildPlan {
  readonly project: string
  readonly kind: 'jobs' | 'services'
  readonly resource: string
  readonly build: string
  readonly steps: readonly { readonly status: string; readonly forMs: number }[]
  readonly end: { readonly status: string; readonly success?: boolean }
  /** What must be told of it. */
  readonly outcome: string
  /** When it is created, from the beginning of the run; negative for a build of the past. 0 by default. */
  readonly startsInMs?: number
  /** Drawn by the simulator, as `pullRequestId`, where it is not given. */
  readonly branch?: string
  /** `null` for none. */
  readonly pullRequestId?: number | null
}

export type Ending = Pick<BuildPlan, 'end' | 'outcome'>

const SUCCESS: Ending = { end: { status: 'SUCCESS', success: true }, outcome: 'success' }

/** Every outcome, a contradiction and a word that nobody knows among them. */
export const ENDINGS: readonly Ending[] = [
  { end: { status: 'SUCCESS', success: true }, outcome: 'success' },
  { end: { status: 'FAILURE', success: false }, outcome: 'failure' },
  { end: { status: 'CRASHED', success: false }, outcome: 'crashed' },
  { end: { status: 'SUBMISSION_FAILURE', success: false }, outcome: 'submission_failure' },
  { end: { status: 'ABORTED', success: false }, outcome: 'aborted' },
  { end: { status: 'SUCCESS', success: false }, outcome: 'unknown' },
  { end: { status: 'VANISHED' }, outcome: 'unknown' },
]
const WAY = ['PENDING', 'STARTING', 'CLONING', 'BUILDING', 'UPLOADING']

/** The key under which the build is recorded; the ids of plans need no encoding. */
export function keyOf({ project, kind, resource, build }: BuildPlan): string {
  return `${project}/${kind}/${resource}/${build}`
}

/** `count` builds of jobs and services that end at random within `spanMs`, every outcome among them from seven on. */
export function planBuilds(count: number, spanMs: number, chance: Seeded): BuildPlan[] {
  return Array.from({ length: count }, (_, at) => {
    const way = WAY.filter((status) => status === 'BUILDING' || chance.random() < 0.6)
    const runsMs = chance.between(500, Math.floor(spanMs * 0.5))
    const running = way.map((status) => ({ status, forMs: Math.ceil(runsMs / way.length) }))
    return planBuild(`build-${at + 1}`, {
      ...(ENDINGS[at % ENDINGS.length] ?? SUCCESS),
      kind: chance.pick(['jobs', 'services'] as const),
      resource: chance.pick(['web', 'api', 'nightly']),
      steps: [{ status: 'QUEUED', forMs: chance.between(0, Math.floor(spanMs * 0.4)) }, ...running],
    })
  })
}

/** One build: BUILDING for a second, then a success, unless said otherwise. */
export function planBuild(build: string, changes: Partial<BuildPlan> = {}): BuildPlan {
  return {
    project: 'shop',
    kind: 'jobs',
    resource: 'nightly',
    build,
    steps: [{ status: 'BUILDING', forMs: 1000 }],
    ...SUCCESS,
    ...changes,
  }
}
