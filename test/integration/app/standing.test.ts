import { beforeEach, expect, it } from '@jest/globals'
import { readStanding, type StandingMeans } from '../../../src/app/standing.js'
import { createBudget } from '../../../src/store/budget.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { accountsNamed } from '../../unit/app/fixtures.js'
import { KEYS, testClock } from '../store/store-fixtures.js'

const ANSWER = { limit: 1000, remaining: 900, resetInMs: 60_000, throttled: false }

describeEachRedis('how things stand', (engine) => {
  let means: StandingMeans
  let budget: ReturnType<typeof createBudget>

  beforeEach(() => {
    const [redis, clock] = [engine.connect(), testClock()]
    budget = createBudget({ redis, keys: KEYS, clock, reserves: () => ({ kind: 'share', share: 0.1 }) })
    const accounts = accountsNamed('default')
    means = { accounts: () => accounts.values(), store: { redis, keys: KEYS, budget }, clock }
  })

  const ask = async (): Promise<void> => {
    const permit = await budget.take('default', 'planned')
    await budget.learn('default', permit.kind === 'granted' ? permit.number : 0, ANSWER)
  }

  it('is told of an account from its first request on', async () => {
    expect(await readStanding(means)).toEqual({
      accounts: [{ account: 'default' }],
      events: 0,
      deliveries: { pending: 0, dead: 0 },
    })
    await ask()
    const { accounts } = await readStanding(means)
    // Resets are told in whole seconds, and the budget waits out the last one.
    const window = { limit: 1000, remaining: 900, reserve: 100, resetInMs: 61_000 }
    expect(accounts).toEqual([{ account: 'default', ...window, spentByUs: 1, spentByOthers: 99 }])
  })

  it('holds the price of a request where one is known', async () => {
    const [of12, unknown] = [async () => 12, async () => undefined]
    expect((await readStanding({ ...means, priceOf: of12 })).accounts).toEqual([
      { account: 'default', priceS: 12 },
    ])
    expect((await readStanding({ ...means, priceOf: unknown })).accounts).toEqual([{ account: 'default' }])
  })

  it('is told without a price that cannot be had', async () => {
    const priceOf = () => Promise.reject(new Error('nothing learned'))
    await ask()
    const { accounts } = await readStanding({ ...means, priceOf })
    expect(accounts).toMatchObject([{ limit: 1000 }])
    expect(accounts[0]).not.toHaveProperty('priceS')
  })
})
