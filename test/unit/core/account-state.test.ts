/** What an account shares is text in Redis, which another version may have written, or anyone. */
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { priceOf, readState } from '../../../src/core/account-state.js'
import { createLearnedCadence } from '../../../src/core/learned-cadence.js'
import { setPrice } from '../../../src/core/set-price.js'
import type { WatchedTarget } from '../../../src/domain/ports.js'
import { FIRST_PRICE } from '../../../src/planning/price.js'
import { createMemoryPlanning } from '../../support/memory-planning.js'
import { createMemoryClock, MEMORY_START_AT } from '../../support/memory-ports.js'
import { feedOf } from './fixtures.js'

const POLLING = { minIntervalMs: 2000, maxIntervalMs: 900_000, timeoutMs: 15_000 }
const STANDING = {
  limit: 1000,
  remaining: 600,
  resetInMs: 1_800_000,
  reserve: 100,
  used: 400,
  ours: 400,
  bucket: 0.5,
}

function stateBench(text: string) {
  const clock = createMemoryClock()
  const planning = createMemoryPlanning()
  void planning.swapAccount('default', undefined, text)
  planning.knows({ active: [{ build: 'a', createdAt: MEMORY_START_AT - 60_000 }] })
  planning.stand(STANDING)
  planning.claim({ appetite: 2, urgency: 3, active: 10, idle: 5 })
  const cadence = createLearnedCadence({ planning, clock, random: () => 0.5 })
  const watched: WatchedTarget = {
    target: { ...feedOf(), polling: POLLING },
    pacing: {
      polls: 1,
      errors: 0,
      watchedSince: MEMORY_START_AT,
      claim: { account: 'default', appetite: 1, fixedPerS: 0, urgency: 1, active: 1 },
    },
  }
  return { clock, planning, cadence, watched }
}

const BROKEN = [
  '',
  '{"price":',
  'null',
  '7',
  '[]',
  '{"price":null,"prior":3,"others":"x"}',
  '{"price":{}}',
  '{"price":{"priceS":null,"evenStepS":10,"idleStepS":60}}',
  '{"price":{"priceS":0,"evenStepS":0,"idleStepS":-1},"usualUrgency":"much"}',
  '{"prior":{"builds":1}}',
] as const

describe.each(BROKEN)('a state that reads %p', (text) => {
  it('stops no polling, nor makes it restless', async () => {
    const { cadence, watched } = stateBench(text)
    const broken = await cadence.next(watched, new Map())
    const fresh = stateBench('{}')
    expect(broken).toEqual(await fresh.cadence.next(fresh.watched, new Map()))
    expect(await cadence.patience(watched)).toBeGreaterThan(0)
  })

  it('is whole again after the next price, and after the next build', async () => {
    for (const change of ['price', 'build']) {
      const { planning, clock, cadence } = stateBench(text)
      if (change === 'price') await setPrice('default', { planning, clock })
      else await cadence.learn('default', [300_000])
      expect(await priceOf('default', planning)).toEqual(change === 'price' ? expect.any(Number) : undefined)
      const { price, prior } = planning.stateOf('default')
      expect([...Object.values(price), ...Object.values(prior)].every(Number.isFinite)).toBe(true)
    }
  })
})

it('reads any text as numbers that can be planned with', async () => {
  const numbers = fc.oneof(fc.double(), fc.constant(null), fc.string(), fc.integer())
  const part = fc.dictionary(
    fc.constantFrom('priceS', 'evenStepS', 'idleStepS', 'builds', 'meanLn', 'sdLn', 'perS', 'at'),
    numbers,
  )
  const states = fc.record(
    { price: part, prior: part, others: part, usualUrgency: numbers, used: numbers },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(states, fc.json()), async (state) => {
      const { cadence, watched } = stateBench(typeof state === 'string' ? state : JSON.stringify(state))
      const { inMs, claim } = await cadence.next(watched, new Map())
      expect(inMs).toBeGreaterThanOrEqual(POLLING.minIntervalMs)
      expect(inMs).toBeLessThanOrEqual(POLLING.maxIntervalMs)
      expect(Number.isFinite(await cadence.patience({ ...watched, pacing: { ...watched.pacing } }))).toBe(
        true,
      )
      expect(claim).toBeDefined()
    }),
    { numRuns: 300 },
  )
})

it('keeps what a newer version has put beside what is known here', async () => {
  const { planning, cadence } = stateBench('{"later":{"a":1},"price":{"priceS":7,"tilt":2}}')
  await cadence.learn('default', [300_000])
  expect(planning.stateOf('default')).toMatchObject({
    later: { a: 1 },
    price: { ...FIRST_PRICE, priceS: 7, tilt: 2 },
    prior: { builds: 1 },
  })
  expect((await readState('default', planning)).state.price.priceS).toBe(7)
})
