import { describe, expect, it } from '@jest/globals'
import { nextMark } from '../../../src/store/retain-watermarks.js'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 0, 5, 12)
const MARK = { at: 5, caughtUp: true }

const next = (mark: Parameters<typeof nextMark>[0], isWanted = false) => {
  const text = nextMark(mark, { isWanted, now: NOW })
  return text === undefined || text === '' ? text : JSON.parse(text)
}

describe('what becomes of a watermark', () => {
  it('is nothing while a target wants it', () => {
    expect(next(MARK, true)).toBeUndefined()
  })

  it('is a note of when it was first found unwanted', () => {
    expect(next(MARK)).toEqual({ ...MARK, unwantedSince: NOW })
  })

  it('is nothing within a day from then', () => {
    expect(next({ ...MARK, unwantedSince: NOW - DAY + 1 })).toBeUndefined()
  })

  it('is to be taken away after a day, and that to be told', () => {
    expect(next({ ...MARK, unwantedSince: NOW - DAY })).toEqual({ removedAt: NOW })
  })

  it.each([1, DAY, 100 * DAY])('is to be as before when it is wanted again after %i ms', (ms) => {
    expect(next({ ...MARK, unwantedSince: NOW - ms }, true)).toEqual(MARK)
  })

  it('is nothing for a day after it was taken away, wanted or not', () => {
    expect(next({ removedAt: NOW - DAY + 1 })).toBeUndefined()
    expect(next({ removedAt: NOW - DAY + 1 }, true)).toBeUndefined()
  })

  it('is to leave no trace after another day', () => {
    expect(next({ removedAt: NOW - DAY })).toBe('')
  })

  it('is put off, not hurried, by a clock that was set back', () => {
    expect(next({ ...MARK, unwantedSince: NOW + DAY })).toBeUndefined()
    expect(next({ removedAt: NOW + DAY })).toBeUndefined()
  })
})
