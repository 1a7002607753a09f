import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { rateLimitFacts } from '../../../src/northflank/rate-limit.js'

const NOW = Date.UTC(2026, 10, 24, 12)

function factsOf(status: number, headers: Record<string, string>) {
  return rateLimitFacts({ status, headers: new Map(new Headers(headers)) }, NOW)
}

describe('rate-limit headers', () => {
  test('reset is seconds to go and becomes milliseconds', () => {
    const headers = { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3600' }
    expect(factsOf(200, headers)).toEqual({
      limit: 1000,
      remaining: 0,
      resetInMs: 3_600_000,
      throttled: false,
    })
  })

  test('an answer without headers says only whether it was a 429', () => {
    expect(factsOf(200, {})).toEqual({ throttled: false })
    expect(factsOf(429, {})).toEqual({ throttled: true })
  })

  test.each(['-5', 'NaN', '', 'soon', '1e3', '0x10', '1000, 1000', '99999999999', 'Infinity'])(
    'the nonsense %j is dropped',
    (value) => {
      const headers = {
        'x-ratelimit-limit': value,
        'x-ratelimit-remaining': value,
        'x-ratelimit-reset': value,
        'retry-after': value,
      }
      expect(factsOf(429, headers)).toEqual({ throttled: true })
    },
  )

  test('an epoch in place of seconds to go is dropped, and so is a reset beyond a day', () => {
    expect(factsOf(200, { 'x-ratelimit-reset': '1795521600' }).resetInMs).toBeUndefined()
    expect(factsOf(200, { 'x-ratelimit-reset': '86401' }).resetInMs).toBeUndefined()
    expect(factsOf(200, { 'x-ratelimit-reset': '86400' }).resetInMs).toBe(86_400_000)
  })

  test('a limit of zero requests and half a request are no counts', () => {
    expect(factsOf(200, { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '1.5' })).toEqual({
      throttled: false,
    })
  })

  test('on a 429 the larger of reset and Retry-After holds', () => {
    expect(factsOf(429, { 'x-ratelimit-reset': '10', 'retry-after': '30' }).resetInMs).toBe(30_000)
    expect(factsOf(429, { 'x-ratelimit-reset': '60', 'retry-after': '30' }).resetInMs).toBe(60_000)
  })

  test('Retry-After may be an HTTP date; one in the past means now', () => {
    expect(factsOf(429, { 'retry-after': 'Tue, 24 Nov 2026 12:02:00 GMT' }).resetInMs).toBe(120_000)
    expect(factsOf(429, { 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }).resetInMs).toBe(0)
    expect(factsOf(429, { 'retry-after': 'Tue, 99 Nov 2026 11:00:00 GMT' }).resetInMs).toBeUndefined()
  })

  test('Retry-After of any other answer is not about the allowance', () => {
    expect(factsOf(503, { 'retry-after': '30' })).toEqual({ throttled: false })
  })

  test('whatever the headers hold, the facts are whole counts and waits of at most a day', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.integer().map(String),
      fc.double().map(String),
    )
    fc.assert(
      fc.property(value, value, value, (limit, remaining, reset) => {
        const headers = {
          'x-ratelimit-limit': limit,
          'x-ratelimit-remaining': remaining,
          'x-ratelimit-reset': reset,
        }
        const facts = factsOf(429, headers)
        expect(facts.limit ?? 1).toBeGreaterThan(0)
        expect(Number.isInteger(facts.remaining ?? 0)).toBe(true)
        expect(facts.resetInMs ?? 0).toBeGreaterThanOrEqual(0)
        expect(facts.resetInMs ?? 0).toBeLessThanOrEqual(86_400_000)
      }),
    )
  })
})
