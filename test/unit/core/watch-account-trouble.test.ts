import { describe, expect, it } from '@jest/globals'
import { feedBench, running, troublesOf } from './feed-bench.js'
import { apiError, targetOf } from './fixtures.js'
import { watchBench } from './watch-bench.js'

const ON_CALL = [{ to: 'pager', on: ['unauthorized', 'recovered'] }] as const
const TARGETS = [1, 2, 3].map((nth) => targetOf(`build-${nth}`, ON_CALL))

function accountBench() {
  const bench = watchBench({ targets: TARGETS })
  bench.targets.tellOf('default', [...ON_CALL, { to: 'hook', on: ['concluded'] }])
  const pollAll = async () => {
    for (const { id } of TARGETS) await bench.poll({}, id)
  }
  return { ...bench, pollAll }
}

describe('trouble of an account', () => {
  it('that shows at all its targets is told once, by the routes of the account that ask for trouble', async () => {
    const bench = accountBench()
    bench.api.refuse('get', apiError('API_UNAUTHORIZED', { status: 401 }))
    await bench.pollAll()
    bench.clock.advance(5000)
    await bench.pollAll()
    await bench.pollAll()
    expect(bench.troubles.told).toEqual([
      {
        event: expect.objectContaining({
          id: 'accounts/default!unauthorized.1',
          data: expect.objectContaining({ scope: 'account', account: 'default', code: 'API_UNAUTHORIZED' }),
        }),
        routes: ON_CALL,
      },
    ])
  })

  it('is told to be over with the first good answer', async () => {
    const bench = accountBench()
    for (const { ref } of TARGETS) bench.api.serve({ id: ref.build, status: 'BUILDING' })
    bench.api.refuse('get', apiError('API_UNAUTHORIZED'))
    await bench.pollAll()
    bench.clock.advance(5000)
    await bench.pollAll()
    bench.api.allow('get')
    await bench.pollAll()
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([
      'accounts/default!unauthorized.1',
      'accounts/default!recovered.1',
    ])
  })

  it('is none while single probes fail among good ones', async () => {
    const bench = accountBench()
    for (const { ref } of TARGETS) bench.api.serve({ id: ref.build, status: 'BUILDING' })
    for (let round = 1; round <= 30; round++) {
      bench.api.fail(apiError('API_UNREACHABLE'))
      await bench.pollAll()
      bench.clock.advance(10_000)
    }
    expect(bench.troubles.told).toEqual([])
  })

  it('keeps its targets from counting as stale', async () => {
    const bench = accountBench()
    bench.api.refuse('get', apiError('API_UNREACHABLE'))
    for (let round = 1; round <= 40; round++) {
      await bench.pollAll()
      bench.clock.advance(60_000)
    }
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual(['accounts/default!unreachable.1'])
  })

  it('a wrong base URL is one: nothing of it is ever gone', async () => {
    const bench = accountBench()
    bench.api.refuse('get', apiError('API_WRONG_ROUTE'))
    for (let round = 1; round <= 5; round++) {
      await bench.pollAll()
      bench.clock.advance(30_000)
    }
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual(['accounts/default!unreachable.1'])
  })

  it('is said in the log by the one probe that has told it', async () => {
    const bench = accountBench()
    bench.api.refuse('get', apiError('API_UNAUTHORIZED'))
    await bench.pollAll()
    bench.clock.advance(5000)
    const lost = { ...bench.troubles, note: async () => false }
    for (const { id } of TARGETS) await bench.poll({ troubles: lost }, id)
    const words = 'warn: the API does not accept the token; the watches go on'
    expect(bench.told()).not.toContain(words)
    await bench.pollAll()
    expect(bench.told().filter((line) => line === words)).toHaveLength(1)
  })

  it('changes no build and ends no watch', async () => {
    const bench = accountBench()
    bench.api.refuse('get', apiError('API_UNAUTHORIZED'))
    await bench.pollAll()
    expect(bench.records.log).toEqual([])
    expect(TARGETS.map(({ id }) => bench.targets.isFinished(id))).toEqual([false, false, false])
  })
})

describe('a target whose answers are no builds', () => {
  it('goes stale after a quarter of an hour, told once', async () => {
    const bench = watchBench()
    const [id] = [targetOf('quick-fox-1').id]
    bench.api.refuse('get', apiError('API_BAD_RESPONSE'))
    for (let round = 1; round <= 20; round++) {
      await bench.poll()
      bench.clock.advance(60_000)
    }
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([`${id}!stale.1`])
  })

  it('that begins while builds are read by id, after a list that was answered, is told all the same', async () => {
    const bench = feedBench()
    bench.api.serve(running('left', -1000))
    await bench.poll()
    bench.api.unlist('left')
    bench.api.refuse('get left', apiError('API_THROTTLED', { status: 429, resetInMs: 60_000 }))
    await bench.poll()
    expect(troublesOf(bench)).toEqual(['accounts/default!throttled.1'])
    bench.api.allow('get left')
    await bench.poll()
    expect(troublesOf(bench)).toEqual(['accounts/default!throttled.1', 'accounts/default!recovered.1'])
  })
})
