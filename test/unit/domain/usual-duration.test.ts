import { describe, expect, it } from '@jest/globals'
import { type EndedBuild, usualDurationMs } from '../../../src/domain/usual-duration.js'

const good = (...each: number[]): EndedBuild[] => each.map((durationMs) => ({ durationMs, succeeded: true }))
const bad = (...each: number[]): EndedBuild[] => each.map((durationMs) => ({ durationMs, succeeded: false }))

describe('the usual duration', () => {
  it.each([
    ['the middle one of an odd number', good(9, 1, 5), 5],
    ['the mean of the two in the middle of an even number', good(1, 100, 4, 7), 6],
    ['that of builds that succeeded, where three have', [...good(10, 11, 12), ...bad(1, 1, 1, 1, 1)], 11],
    ['that of all, where fewer have', [...good(10, 11), ...bad(1, 2, 3)], 3],
    ['unknown of two', good(1, 2), undefined],
    ['unknown of none', [], undefined],
  ] as const)('is %s', (_, ended, usual) => {
    expect(usualDurationMs(ended)).toBe(usual)
  })
})
