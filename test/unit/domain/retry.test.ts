import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { SendResult } from '../../../src/domain/delivery.js'
import { afterAttempt, RETRY_SCHEDULE } from '../../../src/domain/retry.js'

const HOUR_MS = 3_600_000
const AVERAGE = 0.5

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const attempt = fc.integer({ min: 1, max: RETRY_SCHEDULE.length })

/** The pause after a failed attempt. */
function pauseAfter(attempt: number, random: number, retryAfterMs?: number): number {
  const result: SendResult = {
    kind: 'retry',
    reason: 'HTTP 503',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  const next = afterAttempt(result, { attempt, schedule: RETRY_SCHEDULE, random })
  if (next.kind !== 'again') throw new Error('the delivery has ended')
  return next.inMs
}

describe('the schedule', () => {
  it('has ten attempts over about a day', () => {
    expect(RETRY_SCHEDULE).toHaveLength(9)
    const totalMs = RETRY_SCHEDULE.reduce((sum, pauseMs) => sum + pauseMs, 0)
    expect(totalMs).toBeGreaterThan(23 * HOUR_MS)
    expect(totalMs).toBeLessThan(25 * HOUR_MS)
  })

  it('waits longer each time', () => {
    expect([...RETRY_SCHEDULE].sort((a, b) => a - b)).toEqual(RETRY_SCHEDULE)
  })

  it('is followed pause by pause', () => {
    expect(RETRY_SCHEDULE.map((_, at) => pauseAfter(at + 1, AVERAGE))).toEqual(RETRY_SCHEDULE)
  })

  it('ends with a dead letter after the tenth attempt, with the last reason', () => {
    const last = { attempt: 10, schedule: RETRY_SCHEDULE, random: AVERAGE }
    expect(afterAttempt({ kind: 'retry', reason: 'HTTP 503', retryAfterMs: 1000 }, last)).toEqual({
      kind: 'ended',
      end: { kind: 'dead_lettered', reason: 'exhausted', detail: 'HTTP 503' },
    })
  })

  it('may be another one, an empty one too', () => {
    const retry: SendResult = { kind: 'retry', reason: 'HTTP 503' }
    expect(afterAttempt(retry, { attempt: 2, schedule: [10, 700], random: AVERAGE })).toMatchObject({
      inMs: 700,
    })
    expect(afterAttempt(retry, { attempt: 1, schedule: [], random: AVERAGE })).toMatchObject({
      kind: 'ended',
    })
  })
})

describe('the jitter', () => {
  it('spreads a pause evenly over ±20 %', () => {
    expect([0, 0.25, 0.5, 0.75, 0.999_999_9].map((random) => pauseAfter(3, random))).toEqual([
      96_000, 108_000, 120_000, 132_000, 144_000,
    ])
  })

  it('never leaves these bounds', () => {
    fc.assert(
      fc.property(attempt, random, (attempt, random) => {
        const scheduledMs = RETRY_SCHEDULE[attempt - 1]!
        expect(pauseAfter(attempt, random)).toBeGreaterThanOrEqual(0.8 * scheduledMs)
        expect(pauseAfter(attempt, random)).toBeLessThanOrEqual(1.2 * scheduledMs)
      }),
    )
  })
})

describe('Retry-After', () => {
  it('is obeyed where it asks for more than was scheduled', () => {
    expect(pauseAfter(1, AVERAGE, 90_000)).toBe(90_000)
  })

  it('does not shorten the scheduled pause', () => {
    expect(pauseAfter(4, 0, 0)).toBe(600_000)
    expect(pauseAfter(4, 0, 599_999)).toBe(600_000)
  })

  it('is cut at an hour while pauses are short', () => {
    expect(pauseAfter(1, AVERAGE, 24 * HOUR_MS)).toBe(HOUR_MS)
  })

  it('is cut at twice the pause where pauses are long', () => {
    expect(pauseAfter(9, AVERAGE, 100 * HOUR_MS)).toBe(24 * HOUR_MS)
  })

  it('always ends up between the scheduled pause and the larger of twice it and an hour', () => {
    fc.assert(
      fc.property(attempt, random, fc.integer({ min: 0, max: 400 * HOUR_MS }), (attempt, random, askedMs) => {
        const scheduledMs = RETRY_SCHEDULE[attempt - 1]!
        expect(pauseAfter(attempt, random, askedMs)).toBeGreaterThanOrEqual(scheduledMs)
        expect(pauseAfter(attempt, random, askedMs)).toBeLessThanOrEqual(Math.max(2 * scheduledMs, HOUR_MS))
      }),
    )
  })

  it('is never undercut where it can be honoured', () => {
    fc.assert(
      fc.property(attempt, random, fc.integer({ min: 0, max: HOUR_MS }), (attempt, random, askedMs) => {
        expect(pauseAfter(attempt, random, askedMs)).toBeGreaterThanOrEqual(askedMs)
      }),
    )
  })
})

describe('an attempt that settles the matter', () => {
  const facts = { attempt: 1, schedule: RETRY_SCHEDULE, random: AVERAGE }

  it('ends the delivery as accepted', () => {
    expect(afterAttempt({ kind: 'accepted' }, facts)).toEqual({ kind: 'ended', end: { kind: 'accepted' } })
  })

  it.each(['refused', 'gone'] as const)('ends it as %s, with what the other side said', (kind) => {
    expect(afterAttempt({ kind, reason: 'HTTP 410' }, facts)).toEqual({
      kind: 'ended',
      end: { kind: 'dead_lettered', reason: kind, detail: 'HTTP 410' },
    })
  })
})
