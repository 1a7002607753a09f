import type { BuildRef } from '../domain/build.js'
import type { Outcome } from '../domain/outcome.js'
import type { BuildScript, Ending, Step } from './build-script.js'

export interface Invention {
  readonly ref: BuildRef
  readonly outcome: Outcome
  /** Real ms from creation to conclusion. */
  readonly durationMs: number
  readonly createdAt: number
  readonly random: () => number
  readonly branch?: string
  readonly pullRequestId?: number | null
}

/** The usual way of a build, with the share of the whole that each status takes. */
const WAY: readonly { readonly status: string; readonly share: number }[] = [
  { status: 'QUEUED', share: 0.03 },
  { status: 'PENDING', share: 0.05 },
  { status: 'STARTING', share: 0.06 },
  { status: 'CLONING', share: 0.06 },
  { status: 'BUILDING', share: 0.65 },
  { status: 'UPLOADING', share: 0.15 },
]

/** How each outcome shows at the end, and which step of the way a build with it does not outlive. */
const ENDINGS: Readonly<Record<Outcome, { readonly end: Ending; readonly last: string }>> = {
  success: {
    end: { status: 'SUCCESS', success: true, message: 'Image successfully built' },
    last: 'UPLOADING',
  },
  failure: { end: { status: 'FAILURE', success: false, message: 'Build failed' }, last: 'BUILDING' },
  crashed: {
    end: { status: 'CRASHED', success: false, message: 'Builder ran out of memory' },
    last: 'BUILDING',
  },
  submission_failure: {
    end: { status: 'SUBMISSION_FAILURE', success: false, message: 'Build could not be submitted' },
    last: 'PENDING',
  },
  aborted: { end: { status: 'ABORTED', success: false, message: 'Build aborted' }, last: 'BUILDING' },
  unknown: { end: { status: 'SUCCESS', success: false }, last: 'BUILDING' },
}

const UNSCHEDULABLE_CHANCE = 0.1

/** A build that ends with `outcome` after `durationMs`, on a realistic way there. */
export function inventBuild(invention: Invention): BuildScript {
  const { ref, outcome, durationMs, createdAt, random } = invention
  const { end, last } = ENDINGS[outcome]
  return {
    ref,
    createdAt,
    steps: stepsTo(last, { durationMs, random }),
    end,
    branch: invention.branch ?? 'main',
    sha: inventSha(random),
    pullRequestId: invention.pullRequestId ?? null,
  }
}

function stepsTo(last: string, { durationMs, random }: { durationMs: number; random: () => number }): Step[] {
  const way = WAY.slice(0, WAY.findIndex(({ status }) => status === last) + 1)
  const weighed = way.map(({ status, share }) => ({ status, weight: share * (0.5 + random()) }))
  if (random() < UNSCHEDULABLE_CHANCE)
    weighed.splice(2, 0, { status: 'UNSCHEDULABLE', weight: 0.1 * random() })
  const whole = weighed.reduce((sum, { weight }) => sum + weight, 0)
  return weighed.map(({ status, weight }) => ({
    status,
    forMs: Math.max(1, Math.round((durationMs * weight) / whole)),
  }))
}

function inventSha(random: () => number): string {
  return Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('')
}
