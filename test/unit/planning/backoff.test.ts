import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { ErrorCode } from '../../../src/domain/errors.js'
import { FRESH_PACING, type PollingRails } from '../../../src/domain/target.js'
import { cadenceMs, errorBackoffMs } from '../../../src/planning/backoff.js'

const RAILS: PollingRails = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
const LEAST = 0
const MIDDLE = 0.5
const MOST = 1 - 2 ** -53

const TRANSIENT = ['API_UNREACHABLE', 'API_TIMED_OUT', 'API_BAD_RESPONSE'] as const
const PERSISTENT = [
  'API_UNAUTHORIZED',
  'API_FORBIDDEN',
  'API_NOT_FOUND',
  'API_WRONG_ROUTE',
  'SECRET_UNREADABLE',
] as const
const CODES: readonly ErrorCode[] = [...TRANSIENT, ...PERSISTENT, 'API_THROTTLED']

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const rails: fc.Arbitrary<PollingRails> = fc
  .tuple(fc.integer({ min: 100, max: 1e9 }), fc.oneof(fc.constant(0), fc.nat(1e9)))
  .map(([minIntervalMs, more]) => ({ minIntervalMs, maxIntervalMs: minIntervalMs + more, timeoutMs: 15_000 }))
const polls = fc.oneof(fc.nat(20), fc.nat())

function cadence(polls: number, random: number, within = RAILS): number {
  return cadenceMs({ ...FRESH_PACING, polls }, within, random)
}

function backoff(code: ErrorCode, errors: number, random = MIDDLE): number {
  return errorBackoffMs({ code, resetInMs: undefined }, errors, random)
}

function throttled(resetInMs: number, random: number, errors = 1): number {
  return errorBackoffMs({ code: 'API_THROTTLED', resetInMs }, errors, random)
}

describe('the pause after a good probe', () => {
  it('grows by half each time, from the minimum to the maximum interval', () => {
    const middles = [2, 3, 4, 5, 6, 7, 8].map((polls) => cadence(polls, MIDDLE))
    expect(middles).toEqual([3000, 4500, 6750, 10_125, 15_188, 22_781, 34_172])
    expect(cadence(1, LEAST)).toBe(2000)
    expect(cadence(30, MOST)).toBe(60_000)
  })

  it('is spread evenly over ±20 % between the rails', () => {
    expect([LEAST, 0.25, MIDDLE, 0.75, MOST].map((random) => cadence(5, random))).toEqual([
      8100, 9113, 10_125, 11_138, 12_150,
    ])
  })

  it('is spread at the rails too, on their inner side', () => {
    expect([cadence(1, LEAST), cadence(1, MOST)]).toEqual([2000, 2400])
    expect([cadence(0, LEAST), cadence(0, MOST)]).toEqual([2000, 2400])
    expect([cadence(99, LEAST), cadence(99, MOST)]).toEqual([48_000, 60_000])
  })

  it('never leaves the rails, whatever came before', () => {
    fc.assert(
      fc.property(polls, rails, random, (polls, rails, random) => {
        const pauseMs = cadence(polls, random, rails)
        expect(pauseMs).toBeGreaterThanOrEqual(rails.minIntervalMs)
        expect(pauseMs).toBeLessThanOrEqual(rails.maxIntervalMs)
        expect(Number.isInteger(pauseMs)).toBe(true)
      }),
    )
  })

  it('never shrinks from one probe to the next', () => {
    fc.assert(
      fc.property(polls, rails, random, (polls, rails, random) => {
        expect(cadence(polls + 1, random, rails)).toBeGreaterThanOrEqual(cadence(polls, random, rails))
      }),
    )
  })

  it('is always the same where the rails are one', () => {
    const fixed = { ...RAILS, minIntervalMs: 5000, maxIntervalMs: 5000 }
    expect([LEAST, MIDDLE, MOST].map((random) => cadence(7, random, fixed))).toEqual([5000, 5000, 5000])
  })
})

describe('the pause after a failed probe', () => {
  it.each(TRANSIENT)('doubles from 2 s to a minute on %s', (code) => {
    const pauses = [1, 2, 3, 4, 5, 6, 7].map((errors) => backoff(code, errors))
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })

  it.each(PERSISTENT)('doubles from 5 s to five minutes on %s, which takes a person', (code) => {
    const pauses = [1, 2, 3, 6, 7, 8].map((errors) => backoff(code, errors))
    expect(pauses).toEqual([5000, 10_000, 20_000, 160_000, 300_000, 300_000])
  })

  it('is spread evenly over ±20 %', () => {
    expect([LEAST, 0.25, 0.75, MOST].map((random) => backoff('API_UNREACHABLE', 3, random))).toEqual([
      6400, 7200, 8800, 9600,
    ])
  })

  it('waits for the reset of the account, spread over five seconds after it', () => {
    expect([LEAST, MIDDLE, MOST].map((random) => throttled(1_800_000, random))).toEqual([
      1_800_000, 1_802_500, 1_805_000,
    ])
  })

  it('waits a minute when a throttled account does not say for how long', () => {
    expect(backoff('API_THROTTLED', 1, LEAST)).toBe(60_000)
  })

  it('never asks a throttled account before its reset', () => {
    fc.assert(
      fc.property(fc.nat(1000), random, fc.nat(3_600_000), (errors, random, resetInMs) => {
        expect(throttled(resetInMs, random, errors)).toBeGreaterThanOrEqual(resetInMs)
      }),
    )
  })

  it('is a second and a half to six minutes for any other trouble, however long it lasts', () => {
    const code = fc.constantFrom(...CODES.filter((code) => code !== 'API_THROTTLED'))
    fc.assert(
      fc.property(code, fc.oneof(fc.nat(3), fc.nat()), random, (code, errors, random) => {
        const pauseMs = backoff(code, errors, random)
        expect(pauseMs).toBeGreaterThanOrEqual(1500)
        expect(pauseMs).toBeLessThanOrEqual(360_000)
        expect(Number.isInteger(pauseMs)).toBe(true)
      }),
    )
  })
})
