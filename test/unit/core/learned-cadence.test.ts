import { describe, expect, it } from '@jest/globals'
import { createLearnedCadence } from '../../../src/core/learned-cadence.js'
import { buildKey } from '../../../src/domain/build.js'
import type { WatchedTarget } from '../../../src/domain/ports.js'
import type { Pacing, Target } from '../../../src/domain/target.js'
import { FRESH_PRIOR } from '../../../src/planning/account-prior.js'
import { FIRST_PRICE } from '../../../src/planning/price.js'
import { createMemoryPlanning } from '../../support/memory-planning.js'
import { createMemoryClock, MEMORY_START_AT } from '../../support/memory-ports.js'
import { feedOf, refOf, targetOf } from './fixtures.js'

const MINUTE = 60_000
const KEY = buildKey(refOf('a'))

/** Builds of five minutes, one every quarter of an hour. */
const STEADY = Array.from({ length: 30 }, (_, nth) => ({
  createdAt: MEMORY_START_AT - (nth + 1) * 15 * MINUTE,
  durationMs: 5 * MINUTE + nth * 100,
}))

function cadenceBench() {
  const clock = createMemoryClock()
  const planning = createMemoryPlanning()
  const cadence = createLearnedCadence({ planning, clock, random: () => 0.5 })
  const watched = (target: Target, pacing: Partial<Pacing> = {}): WatchedTarget => ({
    target: { ...target, polling: { minIntervalMs: 2000, maxIntervalMs: 900_000, timeoutMs: 15_000 } },
    pacing: { polls: 1, errors: 0, watchedSince: MEMORY_START_AT, ...pacing },
  })
  return { clock, planning, cadence, watched }
}

describe('a build of a job that is known', () => {
  it('is left alone while it is young, and asked for closely around its usual end', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.knows({ ended: STEADY })
    const build = watched(targetOf('a'))
    const young = await cadence.next(build, new Map([[KEY, MEMORY_START_AT]]))
    const old = await cadence.next(build, new Map([[KEY, MEMORY_START_AT - 295_000]]))
    expect(young.inMs).toBeGreaterThan(20_000)
    expect(old.inMs).toBeLessThan(young.inMs / 3)
    expect(old.claim).toMatchObject({ account: 'default', active: 1 })
    expect(old.claim?.urgency).toBeGreaterThan(0)
  })

  it('counts as just begun where nobody knows when it began', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.knows({ ended: STEADY })
    const build = watched(targetOf('a'))
    const unknown = await cadence.next(build, new Map())
    expect(unknown).toEqual(await cadence.next(build, new Map([[KEY, MEMORY_START_AT]])))
  })

  it('never leaves the rails of its watch', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.knows({ ended: STEADY })
    const { target, pacing } = watched(targetOf('a'))
    const polling = { minIntervalMs: 700, maxIntervalMs: 800, timeoutMs: 1000 }
    const { inMs } = await cadence.next({ target: { ...target, polling }, pacing }, new Map())
    expect(inMs).toBeGreaterThanOrEqual(700)
    expect(inMs).toBeLessThanOrEqual(800)
  })
})

describe('a watched job', () => {
  it('is asked by the ages of its active builds, and only now and then while none is', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.knows({ ended: STEADY })
    const feed = watched(feedOf())
    const idle = await cadence.next(feed, new Map())
    expect(idle).toMatchObject({ why: 'idle', claim: { active: 0 } })
    planning.knows({ active: [{ build: 'a', createdAt: MEMORY_START_AT - 295_000 }] })
    const active = await cadence.next(feed, new Map())
    expect(active.inMs).toBeLessThan(idle.inMs)
    expect(active.claim?.active).toBe(1)
  })

  it('takes the age of a build from its record where the list does not tell it', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.knows({ ended: STEADY, active: [{ build: 'a' }] })
    const told = await cadence.next(watched(feedOf()), new Map([[KEY, MEMORY_START_AT - 295_000]]))
    planning.knows({ active: [{ build: 'a', createdAt: MEMORY_START_AT - 295_000 }] })
    expect(await cadence.next(watched(feedOf()), new Map())).toEqual(told)
  })
})

describe('what an account shares', () => {
  it('is what its builds have taken, learned one after the other', async () => {
    const { planning, cadence } = cadenceBench()
    await cadence.learn('default', [])
    expect(planning.stateOf('default')).toBeNull()
    await cadence.learn('default', [MINUTE, MINUTE])
    expect(planning.stateOf('default')).toMatchObject({ prior: { builds: 2 }, price: FIRST_PRICE })
  })

  it('is not lost to another replica that learns at the same time', async () => {
    const { planning, cadence } = cadenceBench()
    const theirs = { ...FRESH_PRIOR, builds: 7 }
    planning.between(() => {
      planning.between(undefined)
      planning.write('default', { prior: theirs })
    })
    await cadence.learn('default', [MINUTE])
    expect(planning.stateOf('default')).toMatchObject({ prior: { builds: 8 } })
  })

  it('is read once in a while, not with each probe', async () => {
    const { planning, clock, cadence, watched } = cadenceBench()
    for (let probe = 0; probe < 10; probe += 1) await cadence.next(watched(feedOf()), new Map())
    expect(planning.reads()).toBe(1)
    clock.advance(2000)
    await cadence.next(watched(feedOf()), new Map())
    expect(planning.reads()).toBe(2)
  })
})

describe('patience', () => {
  const claim = { account: 'default', appetite: 1, fixedPerS: 0, active: 1 }

  it('is half a minute where a probe is no more urgent than usual, or is the first', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.write('default', { usualUrgency: 2 })
    expect(await cadence.patience(watched(feedOf()))).toBe(30_000)
    expect(await cadence.patience(watched(feedOf(), { claim: { ...claim, urgency: 2 } }))).toBe(30_000)
  })

  it('shrinks as a probe is more urgent, and is a second at least', async () => {
    const { planning, cadence, watched } = cadenceBench()
    planning.write('default', { usualUrgency: 2 })
    const patienceAt = (urgency: number) =>
      cadence.patience(watched(feedOf(), { claim: { ...claim, urgency } }))
    expect(await patienceAt(4)).toBe(7500)
    expect(await patienceAt(400)).toBe(1000)
  })
})

describe('a plan that is thought over', () => {
  it('counts from the last answer, and is shorter where requests have become cheaper', async () => {
    const { planning, cadence, clock, watched } = cadenceBench()
    planning.knows({ ended: STEADY, active: [{ build: 'a', createdAt: MEMORY_START_AT }] })
    const dear = { price: { ...FIRST_PRICE, priceS: 3000, evenStepS: 60 } }
    planning.write('default', dear)
    const feed = watched(feedOf(), { answeredAt: MEMORY_START_AT })
    const before = await cadence.next(feed, new Map())
    clock.advance(3000)
    expect((await cadence.reconsider(feed))?.inMs).toBe(before.inMs)
    planning.write('default', { price: { ...dear.price, priceS: 0.1 } })
    clock.advance(3000)
    expect((await cadence.reconsider(feed))?.inMs).toBeLessThan(before.inMs / 2)
  })

  it('is none where nothing was answered yet', async () => {
    const { cadence, watched } = cadenceBench()
    expect(await cadence.reconsider(watched(feedOf()))).toBeUndefined()
  })
})
