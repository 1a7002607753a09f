import { describe, expect, it } from '@jest/globals'
import type { BuildEvent } from '../../../src/domain/event.js'
import { transitionEvent } from '../../../src/domain/event.js'
import { explainedProbes } from '../../../src/domain/explained-probes.js'
import { isoInstant } from '../../../src/domain/instant.js'
import type { ProbeNote } from '../../../src/domain/probe.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { OBSERVED_AT, recordedAfter, snapshotOf, transitionOf } from './fixtures.js'

const SECOND = 1000
const at = (seconds: number): number => OBSERVED_AT + seconds * SECOND

function probe(seconds: number): ProbeNote {
  return { at: at(seconds), why: 'plan', requests: 1, saw: { kind: 'seen', builds: 1, active: 1 } }
}

/** Events of one build, each as of so many seconds. */
function story(...steps: readonly [seconds: number, build: Partial<ApiBuild>][]): BuildEvent[] {
  let before: RecordedBuild = UNRECORDED
  return steps.map(([seconds, build]) => {
    const snapshot = snapshotOf({ createdAt: isoInstant(at(0)), ...build }, { observedAt: at(seconds) })
    const transition = transitionOf(before, snapshot)
    before = recordedAfter(transition, snapshot)
    return transitionEvent('default', snapshot, transition)
  })
}

const BUILDING = { status: 'BUILDING', concluded: false } as const
const ENDED = { status: 'SUCCESS', concluded: true, success: true } as const

describe('the probes of a build', () => {
  it('say which of them told what: a probe is dated by its request, what it shows by the answer', () => {
    const probes = [probe(10), probe(20), probe(30)]
    const found = explainedProbes(probes, story([10.2, BUILDING], [30.4, ENDED]))
    expect(found.map(({ told }) => told)).toEqual([
      { to: 'BUILDING' },
      undefined,
      { to: 'SUCCESS', outcome: 'success' },
    ])
  })

  it('are those between creation and end', () => {
    const probes = [probe(-20), probe(-10), probe(5), probe(15), probe(25), probe(60)]
    const found = explainedProbes(probes, story([15.1, BUILDING], [25.1, ENDED]))
    expect(found.map((each) => each.at)).toEqual([at(5), at(15), at(25)])
  })

  it('begin with the one that saw it first, where the API dates its creation later than our clock', () => {
    const found = explainedProbes([probe(-9), probe(-1), probe(10)], story([-0.5, BUILDING], [10.1, ENDED]))
    expect(found.map((each) => each.at)).toEqual([at(-1), at(10)])
  })

  it('go on while it runs', () => {
    const found = explainedProbes([probe(1), probe(500)], story([1.1, BUILDING]))
    expect(found.map(({ told }) => told?.to)).toEqual(['BUILDING', undefined])
  })

  it('are none where nothing was told', () => {
    expect(explainedProbes([probe(1)], [])).toEqual([])
  })

  it('count from the first sight where no creation is known', () => {
    const told = story([15.1, { ...BUILDING, createdAt: 'unknown' }])
    expect(explainedProbes([probe(5), probe(15)], told).map((each) => each.at)).toEqual([at(15)])
  })
})
