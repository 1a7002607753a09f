import { describe, expect, it } from '@jest/globals'
import { type AccountOutlook, planAhead, priorFrom } from '../../../src/core/plan-ahead.js'
import { createRandom } from '../../../src/domain/seeded-random.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { FEED_ID, feedOf, targetOf } from './fixtures.js'

const MINUTE = 60_000
const PAST = new Map([
  [
    FEED_ID,
    Array.from({ length: 30 }, (_, nth) => ({
      createdAt: MEMORY_START_AT - nth * 20 * MINUTE,
      durationMs: 4 * MINUTE,
    })),
  ],
])

function planOf(facts: Partial<AccountOutlook> = {}) {
  return planAhead({
    targets: [feedOf()],
    past: PAST,
    strategy: 'learned',
    limit: 1000,
    reserve: 100,
    unknownPerHour: 2,
    now: MEMORY_START_AT,
    random: createRandom(1),
    ...facts,
  })
}

const railed = (maxIntervalMs: number) => {
  const feed = feedOf()
  return { ...feed, polling: { ...feed.polling, maxIntervalMs } }
}

describe('a plan', () => {
  it('says of each watch what is known of it, what it costs and how late it tells', () => {
    const { watches, fits, cures, budgetPerHour } = planOf()
    expect(watches).toMatchObject([{ target: FEED_ID, history: 30, usualS: 240 }])
    expect(watches[0]?.p95DelayS).toBeGreaterThanOrEqual(watches[0]?.meanDelayS ?? Infinity)
    expect({ fits, cures, budgetPerHour }).toEqual({ fits: true, cures: [], budgetPerHour: 900 })
  })

  it('does not fit where the longest pauses take more than the budget, and says what would', () => {
    const { fits, cures } = planOf({ targets: [railed(2000)] })
    expect(fits).toBe(false)
    expect(cures).toEqual([
      'raise max_interval to 4 s or more: the one job or service is asked once in that time at least',
      'watch less, lower the reserve, or ask Northflank for a higher limit: 900 requests an hour are missing',
    ])
    expect(planOf({ targets: [railed(4000)] }).fits).toBe(true)
  })

  it('does not fit where plain backoff asks for more, which nothing holds back', () => {
    const targets = Array.from({ length: 30 }, (_, nth) => ({ ...railed(60_000), id: `job-${nth}` }))
    const { fits, cures } = planOf({ targets, strategy: 'backoff' })
    expect(fits).toBe(false)
    expect(cures[0]).toContain('raise max_interval')
    const rarely = targets.map((target) => ({
      ...target,
      polling: { ...target.polling, maxIntervalMs: 130_000 },
    }))
    const busy = new Map([
      [FEED_ID, (PAST.get(FEED_ID) ?? []).map((build) => ({ ...build, durationMs: 15 * MINUTE }))],
    ])
    expect(planOf({ targets: rarely, past: busy, strategy: 'backoff' }).cures[0]).toContain(
      'strategy: backoff',
    )
  })

  it('takes a build for one of its job', () => {
    expect(planOf({ targets: [targetOf('a')] }).watches).toMatchObject([{ history: 30, usualS: 240 }])
  })

  it('costs nothing where nothing is watched', () => {
    expect(planOf({ targets: [] })).toMatchObject({ fits: true, requestsPerHour: 0, watches: [] })
  })
})

it('learns of the account from the builds of a file, the oldest first', () => {
  const prior = priorFrom(PAST)
  expect(prior.builds).toBe(30)
  expect(Math.abs(prior.meanLn - Math.log(240))).toBeLessThan(0.15)
})
