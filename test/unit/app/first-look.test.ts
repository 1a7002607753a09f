import { beforeEach, describe, expect, it } from '@jest/globals'
import { type FirstLookMeans, firstLook } from '../../../src/app/first-look.js'
import { ApiError } from '../../../src/domain/errors.js'
import { targetsOf } from '../../../src/domain/target.js'
import type { CallOptions } from '../../../src/northflank/client.js'
import type { TokenFacts } from '../../../src/northflank/parse-token-facts.js'
import { createMemoryBudget, createMemoryClock, MEMORY_START_AT } from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { accountsNamed, buildOf, feedOf } from './fixtures.js'

const DAY = 86_400_000

const logger = createRecordingLogger()
let budget: ReturnType<typeof createMemoryBudget>
let asked: number

beforeEach(() => {
  logger.lines.length = 0
  budget = createMemoryBudget()
  asked = 0
})

type Answer = (call: CallOptions) => Promise<TokenFacts | undefined>

async function look(
  answer: Answer,
  means: Partial<FirstLookMeans> = {},
  accounts = ['default'],
): Promise<void> {
  const whoAmI = (call: CallOptions = {}): ReturnType<Answer> => {
    asked += 1
    return answer(call)
  }
  await firstLook(accountsNamed(...accounts).values(), {
    clientOf: () => ({ whoAmI }),
    targets: targetsOf([feedOf('nightly')]),
    budget,
    claimRun: async () => true,
    signal: new AbortController().signal,
    clock: createMemoryClock(),
    logger,
    ...means,
  })
}

const told = (): [string, object, string][] =>
  logger.lines.map(({ level, fields, message }) => [level, fields, message])

describe('at the first look at an account', () => {
  it('the expiry of its token is said', async () => {
    await look(async () => ({ expiresAt: MEMORY_START_AT + 14 * DAY }))
    expect(told()).toEqual([
      ['info', { account: 'default', expiresAt: '2026-01-19T12:00:00.000Z', days: 14 }, expect.any(String)],
    ])
  })

  it('an expiry within a fortnight is a warning', async () => {
    await look(async () => ({ expiresAt: MEMORY_START_AT + 14 * DAY - 1 }))
    expect(told()).toEqual([['warn', expect.objectContaining({ days: 13 }), expect.stringMatching('soon')]])
  })

  it('rights that its watches take and the token lacks are named', async () => {
    const targets = targetsOf([
      feedOf('nightly'),
      buildOf('web', 'b-1'),
      feedOf('other', { account: 'acme' }),
      feedOf('api', { ref: { project: 'shop', kind: 'services', resource: 'api' } }),
    ])
    await look(async () => ({ permissions: ['Project > Services > General > Read'] }), { targets })
    expect(told()).toEqual([
      [
        'warn',
        {
          account: 'default',
          missing: ['Project > Jobs > General > Read', 'Project > Jobs > Deployment > Deploy Build'],
        },
        expect.any(String),
      ],
    ])
  })

  it.each<[string, TokenFacts | undefined]>([
    ['nothing', undefined],
    ['nothing of use', { account: 'shop' }],
    ['that everything is granted', { permissions: ['Project > Jobs > General > Read'] }],
  ])('there is no word when the API says %s', async (_, facts) => {
    await look(async () => facts)
    expect(told()).toEqual([])
    expect(asked).toBe(1)
  })
})

describe('a first look', () => {
  it('takes one permit of the reserve, teaches the budget, and does not try again', async () => {
    let mayRetry: boolean | undefined
    await look(
      async (call) => {
        mayRetry = await call.mayRetry?.()
        await call.onAnswer?.({ remaining: 7, throttled: false })
        return undefined
      },
      { budget: (budget = createMemoryBudget({ left: 1, reserve: 1 })) },
    )
    expect(mayRetry).toBe(false)
    expect(budget.left()).toBe(0)
    expect(budget.learned).toEqual([{ permit: 1, facts: { remaining: 7, throttled: false } }])
  })

  it('is left out where nothing is left of the account’s allowance', async () => {
    await look(async () => undefined, { budget: createMemoryBudget({ left: 0 }) })
    expect(asked).toBe(0)
  })

  it('is left to the replica that has claimed it, for an hour', async () => {
    const claims: [string, number][] = []
    const claimRun = async (key: string, ttlMs: number): Promise<boolean> => {
      claims.push([key, ttlMs])
      return key === 'first-look:acme'
    }
    await look(async () => undefined, { claimRun }, ['default', 'acme'])
    expect(claims).toEqual([
      ['first-look:default', 3_600_000],
      ['first-look:acme', 3_600_000],
    ])
    expect(asked).toBe(1)
  })

  it('that fails is a debug line, and the next account is looked at all the same', async () => {
    const refused = new ApiError('API_UNAUTHORIZED', 'the token is not accepted', { retryable: false })
    await look(() => Promise.reject(refused), {}, ['default', 'acme'])
    expect(asked).toBe(2)
    expect(logger.lines.map(({ level }) => level)).toEqual(['debug', 'debug'])
  })

  it('fails as quietly where Redis is away', async () => {
    await look(async () => undefined, { claimRun: () => Promise.reject(new Error('away')) })
    expect(logger.lines.map(({ level }) => level)).toEqual(['debug'])
    expect(asked).toBe(0)
  })
})
