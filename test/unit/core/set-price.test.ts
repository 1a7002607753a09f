import { describe, expect, it } from '@jest/globals'
import type { AccountState } from '../../../src/core/account-state.js'
import { setPrice } from '../../../src/core/set-price.js'
import type { BudgetStanding } from '../../../src/domain/cadence.js'
import { createMemoryPlanning } from '../../support/memory-planning.js'
import { createMemoryClock, MEMORY_START_AT } from '../../support/memory-ports.js'

const STANDING: BudgetStanding = {
  limit: 1000,
  remaining: 600,
  resetInMs: 1_800_000,
  reserve: 100,
  used: 400,
  ours: 400,
  bucket: 0.5,
}

function priceBench(standing: Partial<BudgetStanding> = {}) {
  const clock = createMemoryClock()
  const planning = createMemoryPlanning()
  planning.stand({ ...STANDING, ...standing })
  planning.claim({ appetite: 2, urgency: 3, active: 10, idle: 5 })
  const state = (): AccountState => planning.stateOf('default')
  return { clock, planning, state, round: () => setPrice('default', { planning, clock }) }
}

describe('the price of requests', () => {
  it('is not set before anything was asked', async () => {
    const clock = createMemoryClock()
    const planning = createMemoryPlanning()
    await setPrice('default', { planning, clock })
    expect(planning.stateOf('default')).toBeNull()
  })

  it('is what makes all claims fit what the budget allows', async () => {
    const { state, round } = priceBench()
    await round()
    const affordable = 500 / 1800
    expect(state().price.priceS).toBeCloseTo((2 / affordable) ** 2, 3)
    expect(state()).toMatchObject({ usualUrgency: 3, used: 400, price: { at: MEMORY_START_AT, rounds: 1 } })
  })

  it('is set again after half a minute, and not before', async () => {
    const { clock, state, round } = priceBench()
    await round()
    clock.advance(29_000)
    await round()
    expect(state().price.rounds).toBe(1)
    clock.advance(1000)
    await round()
    expect(state().price.rounds).toBe(2)
  })

  it.each<[string, Partial<BudgetStanding>]>([
    ['the bucket has run dry', { bucket: 0 }],
    ['another window has begun', { used: 3, ours: 3 }],
  ])('is set again after five seconds where %s', async (_what, standing) => {
    const { clock, planning, state, round } = priceBench()
    await round()
    clock.advance(5000)
    planning.stand({ ...STANDING, ...standing })
    await round()
    expect(state().price.rounds).toBe(2)
  })

  it('is not set again because one request under way was counted twice for a moment', async () => {
    const { clock, planning, state, round } = priceBench()
    await round()
    clock.advance(5000)
    planning.stand({ ...STANDING, used: 397 })
    await round()
    expect(state().price.rounds).toBe(1)
  })

  it('goes on when the clock was set back', async () => {
    const { clock, state, round } = priceBench()
    await round()
    clock.advance(-3_600_000)
    await round()
    expect(state().price.rounds).toBe(2)
  })

  it('allows for what others on the account are seen to ask for', async () => {
    const alone = priceBench()
    const shared = priceBench()
    for (const [{ planning, clock, round }, theirs] of [
      [alone, 0],
      [shared, 20],
    ] as const) {
      for (let nth = 0; nth < 40; nth += 1) {
        planning.stand({ ...STANDING, used: STANDING.used + nth * theirs })
        await round()
        clock.advance(30_000)
      }
    }
    expect(shared.state().others.perS).toBeGreaterThan(0.4)
    expect(shared.state().price.priceS).toBeGreaterThan(alone.state().price.priceS)
  })

  it('takes no requests under way, counted or not yet, for those of others', async () => {
    const { clock, planning, state, round } = priceBench()
    for (let nth = 0; nth < 60; nth += 1) {
      planning.stand({ ...STANDING, used: 800 + (nth % 3), ours: 400 })
      await round()
      clock.advance(30_000)
    }
    expect(state().others.perS).toBeLessThan(0.01)
  })

  it('does not take what a 429 has voided for requests of others', async () => {
    const { clock, planning, state, round } = priceBench()
    await round()
    clock.advance(30_000)
    planning.stand({ ...STANDING, remaining: 0, used: 1000, bucket: 0 })
    await round()
    clock.advance(30_000)
    planning.stand({ ...STANDING, remaining: 990, used: 10, ours: 10 })
    await round()
    expect(state().others.perS).toBe(0)
  })

  it('is left to the replica that came first, with all else that was changed meanwhile', async () => {
    const { planning, state, round } = priceBench()
    await round()
    const theirs = { ...state(), price: { ...state().price, at: MEMORY_START_AT + 31_000, rounds: 9 } }
    planning.between(() => {
      planning.between(undefined)
      planning.write('default', theirs)
    })
    planning.write('default', { ...state(), price: { ...state().price, at: MEMORY_START_AT - 40_000 } })
    await round()
    expect(state()).toEqual(theirs)
  })
})
