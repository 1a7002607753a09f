import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { formatDuration, parseDurationMs } from '../../../src/config/duration.js'

test.each([
  ['500ms', 500],
  ['2s', 2000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
])('%s is %d milliseconds', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms)
})

test.each(['', '5', 's', '1.5s', '-1s', '1 s', '1S', '1w', '1h30m', '1e3s', '9999999999s', 'constructor'])(
  '%p is no duration',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  },
)

test('what is written is read back, in the largest unit that fits', () => {
  expect([1500, 120_000, 86_400_000, 0].map(formatDuration)).toEqual(['1500ms', '2m', '1d', '0ms'])
  fc.assert(
    fc.property(fc.nat(999_999_999), (ms) => {
      expect(parseDurationMs(formatDuration(ms))).toBe(ms)
    }),
  )
})
