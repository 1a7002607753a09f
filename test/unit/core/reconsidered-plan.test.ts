/** A plan is thought over without a request: only what is known without one may change it. */
import { expect, it } from '@jest/globals'
import { createLearnedCadence } from '../../../src/core/learned-cadence.js'
import { buildKey } from '../../../src/domain/build.js'
import type { WatchedTarget } from '../../../src/domain/ports.js'
import { FIRST_PRICE } from '../../../src/planning/price.js'
import { createMemoryPlanning } from '../../support/memory-planning.js'
import { createMemoryClock, MEMORY_START_AT } from '../../support/memory-ports.js'
import { feedOf, refOf, targetOf } from './fixtures.js'

const MINUTE = 60_000
const STEADY = Array.from({ length: 30 }, (_, nth) => ({
  createdAt: MEMORY_START_AT - (nth + 1) * 120 * MINUTE,
  durationMs: 60 * MINUTE + nth * 100,
}))

it.each(['feed', 'build'] as const)(
  'holds where only the answer of a %s told how old a build is',
  async (kind) => {
    const clock = createMemoryClock()
    const planning = createMemoryPlanning()
    planning.knows({ ended: STEADY, active: [{ build: 'a' }] })
    planning.write('default', { price: { ...FIRST_PRICE, priceS: 500, evenStepS: 600 } })
    const cadence = createLearnedCadence({ planning, clock, random: () => 0.5 })
    const polling = { minIntervalMs: 2000, maxIntervalMs: 4_000_000, timeoutMs: 15_000 }
    const target = { ...(kind === 'feed' ? feedOf() : targetOf('a')), polling }
    const pacing = { polls: 1, errors: 0, watchedSince: MEMORY_START_AT, answeredAt: MEMORY_START_AT }
    const fresh: WatchedTarget = { target, pacing }
    const old = new Map([[buildKey(refOf('a')), MEMORY_START_AT - 50 * MINUTE]])
    const { inMs, why, claim } = await cadence.next(fresh, old)
    expect(inMs).toBeLessThan((await cadence.next(fresh, new Map())).inMs / 1.5)
    const waiting = { ...pacing, nextProbeAt: MEMORY_START_AT + inMs, why, ...(claim ? { claim } : {}) }
    clock.advance(MINUTE)
    expect(await cadence.reconsider({ target, pacing: waiting })).toEqual({ inMs, why, claim })
  },
)
