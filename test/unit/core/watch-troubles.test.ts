import { describe, expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import type { BuildSource } from '../../../src/domain/ports.js'
import { createMemoryBudget, MEMORY_START_AT } from '../../support/memory-ports.js'
import { apiError, NEVER_ABORTED } from './fixtures.js'
import { TARGET, watchBench } from './watch-bench.js'

function refusing(error: unknown): BuildSource {
  const refuse = async (): Promise<never> => {
    throw error
  }
  return { get: refuse, list: refuse }
}

describe('a watch without a permit', () => {
  it('makes no request and comes back when told, with its pace as it was', async () => {
    const bench = watchBench({ budget: createMemoryBudget({ left: 20, reserve: 20, resetInMs: 77_000 }) })
    await bench.targets.pace(TARGET.id, { polls: 3, errors: 2 })
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 77_000 })
    expect(bench.api.requests()).toBe(0)
    expect(bench.targets.pacingOf(TARGET.id)).toEqual({
      polls: 3,
      errors: 2,
      nextProbeAt: MEMORY_START_AT + 77_000,
      why: 'governor',
    })
  })
})

describe('a probe that failed', () => {
  it('changes nothing on the record and comes back later each time', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    await bench.poll()
    const before = bench.onRecord()
    bench.api.fail(apiError('API_UNREACHABLE'), apiError('API_TIMED_OUT'), apiError('API_NOT_FOUND'))
    const pauses = [await bench.poll(), await bench.poll(), await bench.poll()]
    expect(pauses).toEqual([1600, 3200, 16_000].map((inMs) => ({ kind: 'again', inMs })))
    expect(bench.onRecord()).toEqual(before)
    expect(bench.targets.pacingOf(TARGET.id)).toEqual({
      polls: 1,
      errors: 3,
      answeredAt: MEMORY_START_AT,
      failure: 'API_NOT_FOUND',
      nextProbeAt: MEMORY_START_AT + 16_000,
      why: 'retry',
      watchedSince: MEMORY_START_AT,
    })
  })

  it('is told once, and so is its end', async () => {
    const bench = watchBench()
    bench.serve({})
    bench.api.fail(apiError('API_UNREACHABLE'), apiError('API_UNREACHABLE'))
    for (let probe = 1; probe <= 4; probe++) await bench.poll()
    expect(bench.told()).toEqual(['warn: probe failed; the watch goes on', 'info: probes succeed again'])
    expect(bench.logger.lines[0]?.fields).toMatchObject({ code: 'API_UNREACHABLE', build: TARGET.id })
  })

  it('leaves the cadence where it was', async () => {
    const bench = watchBench()
    bench.serve({})
    await bench.poll()
    bench.api.fail(apiError('API_UNREACHABLE'))
    await bench.poll()
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 2400 })
    expect(bench.targets.pacingOf(TARGET.id)).toMatchObject({ polls: 2, errors: 0 })
  })

  it.each(['API_NOT_FOUND', 'API_UNAUTHORIZED', 'API_WRONG_ROUTE', 'API_BAD_RESPONSE'] as const)(
    'never ends the watch: %s',
    async (code) => {
      const bench = watchBench()
      bench.api.fail(...Array.from({ length: 50 }, () => apiError(code)))
      for (let probe = 1; probe <= 50; probe++) expect(await bench.poll()).toMatchObject({ kind: 'again' })
      bench.serve({ status: 'SUCCESS', concluded: true })
      expect(await bench.poll()).toMatchObject({ kind: 'done', because: 'concluded' })
    },
  )

  it('waits for the reset when the account is throttled, and has taught the budget', async () => {
    const bench = watchBench()
    bench.api.fail(apiError('API_THROTTLED', { resetInMs: 600_000 }))
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 600_000 })
    expect(bench.budget.learned).toEqual([{ permit: 1, facts: { throttled: true, remaining: 999 } }])
  })

  it('because the token cannot be read is no end either: a person may mend the file', async () => {
    const bench = watchBench()
    const unreadable = new BuildwatchdError('SECRET_UNREADABLE', 'the file token is missing')
    const source = refusing(unreadable)
    expect(await bench.poll({ sourceOf: () => source })).toEqual({ kind: 'again', inMs: 4000 })
    expect(bench.targets.pacingOf(TARGET.id)).toMatchObject({ errors: 1 })
    expect(bench.logger.lines).toMatchObject([{ level: 'warn', fields: { code: 'SECRET_UNREADABLE' } }])
  })

  it('by a defect of our own is left to the queue, and nothing is written', async () => {
    const bench = watchBench()
    const source = refusing(new BuildwatchdError('INTERNAL', 'a defect'))
    await expect(bench.poll({ sourceOf: () => source })).rejects.toThrow('a defect')
    expect(bench.targets.pacingOf(TARGET.id)).toEqual({ polls: 0, errors: 0 })
  })

  it('that was cut short from within is no failure of the API', async () => {
    const bench = watchBench()
    const cut = refusing(new DOMException('stopping', 'AbortError'))
    await expect(bench.poll({ sourceOf: () => cut })).rejects.toThrow('stopping')
    expect(bench.targets.pacingOf(TARGET.id)).toEqual({ polls: 0, errors: 0 })
    expect(bench.told()).toEqual([])
  })

  it('is given the signal that may cut it short', async () => {
    const bench = watchBench()
    const signals: AbortSignal[] = []
    bench.serve({})
    await bench.poll({
      sourceOf: () => ({
        ...bench.api,
        async get(ref, hooks) {
          signals.push(hooks.signal)
          return bench.api.get(ref, hooks)
        },
      }),
    })
    expect(signals).toEqual([NEVER_ABORTED])
  })
})

