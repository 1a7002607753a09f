/** What a rehearsal keeps of targets and jobs: the daemon's poll jobs, and its records in Redis. */
import type { FinishedBuild } from './planner.js'
import type { ComingBuild, Rehearsed, RehearsedJob } from './rehearsal-facts.js'

export interface Build extends ComingBuild {
  readonly id: string
}

export interface Start {
  readonly job: number
  readonly build: Build
}

export interface Target {
  readonly job: number
  active: Build[]
  askedAt: number
  dueAt: number
  /** Of the wake-up that counts: what else lies on the timeline was overtaken. */
  wakeAt: number
  appetite: number
  fixedPerS: number
  urgency: number
}

export interface Job {
  readonly facts: RehearsedJob
  past: readonly FinishedBuild[]
  version: number
  unseen: Build[]
  readonly result: Rehearsed
}
