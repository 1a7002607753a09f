import { expect, test } from '@jest/globals'
import { isTimezone, nearestTimezone } from '../../../src/config/timezone.js'

test.each(['UTC', 'Europe/Berlin', 'Etc/GMT+5', 'europe/berlin'])('%s is a time zone', (name) => {
  // Twice, for what was found once is remembered.
  expect([isTimezone(name), isTimezone(name)]).toEqual([true, true])
})

test.each(['+02:00', '-0800', '', ' UTC', 'Europe/Berlin\n', 'Mars/Olympus', 'x'.repeat(65)])(
  '%p is none, whatever the runtime makes of it',
  (name) => {
    expect([isTimezone(name), isTimezone(name)]).toEqual([false, false])
  },
)

test.each([
  ['tokyo', 'Asia/Tokyo'],
  ['Nowhere/New_York', 'America/New_York'],
  ['Europe/Brelin', 'Europe/Berlin'],
])('%s probably means %s', (wrong, meant) => {
  expect(nearestTimezone(wrong)).toBe(meant)
})

test.each(['Mars/Olympus', '', 'Q'])('%p means none that there is', (wrong) => {
  expect(nearestTimezone(wrong)).toBeUndefined()
})
