import { describe, expect, it } from '@jest/globals'
import { type TriedDelivery, triesOf } from '../../../src/domain/delivery-tries.js'

const FAILED = { at: 1000, reason: 'HTTP 503' }
const WAITING: TriedDelivery = {
  state: 'pending',
  attempts: 1,
  unended: 0,
  startedAt: 1000,
  failed: [FAILED],
}
const TWICE = { ...WAITING, attempts: 2, startedAt: 6000 }

describe('the tries of a delivery', () => {
  it('are none before the first', () => {
    expect(triesOf({ state: 'pending', attempts: 0, unended: 0, failed: [] })).toEqual([])
  })

  it('are those that failed, while it waits for the next', () => {
    expect(triesOf(WAITING)).toEqual([{ at: 1000, result: 'failed', reason: 'HTTP 503' }])
  })

  it('end with the one that was taken', () => {
    expect(triesOf({ ...TWICE, state: 'accepted' })).toEqual([
      { ...FAILED, result: 'failed' },
      { at: 6000, result: 'accepted' },
    ])
  })

  it.each(['refused', 'gone', 'exhausted'])(
    'end with the one after which it was given up as %s',
    (reason) => {
      const dead = { ...TWICE, state: 'dead_lettered', reason, detail: 'HTTP 410' } as const
      expect(triesOf(dead).at(-1)).toEqual({ at: 6000, result: 'failed', reason: 'HTTP 410' })
    },
  )

  it.each(['dropped', 'suspended', 'notifier_missing'])(
    'have no more than those, where it was %s without another',
    (reason) => {
      expect(triesOf({ ...TWICE, state: 'dead_lettered', reason })).toHaveLength(1)
    },
  )

  it('end with one of which no end is known, while it is in hand or when it took its processes with it', () => {
    const last = { at: 6000, result: 'no_end_known' }
    expect(triesOf({ ...TWICE, unended: 1 }).at(-1)).toEqual(last)
    expect(triesOf({ ...TWICE, state: 'dead_lettered', reason: 'poison' }).at(-1)).toEqual(last)
  })

  it('leave out the one that a daemon gave back, and those of before a replay but the failed ones', () => {
    expect(triesOf({ ...TWICE, attempts: 1 })).toHaveLength(1)
    expect(triesOf({ ...TWICE, attempts: 0 })).toHaveLength(1)
  })
})
