/** The simulated Northflank of a world, and its log of answers as the history checker wants it. */
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js'
import type { BuildPlan } from './build-plans.js'
import type { ServedAnswer } from './history-checker/history.js'
import { API_TOKEN } from './world-files.js'

export interface WorldApi {
  readonly url: string
  readonly simulator: Simulator
  /** Answers that showed a build, whole and in a form that is to be believed. */
  answers(): ServedAnswer[]
}

export interface WorldApiOptions {
  readonly plans: readonly BuildPlan[]
  readonly seed: number
  /** Requests per window. */
  readonly limit: number
  readonly windowMs: number
  readonly answerDelayMs: number
}

/** Faults that leave a build in the answer which must be recorded as it stands there. */
const HONEST_FAULTS = new Set([
  'late',
  'drip',
  'regression',
  'contradiction',
  'missing_fields',
  'conclusion_unit',
])

export async function startWorldApi({
  plans,
  seed,
  limit,
  windowMs,
  answerDelayMs,
}: WorldApiOptions): Promise<WorldApi> {
  const builds = plans.map(({ project, kind, resource, build, steps, end }) => {
    const ref = { project, kind, resource, build }
    return { ref, steps, end }
  })
  const simulator = await startSimulator({ seed, limit, windowMs, builds, tokens: [API_TOKEN] })
  if (answerDelayMs > 0) simulator.fault({ kind: 'late', delayMs: answerDelayMs })
  return { url: simulator.url, simulator, answers: () => simulator.served().flatMap(answerOf) }
}

function answerOf({
  key,
  status,
  complete,
  faults,
  ...answer
}: ReturnType<Simulator['served']>[number]): ServedAnswer[] {
  if (key === undefined || status !== 200 || !complete) return []
  if (faults.some((kind) => !HONEST_FAULTS.has(kind))) return []
  const { startedAt, at: endedAt, buildStatus, concluded = false } = answer
  return [
    {
      build: key,
      startedAt,
      endedAt,
      concluded,
      ...(buildStatus === undefined ? {} : { status: buildStatus }),
    },
  ]
}
