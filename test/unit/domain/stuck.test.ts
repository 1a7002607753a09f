import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type RunningBuild, STUCK_RULES, stuckBecause } from '../../../src/domain/stuck.js'

const MINUTE = 60_000

function reason(build: Partial<RunningBuild>) {
  const usual = { count: 10, longestMs: 20 * MINUTE }
  const fresh = { ageMs: 0, status: 'BUILDING', inStatusMs: 0, durations: usual }
  return stuckBecause({ ...fresh, ...build }, STUCK_RULES)
}

describe('a build that runs', () => {
  it('is overdue at three times the longest that its job has ever taken', () => {
    expect(reason({ ageMs: 60 * MINUTE - 1 })).toBeUndefined()
    expect(reason({ ageMs: 60 * MINUTE })).toBe('overdue')
  })

  it('is not overdue before five minutes, however quick its job', () => {
    const durations = { count: 10, longestMs: 1000 }
    expect(reason({ ageMs: 5 * MINUTE - 1, durations })).toBeUndefined()
    expect(reason({ ageMs: 5 * MINUTE, durations })).toBe('overdue')
  })

  it.each([0, 1, 2])('is never overdue where only %i builds of its job are known', (count) => {
    expect(reason({ ageMs: 100 * 60 * MINUTE, durations: { count, longestMs: MINUTE } })).toBeUndefined()
  })

  it('may be overdue from the third known build on', () => {
    expect(reason({ ageMs: 60 * MINUTE, durations: { count: 3, longestMs: MINUTE } })).toBe('overdue')
  })

  it('is overdue in any status, and without one', () => {
    expect(reason({ ageMs: 60 * MINUTE, status: 'QUEUED' })).toBe('overdue')
    expect(reason({ ageMs: 60 * MINUTE, status: undefined })).toBe('overdue')
  })
})

describe('a build that finds no place to run', () => {
  it('is unschedulable after ten minutes', () => {
    const status = 'UNSCHEDULABLE'
    expect(reason({ status, ageMs: 30 * MINUTE, inStatusMs: 10 * MINUTE - 1 })).toBeUndefined()
    expect(reason({ status, ageMs: 30 * MINUTE, inStatusMs: 10 * MINUTE })).toBe('unschedulable')
  })

  it('is so whatever is known of its job', () => {
    const durations = { count: 0, longestMs: 0 }
    expect(reason({ status: 'UNSCHEDULABLE', inStatusMs: 10 * MINUTE, durations })).toBe('unschedulable')
  })

  it('is told as unschedulable where it is overdue as well, and as overdue where it has only just got there', () => {
    const old = { status: 'UNSCHEDULABLE', ageMs: 600 * MINUTE }
    expect(reason({ ...old, inStatusMs: 10 * MINUTE })).toBe('unschedulable')
    expect(reason({ ...old, inStatusMs: MINUTE })).toBe('overdue')
  })

  it.each(['PENDING', 'QUEUED', 'unschedulable'])('is not told of one that is %s', (status) => {
    expect(reason({ status, inStatusMs: 60 * MINUTE })).toBeUndefined()
  })
})

it('never takes back what it called stuck as the build grows older in its status', () => {
  const build = fc.record({
    ageMs: fc.nat(),
    status: fc.constantFrom('UNSCHEDULABLE', 'BUILDING', undefined),
    inStatusMs: fc.nat(),
    durations: fc.record({ count: fc.nat(10), longestMs: fc.nat() }),
  })
  fc.assert(
    fc.property(build, fc.nat(), (build, more) => {
      fc.pre(stuckBecause(build, STUCK_RULES) !== undefined)
      const later = { ...build, ageMs: build.ageMs + more, inStatusMs: build.inStatusMs + more }
      expect(stuckBecause(later, STUCK_RULES)).toBeDefined()
    }),
  )
})
