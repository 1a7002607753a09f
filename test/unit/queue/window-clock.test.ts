import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { readCron } from '../../../src/config/cron.js'
import type { WatchWindow } from '../../../src/domain/target.js'
import { createWindowClock } from '../../../src/queue/window-clock.js'
import { anyFields, anyNow, cronOf, naiveWindow, WALKED_MS, walked, ZONES } from './local-calendar.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const BERLIN = 'Europe/Berlin'
const OFFICE = { cron: '* 8-18 * * 1-5', timezone: BERLIN }

/** When the window is open next, in UTC. */
function opensAt(window: WatchWindow, now: string): string {
  const at = Date.parse(now)
  return new Date(at + createWindowClock().opensInMs([window], at)).toISOString().replace(':00.000Z', 'Z')
}

describe('a window', () => {
  it.each([
    ['is open within its minutes', '2026-07-15T06:00:00Z', 0],
    ['is open to the last millisecond of its last minute', '2026-07-15T16:59:59.999Z', 0],
    ['is closed from the next minute on', '2026-07-15T17:00:00Z', 13 * HOUR],
    ['says to the millisecond when it opens', '2026-07-15T05:59:59.999Z', 1],
    ['stays closed over the weekend', '2026-07-17T17:00:00Z', 2 * DAY + 13 * HOUR],
  ])('%s', (_, now, inMs) => {
    expect(createWindowClock().opensInMs([OFFICE], Date.parse(now))).toBe(inMs)
  })

  it.each([
    ['0 0 1 * *', 'UTC', '2026-01-31T12:00Z', '2026-02-01T00:00Z'],
    ['0 0 31 * *', 'UTC', '2026-03-31T00:01Z', '2026-05-31T00:00Z'],
    ['30 23 28-31 2 *', 'America/New_York', '2026-02-28T12:00Z', '2026-03-01T04:30Z'],
    ['0 12 31 12 *', 'Asia/Tokyo', '2026-12-31T03:01Z', '2027-12-31T03:00Z'],
  ])('%s in %s knows how long months are', (cron, timezone, now, expected) => {
    expect(opensAt({ cron, timezone }, now)).toBe(expected)
  })

  it('is found on the next leap day', () => {
    expect(opensAt({ cron: '15 6 29 2 *', timezone: 'UTC' }, '2027-12-01T00:00Z')).toBe('2028-02-29T06:15Z')
  })

  it('that does not open for more than 400 days is to be looked at again then', () => {
    const window = { cron: '15 6 29 2 *', timezone: 'UTC' }
    const inMs = createWindowClock().opensInMs([window], Date.parse('2024-03-01T00:00Z'))
    expect(Math.round(inMs / DAY)).toBe(400)
  })

  it('that opens once a year is found without holding up anything else', () => {
    const clock = createWindowClock()
    const windows = [{ cron: '0 0 1 1 *', timezone: 'Australia/Lord_Howe' }]
    clock.opensInMs(windows, Date.parse('2025-12-01T00:00Z'))
    const startedAt = performance.now()
    clock.opensInMs(windows, Date.parse('2026-01-02T00:00Z'))
    expect(performance.now() - startedAt).toBeLessThan(250)
  })
})

describe('when clocks go forward, on 2026-03-29 at 01:00 UTC in Berlin', () => {
  it('the day is an hour shorter', () => {
    expect(opensAt({ cron: '* 8 * * *', timezone: BERLIN }, '2026-03-28T12:00Z')).toBe('2026-03-29T06:00Z')
  })

  it('minutes that do not exist that day are waited for until the next', () => {
    expect(opensAt({ cron: '30 2 * * *', timezone: BERLIN }, '2026-03-28T12:00Z')).toBe('2026-03-30T00:30Z')
  })

  it('a window around the hour that is left out goes on without a break', () => {
    const window = { cron: '* 1-3 * * *', timezone: BERLIN }
    expect(opensAt(window, '2026-03-29T00:59Z')).toBe('2026-03-29T00:59Z')
    expect(opensAt(window, '2026-03-29T01:00Z')).toBe('2026-03-29T01:00Z')
    expect(opensAt(window, '2026-03-29T02:00Z')).toBe('2026-03-29T23:00Z')
  })
})

