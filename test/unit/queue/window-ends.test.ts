import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { WatchWindow } from '../../../src/domain/target.js'
import { createWindowClock } from '../../../src/queue/window-clock.js'
import { anyFields, anyNow, cronOf, naiveWindow, WALKED_MS, walked, ZONES } from './local-calendar.js'

const MINUTE = 60_000
const DAY = 86_400_000
const BERLIN = 'Europe/Berlin'
const OFFICE = { cron: '* 8-18 * * 1-5', timezone: BERLIN }

describe('the end of a window', () => {
  /** In UTC; empty where it is closed. */
  const closesAt = (window: WatchWindow, now: string): string => {
    const at = Date.parse(now)
    const inMs = createWindowClock().closesInMs(window, at)
    return inMs === 0 ? '' : new Date(at + inMs).toISOString().replace(':00.000Z', 'Z')
  }

  it.each([
    ['* 22-6 * * *', '2026-07-15T20:00Z', '2026-07-16T05:00Z'],
    ['* 22-6 * * *', '2026-07-16T04:59:59.999Z', '2026-07-16T05:00Z'],
    ['* 22-6 * * *', '2026-07-16T05:00Z', ''],
    ['* 22-6 * * *', '2026-03-28T23:30Z', '2026-03-29T05:00Z'],
    ['* 22-6 * * *', '2026-10-24T23:30Z', '2026-10-25T06:00Z'],
    ['* * * * 6,0', '2026-07-18T12:00Z', '2026-07-19T22:00Z'],
    ['30-44 12 * * *', '2026-07-15T10:31:10Z', '2026-07-15T10:45Z'],
    ['* * * 7 *', '2026-07-01T12:00Z', '2026-07-31T22:00Z'],
  ])('of %s in Berlin, at %s, is %s', (cron, now, expected) => {
    expect(closesAt({ cron, timezone: BERLIN }, now)).toBe(expected)
  })

  it('is remembered, and forgotten once it has come', () => {
    const clock = createWindowClock()
    const at = Date.parse('2026-07-15T17:00:00Z')
    expect(clock.closesInMs(OFFICE, at - 5000)).toBe(5000)
    expect(clock.closesInMs(OFFICE, at - 1)).toBe(1)
    expect(clock.closesInMs(OFFICE, at)).toBe(0)
    expect(clock.closesInMs(OFFICE, at - 5000)).toBe(5000)
  })

  it.each(['* * * * *', '0-59 * * * *'])('of %s, which never comes, holds up nothing else', (cron) => {
    const startedAt = performance.now()
    expect(createWindowClock().closesInMs({ cron, timezone: BERLIN }, startedAt)).toBeGreaterThan(6 * DAY)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })
})

it('a window closes when stepping through the minutes by the local calendar says so', () => {
  let found = 0
  fc.assert(
    fc.property(anyFields, fc.constantFrom(...ZONES), anyNow, (fields, timezone, now) => {
      const cron = cronOf(fields)
      const isOpen = naiveWindow(fields, timezone)
      const openAt = now + (walked(now, isOpen) ?? 0)
      const expected = walked(openAt, (at) => !isOpen(at))
      const inMs = createWindowClock().closesInMs({ cron, timezone }, openAt)
      if (expected === undefined) expect(inMs).toBeGreaterThanOrEqual(WALKED_MS - MINUTE)
      else {
        found += expected > 0 ? 1 : 0
        expect(inMs).toBe(expected)
      }
    }),
    { numRuns: 150 },
  )
  expect(found).toBeGreaterThan(30)
}, 60_000)
