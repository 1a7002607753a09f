/** What a forecast says of watches must follow from what they are: their builds, their rails, their weights, the budget. */
import { describe, expect, it } from '@jest/globals'
import { createRandom } from '../../../src/domain/seeded-random.js'
import { FRESH_PRIOR } from '../../../src/planning/account-prior.js'
import {
  type Forecast,
  type ForecastFacts,
  type ForecastTarget,
  forecast,
} from '../../../src/planning/forecast.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const MINUTE = 60_000
const RAILS = { minIntervalMs: 2000, maxIntervalMs: 3_600_000, timeoutMs: 15_000 }

/** Builds of about five minutes, so many an hour. */
function past(perHour: number, count = 60): ForecastTarget['past'] {
  return Array.from({ length: count }, (_, nth) => ({
    createdAt: NOW - (nth + 1) * (60 / perHour) * MINUTE,
    durationMs: 5 * MINUTE + (nth % 7) * 3000,
  }))
}

function target(id: string, facts: Partial<ForecastTarget> = {}): ForecastTarget {
  return { id, kind: 'feed', past: past(4), rails: RAILS, weight: 1, ...facts }
}

function forecastOf(targets: readonly ForecastTarget[], facts: Partial<ForecastFacts> = {}): Forecast {
  return forecast({
    targets,
    strategy: 'learned',
    limit: 1000,
    reserve: 100,
    prior: FRESH_PRIOR,
    unknownPerHour: 2,
    now: NOW,
    random: createRandom(1),
    mostHours: 4,
    ...facts,
  })
}

const many = (count: number, facts: Partial<ForecastTarget> = {}): ForecastTarget[] =>
  Array.from({ length: count }, (_, nth) => target(`job-${nth}`, facts))

function meanDelay({ targets }: Forecast): number {
  const known = targets.flatMap(({ meanDelayS }) => meanDelayS ?? [])
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

describe('a forecast of learned polling', () => {
  it('never takes more than the budget, however much is watched', () => {
    for (const count of [1, 20, 100]) {
      const { requestsPerHour, hours } = forecastOf(many(count))
      expect(requestsPerHour).toBeLessThanOrEqual(900 + 100 / hours)
    }
  })

  it('tells later as more is watched', () => {
    expect(meanDelay(forecastOf(many(60)))).toBeGreaterThan(2 * meanDelay(forecastOf(many(6))))
  })

  it('knows how often jobs build, and how long that takes', () => {
    const [each] = forecastOf([target('web', { past: past(12) })]).targets
    expect(each?.usualS).toBeGreaterThan(300)
    expect(each?.usualS).toBeLessThan(320)
    expect(Math.abs((each?.buildsPerHour ?? 0) - 12)).toBeLessThan(6)
  })

  it('assumes what it is told to of a job of which nothing is known', () => {
    const [each] = forecastOf([target('new', { past: [] })], { unknownPerHour: 10 }).targets
    expect(each).not.toHaveProperty('usualS')
    expect(Math.abs((each?.buildsPerHour ?? 0) - 10)).toBeLessThan(5)
  })

  it('lets the heavier be seen sooner than the others', () => {
    const [heavy, ...others] = forecastOf([target('heavy', { weight: 20 }), ...many(40)]).targets
    const usual = others.map(({ meanDelayS = 0 }) => meanDelayS).sort((a, b) => a - b)[20] ?? 0
    expect(heavy?.meanDelayS).toBeLessThan(usual / 2)
  })

  it('counts what the longest pauses take, whatever else happens', () => {
    const rails = { ...RAILS, maxIntervalMs: 10_000 }
    const { leastPerHour, requestsPerHour } = forecastOf(many(5, { rails }))
    expect(leastPerHour).toBe(1800)
    expect(requestsPerHour).toBeLessThanOrEqual(905)
  })

  it('takes a single build for one build', () => {
    const { targets, leastPerHour } = forecastOf([target('web/b-1', { kind: 'build' })])
    expect(leastPerHour).toBe(0)
    expect(targets[0]?.p95DelayS).toBe(targets[0]?.meanDelayS)
    expect(targets[0]?.requestsPerHour).toBeGreaterThan(0)
  })

  it('plays through less where more is watched, for it would take minutes', () => {
    const rare = { past: past(0.01), rails: { ...RAILS, maxIntervalMs: 3_600_000 } }
    const played = (count: number) =>
      forecastOf(many(count, rare), { strategy: 'backoff', mostHours: 24 }).hours
    expect([played(1), played(800)]).toEqual([24, 10])
  })

  it('is the same for the same seed', () => {
    expect(forecastOf(many(3))).toEqual(forecastOf(many(3)))
  })
})

describe('a forecast of backoff', () => {
  it('asks at the longest pause while nothing runs, and knows no budget', () => {
    const rails = { ...RAILS, maxIntervalMs: 60_000 }
    const { requestsPerHour, targets } = forecastOf(many(30, { rails, past: past(0.01) }), {
      strategy: 'backoff',
    })
    expect(requestsPerHour).toBeGreaterThan(30 * 60)
    expect(targets[0]?.requestsPerHour).toBeLessThan(75)
  })

  it('sees each end within the longest pause and its jitter', () => {
    const rails = { ...RAILS, maxIntervalMs: 30_000 }
    const { targets } = forecastOf([target('web', { rails })], { strategy: 'backoff' })
    expect(targets[0]?.p95DelayS).toBeLessThanOrEqual(36)
    expect(targets[0]?.meanDelayS).toBeGreaterThan(2)
  })

  it('ends with the build where it is a single one', () => {
    const { targets } = forecastOf([target('web/b-1', { kind: 'build' })], { strategy: 'backoff' })
    expect(targets[0]?.requestsPerHour).toBeLessThan(6)
  })
})
