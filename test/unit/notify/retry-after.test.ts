import { describe, expect, it } from '@jest/globals'
import { retryAfterMs } from '../../../src/notify/retry-after.js'

const NOW = Date.UTC(2026, 2, 4, 10, 0, 0)

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Wed, 04 Mar 2026 10:01:30 GMT', 90_000],
    ['Wed, 04 Mar 2026 09:00:00 GMT', 0],
  ])('reads %p as %p ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected)
  })

  it.each([
    null,
    '',
    '-5',
    '1.5',
    'soon',
    '1e9',
    '99999999999',
    'Wed, 99 Foo 2026 10:00:00 GMT',
    '2026-03-04',
  ])('does not read %p', (header) => {
    expect(retryAfterMs(header, NOW)).toBeUndefined()
  })
})
