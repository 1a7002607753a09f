import { describe, expect, it } from '@jest/globals'
import { type PastRun, summaryOf } from '../../../src/domain/job-history.js'
import type { Outcome } from '../../../src/domain/outcome.js'

function runs(...each: [durationMs: number, outcome?: Outcome][]): PastRun[] {
  return each.map(([durationMs, outcome], at) => ({
    build: `b-${at}`,
    createdAt: at,
    durationMs,
    ...(outcome === undefined ? {} : { outcome }),
  }))
}

describe('the summary of past builds', () => {
  it('counts what passed and what failed, however it failed', () => {
    const all = runs([1, 'success'], [1, 'failure'], [1, 'crashed'], [1, 'submission_failure'])
    expect(summaryOf(all)).toMatchObject({ builds: 4, passed: 1, failed: 3, successRate: 0.25 })
  })

  it('counts neither for nor against what was aborted, ended unknown or is forgotten', () => {
    const all = runs([1, 'success'], [1, 'aborted'], [1, 'unknown'], [1])
    expect(summaryOf(all)).toMatchObject({ builds: 4, passed: 1, failed: 0, successRate: 1 })
  })

  it('has no rate where nothing passed or failed', () => {
    expect(summaryOf(runs([1, 'aborted']))).not.toHaveProperty('successRate')
  })

  it('takes the middle of the durations, or half way between the two', () => {
    expect(summaryOf(runs([9], [1], [5])).medianMs).toBe(5)
    expect(summaryOf(runs([9], [1], [5], [2])).medianMs).toBe(4)
  })

  it.each([
    [1, 1],
    [2, 2],
    [9, 9],
    [10, 9],
    [11, 10],
    [20, 18],
  ])('finds of %i builds that nine of ten took no longer than the %ith', (count, nth) => {
    const all = runs(...Array.from({ length: count }, (_, at): [number] => [(at + 1) * 1000]))
    expect(summaryOf(all).p90Ms).toBe(nth * 1000)
  })
})
