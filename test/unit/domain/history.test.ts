/** Which conclusions are told and which are history: the cases of feeds, one by one. */
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { endedAt, firstWatermark, isHistory, newsFrom, type Watermark } from '../../../src/domain/history.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 0, 5, 12)

interface Asked {
  readonly watermark: Watermark
  readonly now?: number
  readonly catchUpMs?: number
}

function history(endedAt: number | undefined, { watermark, now = NOW, catchUpMs = DAY }: Asked): boolean {
  return isHistory({ endedAt }, { watermark, now, catchUpMs })
}

describe('a feed that is first watched', () => {
  const watermark = firstWatermark({}, NOW)

  it('begins now', () => {
    expect(watermark).toEqual({ at: NOW, caughtUp: false })
  })

  it('takes for history what concluded before, be it only just', () => {
    expect([NOW - 30 * DAY, NOW - HOUR, NOW - 1].map((at) => history(at, { watermark }))).toEqual([
      true,
      true,
      true,
    ])
  })

  it('tells what concludes from now on, though the first list comes later', () => {
    expect(history(NOW, { watermark, now: NOW + 5000 })).toBe(false)
    expect(history(NOW + 1, { watermark, now: NOW + 5000 })).toBe(false)
  })

  it('takes for history what shows no instant at all', () => {
    expect(history(undefined, { watermark })).toBe(true)
  })
})

describe('a feed with a beginning of its own', () => {
  const sinceAt = NOW - 30 * DAY
  const watermark = firstWatermark({ sinceAt }, NOW)

  it('begins there', () => {
    expect(watermark).toEqual({ at: sinceAt, caughtUp: false })
  })

  it('tells what concluded from then on, farther back than it would catch up', () => {
    expect(history(sinceAt, { watermark })).toBe(false)
    expect(history(sinceAt - 1, { watermark })).toBe(true)
  })

  it('catches up no farther than any other once it has read the list', () => {
    const caughtUp = { ...watermark, caughtUp: true }
    expect(history(NOW - DAY - 1, { watermark: caughtUp })).toBe(true)
    expect(history(NOW - DAY, { watermark: caughtUp })).toBe(false)
  })
})

describe('a feed that has read its list', () => {
  const watermark: Watermark = { at: NOW - 30 * DAY, caughtUp: true }

  it('tells after a restart what concluded meanwhile, as far back as it catches up', () => {
    expect(history(NOW - 3 * HOUR, { watermark })).toBe(false)
    expect(history(NOW - DAY, { watermark })).toBe(false)
    expect(history(NOW - DAY - 1, { watermark })).toBe(true)
  })

  it('tells nothing from before it was first watched, however far it catches up', () => {
    const young = { at: NOW - HOUR, caughtUp: true }
    expect(history(NOW - HOUR - 1, { watermark: young, catchUpMs: 30 * DAY })).toBe(true)
    expect(history(NOW - HOUR, { watermark: young, catchUpMs: 30 * DAY })).toBe(false)
  })

  it('catches up with nothing where that is its wish', () => {
    expect(history(NOW - 1, { watermark, catchUpMs: 0 })).toBe(true)
    expect(history(NOW, { watermark, catchUpMs: 0 })).toBe(false)
  })

  it('takes for history what still shows in the list when its record has long expired', () => {
    expect(history(NOW - 8 * DAY, { watermark })).toBe(true)
  })

  it('tells what shows no instant: better told than lost', () => {
    expect(history(undefined, { watermark })).toBe(false)
  })

  it('tells what concludes in a future that its own clock has not reached', () => {
    expect(history(NOW + HOUR, { watermark })).toBe(false)
  })
})

describe('a feed that was first watched while nobody could read its list', () => {
  it('tells all that concluded since, however long that took', () => {
    const watermark = firstWatermark({}, NOW)
    const later = NOW + 3 * DAY
    expect(history(NOW + HOUR, { watermark, now: later })).toBe(false)
    expect(history(NOW - HOUR, { watermark, now: later })).toBe(true)
  })
})

describe('the border of news', () => {
  const small = fc.nat(100)
  const mark = fc.record({ at: small, caughtUp: fc.boolean() })

  it('never lies before the watermark', () => {
    fc.assert(
      fc.property(mark, small, small, (mark, catchUpMs, now) => {
        expect(newsFrom(mark, catchUpMs, now)).toBeGreaterThanOrEqual(mark.at)
      }),
    )
  })

  it('never goes back as time goes on', () => {
    fc.assert(
      fc.property(mark, small, small, small, (mark, catchUpMs, now, later) => {
        expect(newsFrom(mark, catchUpMs, now + later)).toBeGreaterThanOrEqual(newsFrom(mark, catchUpMs, now))
      }),
    )
  })

  it('parts all conclusions in two: what ended there or later is news, what ended before is history', () => {
    fc.assert(
      fc.property(mark, small, small, small, (watermark, catchUpMs, now, endedAt) => {
        const isOld = history(endedAt, { watermark, catchUpMs, now })
        expect(isOld).toBe(endedAt < newsFrom(watermark, catchUpMs, now))
      }),
    )
  })
})

describe('endedAt', () => {
  it.each([
    ['its conclusion', { createdAt: 5, concludedAt: 9 }, 9],
    [
      'its creation where it concluded before that, as in the documented example',
      { createdAt: 9, concludedAt: 5 },
      9,
    ],
    ['its creation where nothing else is known', { createdAt: 5 }, 5],
    ['its conclusion where nothing else is known', { concludedAt: 9 }, 9],
    ['not known', {}, undefined],
  ])('is %s', (_, instants, expected) => {
    expect(endedAt(instants)).toBe(expected)
  })
})