describe('an immediate retry', () => {
  const broken = () => apiError('API_UNREACHABLE', { retryable: true })

  it('takes a permit from the reserve, and its answer counts under that permit', async () => {
    const bench = watchBench({ budget: createMemoryBudget({ left: 22, reserve: 20 }) })
    bench.serve({ status: 'BUILDING' })
    bench.api.fail(broken(), broken())
    await bench.poll()
    expect(bench.recorded()).toEqual(['BUILDING'])
    expect(bench.budget.left()).toBe(19)
    expect(bench.budget.learned.map(({ permit }) => permit)).toEqual([1, 2, 3])
  })

  it('does not happen without a permit: the probe has failed', async () => {
    const bench = watchBench({ budget: createMemoryBudget({ left: 1 }) })
    bench.api.fail(broken())
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 1600 })
    expect(bench.api.requests()).toBe(1)
  })
})

describe('an answer that comes late', () => {
  it('ends the watch when the end has been recorded meanwhile, though it says that the build runs', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    await bench.poll()
    bench.serve({ status: 'UPLOADING' })
    const other = watchBench()
    other.serve({ status: 'SUCCESS', concluded: true, success: true })
    bench.api.meanwhile(() => other.poll({ records: bench.records }))
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.recorded()).toEqual(['BUILDING', 'SUCCESS'])
  })

  it('counts one more failure when another probe has failed meanwhile', async () => {
    const bench = watchBench()
    bench.api.refuse('get', apiError('API_UNREACHABLE'))
    bench.api.meanwhile(async () => {
      bench.api.meanwhile(() => undefined)
      await bench.poll()
    })
    await bench.poll()
    expect(bench.targets.pacingOf(TARGET.id)).toMatchObject({ errors: 2 })
  })

  it('loses against what was recorded since the request was made', async () => {
    const bench = watchBench()
    bench.serve({ status: 'QUEUED' })
    const other = watchBench()
    bench.api.meanwhile(async () => {
      bench.api.meanwhile(() => undefined)
      bench.serve({ status: 'BUILDING' })
      await other.poll({ records: bench.records, sourceOf: () => bench.api })
      bench.serve({ status: 'QUEUED' })
    })
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 2000 })
    expect(bench.recorded()).toEqual(['BUILDING'])
  })

  it('does not end the watch even where it said concluded; the next probe does', async () => {
    const bench = watchBench()
    bench.serve({ status: 'SUCCESS', concluded: true })
    const other = watchBench()
    other.serve({ status: 'BUILDING' })
    bench.api.meanwhile(() => other.poll({ records: bench.records }))
    expect(await bench.poll()).toMatchObject({ kind: 'again' })
    expect(bench.targets.isFinished(TARGET.id)).toBe(false)
    bench.api.meanwhile(() => undefined)
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.recorded()).toEqual(['BUILDING', 'SUCCESS'])
  })
})

describe('a record that Redis refuses', () => {
  it('is told and tried again, to the end', async () => {
    const bench = watchBench()
    bench.serve({ status: 'SUCCESS', concluded: true })
    bench.records.refuse('the key holds a string')
    expect(await bench.poll()).toMatchObject({ kind: 'again' })
    expect(bench.logger.lines).toEqual([
      {
        level: 'error',
        fields: { build: TARGET.id, reason: 'the key holds a string' },
        message: 'Redis refused the record; will try again',
      },
    ])
    bench.records.refuse(undefined)
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.recorded()).toEqual(['SUCCESS'])
  })
})