describe('when clocks go back, on 2026-10-25 at 01:00 UTC in Berlin', () => {
  const window = { cron: '15-44 2 * * *', timezone: BERLIN }

  it('a window in the hour that is there twice opens twice', () => {
    expect(opensAt(window, '2026-10-25T00:00Z')).toBe('2026-10-25T00:15Z')
    expect(opensAt(window, '2026-10-25T00:45Z')).toBe('2026-10-25T01:15Z')
    expect(opensAt(window, '2026-10-25T01:20Z')).toBe('2026-10-25T01:20Z')
    expect(opensAt(window, '2026-10-25T01:45Z')).toBe('2026-10-26T01:15Z')
  })

  it('the day is an hour longer', () => {
    expect(opensAt({ cron: '* 8 * * *', timezone: BERLIN }, '2026-10-24T12:00Z')).toBe('2026-10-25T07:00Z')
  })
})

describe('several windows', () => {
  const noon = Date.parse('2026-07-15T12:00Z')

  it('are open when one of them is', () => {
    const [open, closed] = [
      { cron: '* 12 * * *', timezone: 'UTC' },
      { cron: '* 20 * * *', timezone: 'UTC' },
    ]
    expect(createWindowClock().opensInMs([closed, open], noon)).toBe(0)
    expect(createWindowClock().opensInMs([open, closed], noon)).toBe(0)
  })

  it('open with the first of them', () => {
    const windows = ['20', '15', '9'].map((hour) => ({ cron: `* ${hour} * * *`, timezone: 'UTC' }))
    expect(createWindowClock().opensInMs(windows, noon)).toBe(3 * HOUR)
  })

  it('are always open when there are none', () => {
    expect(createWindowClock().opensInMs([], noon)).toBe(0)
  })
})

it('an expression of any but five fields is refused', () => {
  const window = { cron: '0 * 8-18 * * 1-5', timezone: 'UTC' }
  expect(() => createWindowClock().opensInMs([window], 0)).toThrow(RangeError)
})

/** Any form of a field that the settings may take: numbers, names, ranges over the end, steps, lists. */
function anyText(least: number, most: number, words: readonly string[]): fc.Arbitrary<string> {
  const anyPlace = fc.oneof(
    fc.integer({ min: least, max: most }).map(String),
    words.length === 0 ? fc.constant('*') : fc.constantFrom(...words),
  )
  const anyRange = fc.tuple(anyPlace, anyPlace).map(([from, to]) => (from === '*' ? from : `${from}-${to}`))
  const anyStep = fc
    .tuple(anyRange, fc.integer({ min: 1, max: most }))
    .map(([range, step]) => `${range}/${step}`)
  return fc.array(fc.oneof(anyPlace, anyRange, anyStep), { minLength: 1, maxLength: 3 }).map(String)
}

it('every expression that the settings take is understood', () => {
  const anyExpression = fc.tuple(
    anyText(0, 59, []),
    anyText(0, 23, []),
    anyText(1, 31, []),
    anyText(1, 12, ['jan', 'FEB', 'dec']),
    anyText(0, 7, ['sun', 'Mon', 'SAT']),
  )
  let taken = 0
  fc.assert(
    fc.property(anyExpression, (fields) => {
      const read = readCron(fields.join(' '))
      if (!read.ok) return
      taken += 1
      const inMs = createWindowClock().opensInMs([{ cron: read.cron, timezone: 'UTC' }], Date.UTC(2026, 0, 1))
      expect(inMs).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 200 },
  )
  expect(taken).toBeGreaterThan(20)
}, 60_000)

it('a window opens when stepping through the minutes by the local calendar says so', () => {
  let found = 0
  fc.assert(
    fc.property(anyFields, fc.constantFrom(...ZONES), anyNow, (fields, timezone, now) => {
      const cron = cronOf(fields)
      const clock = createWindowClock()
      const inMs = clock.opensInMs([{ cron, timezone }], now)
      const isOpen = naiveWindow(fields, timezone)
      const expected = walked(now, isOpen)
      if (expected === undefined) expect(inMs).toBeGreaterThanOrEqual(WALKED_MS - MINUTE)
      else {
        found += 1
        expect(inMs).toBe(expected)
        // What it remembers must not lead to another answer.
        expect(clock.opensInMs([{ cron, timezone }], now + inMs)).toBe(0)
        if (inMs > 1) expect(clock.opensInMs([{ cron, timezone }], now + 1)).toBe(inMs - 1)
        expect(clock.opensInMs([{ cron, timezone }], now)).toBe(inMs)
      }
    }),
    { numRuns: 250 },
  )
  expect(found).toBeGreaterThan(50)
}, 60_000)
