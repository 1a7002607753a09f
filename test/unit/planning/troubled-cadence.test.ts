import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { NO_TROUBLE, TROUBLES, type Trouble } from '../../../src/domain/trouble.js'
import { troubledCadence } from '../../../src/planning/troubled-cadence.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY

const HOURLY = { kind: 'again', inMs: HOUR }
const DAILY = { kind: 'again', inMs: DAY }
const NO_MORE = { kind: 'abandon' }

function cadence(trouble: Trouble, lastedMs: number) {
  return troubledCadence({ rev: 1, episode: 1, trouble, since: NOW - lastedMs }, NOW)
}

describe.each(['gone', 'forbidden'] as const)('what is %s', (trouble) => {
  it.each([
    ['once an hour at first', 0, HOURLY],
    ['once an hour on its first day', DAY - 1, HOURLY],
    ['once a day after that', DAY, DAILY],
    ['once a day in its first week', WEEK - 1, DAILY],
    ['no more after a week', WEEK, NO_MORE],
    ['no more for ever after', 50 * WEEK, NO_MORE],
  ])('is asked for %s', (_, lastedMs, expected) => {
    expect(cadence(trouble, lastedMs)).toEqual(expected)
  })

  it('is asked for once an hour when the clock was set back', () => {
    expect(cadence(trouble, -DAY)).toEqual(HOURLY)
  })

  it('costs less and less', () => {
    const pauseMs = (lastedMs: number): number => {
      const next = cadence(trouble, lastedMs)
      return next?.kind === 'again' ? next.inMs : Infinity
    }
    fc.assert(
      fc.property(fc.nat(2 * WEEK), fc.nat(WEEK), (lastedMs, more) => {
        expect(pauseMs(lastedMs + more)).toBeGreaterThanOrEqual(pauseMs(lastedMs))
      }),
    )
  })

  it('takes some thirty requests until it is given up', () => {
    let requests = 0
    let lastedMs = 0
    for (let next = cadence(trouble, 0); next?.kind === 'again'; next = cadence(trouble, lastedMs)) {
      requests += 1
      lastedMs += next.inMs
    }
    expect(requests).toBe(30)
  })
})

describe('everything else', () => {
  const others = TROUBLES.filter((trouble) => trouble !== 'gone' && trouble !== 'forbidden')

  it.each(others)('that is %s is asked for as after any failed probe', (trouble) => {
    expect(cadence(trouble, 2 * WEEK)).toBeUndefined()
  })

  it('that is well is asked for as ever', () => {
    expect(troubledCadence(NO_TROUBLE, NOW)).toBeUndefined()
  })
})
