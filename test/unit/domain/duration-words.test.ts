import { describe, expect, it } from '@jest/globals'
import { durationBrief, durationWords, minuteWords } from '../../../src/domain/duration-words.js'

describe('durationWords', () => {
  it.each([
    [0, 'less than a second'],
    [999, 'less than a second'],
    [1000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [252_000, '4 min 12 s'],
    [3_600_000, '1 h'],
    [3_601_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('says %p ms as %p', (durationMs, words) => {
    expect(durationWords(durationMs)).toBe(words)
  })
})

describe('durationBrief', () => {
  it.each([
    [999, '<1s'],
    [59_999, '59s'],
    [252_000, '4m12s'],
    [3_601_000, '1h'],
    [90_000_000, '1d1h'],
  ])('says %p ms as %p', (durationMs, words) => {
    expect(durationBrief(durationMs)).toBe(words)
  })
})

describe('minuteWords', () => {
  it('cuts an instant to its minute', () => {
    expect(minuteWords('2026-03-04T09:12:59.999Z')).toBe('2026-03-04 09:12Z')
  })
})
