import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { isoInstant, normaliseConcludedAt, normaliseCreatedAt } from '../../../src/domain/instant.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const DAY_MS = 86_400_000
const EARLIEST_AT = Date.UTC(2015, 0, 1)

describe('normaliseConcludedAt', () => {
  it('reads the documented example as seconds', () => {
    expect(normaliseConcludedAt(1606237973, NOW)).toBe(Date.UTC(2020, 10, 24, 17, 12, 53))
  })

  it('reads seconds and milliseconds of one instant as the same instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: EARLIEST_AT / 1000, max: NOW / 1000 }), (seconds) => {
        expect(normaliseConcludedAt(seconds, NOW)).toBe(seconds * 1000)
        expect(normaliseConcludedAt(seconds * 1000, NOW)).toBe(seconds * 1000)
      }),
    )
  })

  it('keeps fractions of a second to the millisecond', () => {
    expect(normaliseConcludedAt(1606237973.1234, NOW)).toBe(1_606_237_973_123)
  })

  it('allows for a clock that is a day ahead, and no more', () => {
    expect(normaliseConcludedAt(NOW + DAY_MS, NOW)).toBe(NOW + DAY_MS)
    expect(normaliseConcludedAt(NOW + DAY_MS + 1, NOW)).toBeUndefined()
  })

  it('takes nothing from before 2015', () => {
    expect(normaliseConcludedAt(EARLIEST_AT, NOW)).toBe(EARLIEST_AT)
    expect(normaliseConcludedAt(EARLIEST_AT - 1, NOW)).toBeUndefined()
  })

  it.each([0, -1, -0, 1, 1e10, 1e11, 1606237973e6, Number.NaN, Infinity, -Infinity, Number.MAX_VALUE])(
    'drops the nonsense %p',
    (value) => {
      expect(normaliseConcludedAt(value, NOW)).toBeUndefined()
    },
  )

  it.each([null, undefined, '1606237973', '2020-11-24T17:12:53Z', true, {}, [1606237973], 1606237973n])(
    'drops %p, which is no number',
    (value) => {
      expect(normaliseConcludedAt(value, NOW)).toBeUndefined()
    },
  )

  it('gives a plausible instant or none, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.anything()), (value) => {
        const at = normaliseConcludedAt(value, NOW) ?? EARLIEST_AT
        expect(at).toBeGreaterThanOrEqual(EARLIEST_AT)
        expect(at).toBeLessThanOrEqual(NOW + DAY_MS)
        expect(Number.isInteger(at)).toBe(true)
      }),
    )
  })
})

describe('normaliseCreatedAt', () => {
  it.each([
    ['2021-07-28T15:55:38.296Z', Date.UTC(2021, 6, 28, 15, 55, 38, 296)],
    ['2021-07-28T15:55:38Z', Date.UTC(2021, 6, 28, 15, 55, 38)],
    ['2021-07-28T15:55Z', Date.UTC(2021, 6, 28, 15, 55)],
    ['2021-07-28T17:55:38.296+02:00', Date.UTC(2021, 6, 28, 15, 55, 38, 296)],
    ['2021-07-28T10:25:38-0530', Date.UTC(2021, 6, 28, 15, 55, 38)],
    ['2021-07-28T15:55:38.296123456Z', Date.UTC(2021, 6, 28, 15, 55, 38, 296)],
  ])('reads %s', (text, at) => {
    expect(normaliseCreatedAt(text)).toBe(at)
  })

  it('reads an instant without an offset as UTC, wherever the daemon runs', () => {
    expect(normaliseCreatedAt('2021-07-28T15:55:38.296')).toBe(Date.UTC(2021, 6, 28, 15, 55, 38, 296))
  })

  it.each([
    '',
    'yesterday',
    '2021-07-28',
    '28.07.2021 15:55',
    '2021-13-28T15:55:38Z',
    '2021-07-28T25:55:38Z',
    '2021-07-28T15:55:38 PST',
    '2021-07-28T15:55:38Z or so',
    '2021-07-28T15:55:38Z\n',
    '0001-01-01T00:00:00Z',
    '1970-01-01T00:00:00.000Z',
  ])('drops the nonsense %p', (text) => {
    expect(normaliseCreatedAt(text)).toBeUndefined()
  })

  it.each([null, undefined, 1627487738296, new Date(NOW), {}])('drops %p, which is no text', (value) => {
    expect(normaliseCreatedAt(value)).toBeUndefined()
  })

  it('reads back every instant that events write', () => {
    fc.assert(
      fc.property(fc.integer({ min: EARLIEST_AT, max: NOW }), (at) => {
        expect(normaliseCreatedAt(isoInstant(at))).toBe(at)
      }),
    )
  })
})
