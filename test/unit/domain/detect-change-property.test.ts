/** Whatever a build is served as, its transitions must be those of a model that is too plain to be wrong. */
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import {
  detectChange,
  type RecordedBuild,
  type Transition,
  UNRECORDED,
} from '../../../src/domain/transition.js'
import { recordedAfter, snapshotOf } from './fixtures.js'

type Served = Pick<ApiBuild, 'status' | 'concluded' | 'success'>

const status = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('QUEUED', 'BUILDING', 'UPLOADING', 'SUCCESS', 'FAILURE') },
  { weight: 3, arbitrary: fc.constantFrom('BUILDING.2', 'concluded', '%63oncluded', '__proto__', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
)
const concluded = fc.oneof(
  { weight: 9, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
)
const served: fc.Arbitrary<Served> = fc.record(
  { status, concluded, success: fc.boolean() },
  { requiredKeys: [] },
)
const history = fc.array(served, { maxLength: 30 })

interface Step {
  readonly from: string | null
  readonly to: string | null
  readonly concluded: boolean
}

/** The distinct consecutive statuses, up to the first answer that says concluded. */
function modelOf(answers: readonly Served[]): Step[] {
  const end = answers.findIndex((answer) => answer.concluded === true)
  const alive = (end < 0 ? answers : answers.slice(0, end)).flatMap((answer) => answer.status ?? [])
  const distinct = alive.filter((word, at) => word !== alive[at - 1])
  const steps = distinct.map((to, at) => ({ from: distinct[at - 1] ?? null, to, concluded: false }))
  if (end < 0) return steps
  const last = distinct.at(-1) ?? null
  return [...steps, { from: last, to: answers[end]?.status ?? last, concluded: true }]
}

function record(answers: readonly Served[]): { transitions: Transition[]; record: RecordedBuild } {
  const transitions: Transition[] = []
  let recorded = UNRECORDED
  for (const answer of answers) {
    const snapshot = snapshotOf(answer)
    const change = detectChange(recorded, snapshot)
    if (change.kind !== 'transition') continue
    transitions.push(change.transition)
    recorded = recordedAfter(change.transition, snapshot)
  }
  return { transitions, record: recorded }
}

it('records the distinct consecutive statuses and the end, and nothing after it', () => {
  fc.assert(
    fc.property(history, (answers) => {
      const steps = record(answers).transitions.map(({ from, to, concluded }) => ({ from, to, concluded }))
      expect(steps).toEqual(modelOf(answers))
    }),
  )
})

it('counts from one without a gap', () => {
  fc.assert(
    fc.property(history, (answers) => {
      const { transitions } = record(answers)
      expect(transitions.map(({ seq }) => seq)).toEqual(transitions.map((_, at) => at + 1))
    }),
  )
})

it('gives every transition of a build an id of its own', () => {
  fc.assert(
    fc.property(history, (answers) => {
      const ids = record(answers).transitions.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

it('names an outcome on the terminal transition alone', () => {
  fc.assert(
    fc.property(history, (answers) => {
      for (const { concluded, outcome } of record(answers).transitions)
        expect(outcome !== undefined).toBe(concluded)
    }),
  )
})

it('sees no change in an answer that it has just recorded', () => {
  fc.assert(
    fc.property(history, served, (answers, last) => {
      const { record: before } = record(answers)
      const change = detectChange(before, snapshotOf(last))
      fc.pre(change.kind === 'transition')
      const after = recordedAfter(change.transition, snapshotOf(last))
      expect(detectChange(after, snapshotOf(last))).toEqual({ kind: 'none' })
    }),
  )
})
