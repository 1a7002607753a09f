import type { BuildRef } from '../../../src/domain/build.js'
import { type BuildEvent, transitionEvent } from '../../../src/domain/event.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import {
  detectChange,
  type RecordedBuild,
  type Transition,
  UNRECORDED,
} from '../../../src/domain/transition.js'

export const OBSERVED_AT = Date.UTC(2026, 0, 5, 12)
export const REF: BuildRef = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'quick-fox-1' }
export const KEY = 'shop/jobs/nightly/quick-fox-1'

export function snapshotOf(build: Partial<ApiBuild> = {}, instants: Partial<Snapshot> = {}): Snapshot {
  return { ref: REF, build: { id: REF.build, ...build }, observedAt: OBSERVED_AT, ...instants }
}

/** The transition that the snapshot makes; the test is wrong if it makes none. */
export function transitionOf(before: RecordedBuild, snapshot: Snapshot): Transition {
  const change = detectChange(before, snapshot)
  if (change.kind !== 'transition') throw new Error(`no transition but ${change.kind}`)
  return change.transition
}

/** What the record holds after a transition. */
export function recordedAfter(transition: Transition, snapshot: Snapshot): RecordedBuild {
  const { seq, to, concluded, visits } = transition
  return { seq, concluded, visits, latest: snapshot.build, ...(to === null ? {} : { status: to }) }
}

/** The record after these statuses were seen one after the other. */
export function recordedBy(...statuses: string[]): RecordedBuild {
  return statuses.reduce<RecordedBuild>((before, status) => {
    const snapshot = snapshotOf({ status })
    return recordedAfter(transitionOf(before, snapshot), snapshot)
  }, UNRECORDED)
}

export function eventOf(build: Partial<ApiBuild>, before: RecordedBuild = UNRECORDED): BuildEvent {
  const snapshot = snapshotOf(build)
  return transitionEvent('default', snapshot, transitionOf(before, snapshot))
}
