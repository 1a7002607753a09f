/** What the simulation keeps of targets and jobs: the daemon's poll jobs, and its records in Redis. */
import type { ActiveBuild, FinishedBuild } from '../../src/planning/planner.js'

export interface Target {
  readonly kind: 'build' | 'feed'
  readonly job: number
  active: ActiveBuild[]
  /** Epoch ms of the last answer. */
  askedAt: number
  /** Of the poll that counts: what else lies on the timeline was overtaken. */
  dueAt: number
  wakeAt: number
  appetite: number
  urgency: number
}

export interface Job {
  builds: FinishedBuild[]
  version: number
  /** Builds that have started and were not listed yet, by index. */
  unseen: number[]
}

export function newTarget(
  kind: Target['kind'],
  { job, active, now }: { job: number; active: ActiveBuild[]; now: number },
): Target {
  return { kind, job, active, askedAt: now, dueAt: Infinity, wakeAt: Infinity, appetite: 0, urgency: 0 }
}
