import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { OUTCOMES, outcomeOf } from '../../../src/domain/outcome.js'
import { createRandom } from '../../../src/domain/seeded-random.js'
import { planWalk } from '../../../src/simulator/plan-walk.js'
import { historyOf, stateAt } from '../../../src/simulator/status-walk.js'

const ref = { project: 'shop', kind: 'jobs', resource: 'web', build: 'b-1' } as const
const outcomes = fc.constantFrom(...OUTCOMES)
const seeds = fc.integer()
const scales = fc.double({ min: 0.5, max: 10_000, noNaN: true })

function walkOf(seed: number, timeScale: number, script: object) {
  return planWalk({ ref, ...script }, { createdAt: 1_000_000, timeScale, random: createRandom(seed) })
}

describe('a walk', () => {
  test('goes forward in time, is created with its first state and ends concluded', () => {
    fc.assert(
      fc.property(seeds, scales, outcomes, (seed, timeScale, outcome) => {
        const history = historyOf(walkOf(seed, timeScale, { outcome }))
        const instants = history.map(({ at }) => at)
        expect(instants[0]).toBe(1_000_000)
        expect(instants.every((at, index) => index === 0 || at > (instants[index - 1] ?? at))).toBe(true)
        expect(history.map(({ concluded }) => concluded)).toEqual(
          history.map((_, i) => i === history.length - 1),
        )
      }),
    )
  })

  test('ends with the outcome that was asked for', () => {
    fc.assert(
      fc.property(seeds, outcomes, (seed, outcome) => {
        const { end } = walkOf(seed, 1, { outcome })
        expect(outcomeOf(end.status, end.success)).toBe(outcome)
      }),
    )
  })

  test('is the same for the same seed', () => {
    fc.assert(fc.property(seeds, (seed) => expect(walkOf(seed, 1, {})).toEqual(walkOf(seed, 1, {}))))
  })

  test('lasts as long as its script says, compressed', () => {
    fc.assert(
      fc.property(seeds, outcomes, (seed, outcome) => {
        const { concludedAt } = walkOf(seed, 60, { outcome, durationMs: 600_000 })
        expect(Math.abs(concludedAt - 1_010_000)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('spends most of a build in BUILDING', () => {
    const { steps, concludedAt } = walkOf(1, 1, { outcome: 'failure', durationMs: 600_000 })
    const building = steps.findIndex(({ status }) => status === 'BUILDING')
    expect(concludedAt - (steps[building]?.at ?? concludedAt)).toBeGreaterThan(0.6 * 600_000 - 1)
  })

  test('is UNSCHEDULABLE now and then, and only before STARTING', () => {
    const walks = Array.from({ length: 400 }, (_, seed) => walkOf(seed, 1, { outcome: 'success' }))
    const waiting = walks.flatMap(({ steps }) => {
      const at = steps.findIndex(({ status }) => status === 'UNSCHEDULABLE')
      return at === -1 ? [] : [steps[at + 1]?.status]
    })
    expect(waiting.length).toBeGreaterThan(10)
    expect(waiting.length).toBeLessThan(80)
    expect(new Set(waiting)).toEqual(new Set(['STARTING']))
  })
})

describe('the state of a build', () => {
  const walk = walkOf(1, 1, {
    steps: [{ status: 'QUEUED', forMs: 10 }, { forMs: 10 }],
    end: { status: 'SUCCESS' },
  })

  test.each([
    [999_999, undefined],
    [1_000_000, { status: 'QUEUED', concluded: false, at: 1_000_000 }],
    [1_000_010, { status: undefined, concluded: false, at: 1_000_010 }],
    [1_000_020, { status: 'SUCCESS', concluded: true, at: 1_000_020 }],
    [9_999_999, { status: 'SUCCESS', concluded: true, at: 1_000_020 }],
  ])('at %i', (now, state) => expect(stateAt(walk, now)).toEqual(state))

  test('can be asked for as it was some states before, but not before its first', () => {
    expect(stateAt(walk, 1_000_020, 1)?.at).toBe(1_000_010)
    expect(stateAt(walk, 1_000_020, 9)?.status).toBe('QUEUED')
  })
})
