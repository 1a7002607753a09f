/**
 * From a script to the build's whole life. All chance is spent here, at once: afterwards a build is a list of instants, so
 * nothing ticks, answers need no order, and the truth is exact to the millisecond.
 */
import type { Outcome } from '../domain/outcome.js'
import type { Random } from '../domain/ports.js'
import type { BuildScript, ScriptEnd, ScriptStep } from './build-script.js'
import { drawBuild } from './build-traces.js'
import { pickOne } from './pick-one.js'
import type { StatusWalk, WalkStep } from './status-walk.js'

const SECOND = 1000

/** About how long the service itself takes for each phase; BUILDING takes the rest of the build. */
const PHASE_MS: Readonly<Record<string, number>> = {
  QUEUED: 3 * SECOND,
  PENDING: 5 * SECOND,
  UNSCHEDULABLE: 40 * SECOND,
  STARTING: 8 * SECOND,
  CLONING: 6 * SECOND,
  UPLOADING: 20 * SECOND,
}
const WAY = ['QUEUED', 'PENDING', 'STARTING', 'CLONING', 'BUILDING', 'UPLOADING']
const UNSCHEDULABLE_CHANCE = 0.08
/** In a short build the phases around BUILDING shrink to this share of it. */
const MOST_AROUND = 0.4

/** The phase in which a build of each outcome ends; a word that stands twice is twice as likely. */
const LAST_PHASES: Readonly<Record<Outcome, readonly string[]>> = {
  success: ['UPLOADING'],
  failure: ['BUILDING'],
  crashed: ['STARTING', 'BUILDING', 'BUILDING', 'BUILDING', 'UPLOADING'],
  submission_failure: ['QUEUED', 'PENDING'],
  aborted: [...WAY, 'BUILDING', 'BUILDING', 'BUILDING'],
  unknown: ['BUILDING', 'UPLOADING'],
}

const ENDS: Readonly<Record<Outcome, readonly ScriptEnd[]>> = {
  success: [{ status: 'SUCCESS', success: true, message: 'Image successfully built' }],
  failure: [{ status: 'FAILURE', success: false, message: 'The build process exited with code 1' }],
  crashed: [{ status: 'CRASHED', success: false, message: 'The builder ran out of memory' }],
  submission_failure: [
    { status: 'SUBMISSION_FAILURE', success: false, message: 'The build could not be submitted' },
  ],
  aborted: [{ status: 'ABORTED', success: false, message: 'The build was aborted' }],
  unknown: [
    { status: 'SUCCESS', success: false },
    { status: 'FAILURE', success: true },
    { status: 'IN_PROGRESS' },
    { status: 'TIMED_OUT', message: null },
  ],
}

export interface WalkFrame {
  /** Epoch ms. */
  readonly createdAt: number
  readonly timeScale: number
  readonly random: Random
}

export function planWalk(script: BuildScript, { createdAt, timeScale, random }: WalkFrame): StatusWalk {
  const drawn = drawBuild(random, { job: script.trace, outcome: script.outcome })
  const outcome = script.outcome ?? drawn.outcome
  const end = script.end ?? pickOne(ENDS[outcome], random)
  const steps =
    script.steps ?? drawSteps(outcome, script.durationMs ?? lengthOf(drawn, outcome, random), random)
  const walked: WalkStep[] = []
  let passedMs = 0
  for (const { status, forMs } of steps) {
    walked.push({ status, at: createdAt + Math.round(passedMs / timeScale) })
    passedMs += forMs
  }
  const concludedAt = createdAt + Math.round(passedMs / timeScale)
  return { steps: lasting(walked, concludedAt), concludedAt, end }
}

/** A submission fails within seconds, whatever the job. */
function lengthOf(drawn: { readonly durationMs: number }, outcome: Outcome, random: Random): number {
  return outcome === 'submission_failure' ? (2 + 13 * random()) * SECOND : drawn.durationMs
}

function drawSteps(outcome: Outcome, durationMs: number, random: Random): ScriptStep[] {
  const route = WAY.slice(0, WAY.indexOf(pickOne(LAST_PHASES[outcome], random)) + 1)
  const waitsForRoom = route.includes('STARTING') && random() < UNSCHEDULABLE_CHANCE
  if (waitsForRoom) route.splice(route.indexOf('STARTING'), 0, 'UNSCHEDULABLE')
  const weights = route.map((status) => (PHASE_MS[status] ?? 0) * (0.5 + random()))
  const aroundMs = weights.reduce((sum, weight) => sum + weight, 0)
  const share = route.includes('BUILDING')
    ? Math.min(1, (MOST_AROUND * durationMs) / aroundMs)
    : durationMs / aroundMs
  const buildingMs = durationMs - aroundMs * share
  return route.map((status, at) => ({
    status,
    forMs: status === 'BUILDING' ? buildingMs : (weights[at] ?? 0) * share,
  }))
}

/** Without the steps that compression or a script has left no time, for nobody can ever see them. */
function lasting(steps: readonly WalkStep[], concludedAt: number): WalkStep[] {
  return steps.filter(({ at }, index) => at < (steps[index + 1]?.at ?? concludedAt))
}
