import { describe, expect, it } from '@jest/globals'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { TARGET, watchBench } from './watch-bench.js'

describe('a watch that sees its build', () => {
  it('records at the first probe what it sees, with the routes in force', async () => {
    const bench = watchBench()
    bench.serve({ status: 'QUEUED', concluded: false })
    await bench.poll()
    expect(bench.records.log).toEqual([
      {
        logId: '1-0',
        event: expect.objectContaining({ id: `${TARGET.id}#QUEUED`, source: 'buildwatchd/default' }),
        routes: TARGET.routes,
      },
    ])
    expect(bench.told()).toEqual(['info: build is now QUEUED'])
  })

  it('comes back after the minimum interval and then ever later', async () => {
    const bench = watchBench()
    bench.serve({})
    const pauses = []
    for (let probe = 1; probe <= 4; probe++) pauses.push(await bench.poll())
    expect(pauses).toEqual([2000, 2400, 3600, 5400].map((inMs) => ({ kind: 'again', inMs })))
  })

  it('notes how many probes there were and when the next one is planned', async () => {
    const bench = watchBench()
    bench.serve({})
    await bench.poll()
    bench.clock.advance(2000)
    await bench.poll()
    expect(bench.targets.pacingOf(TARGET.id)).toEqual({
      polls: 2,
      errors: 0,
      answeredAt: MEMORY_START_AT + 2000,
      nextProbeAt: MEMORY_START_AT + 2000 + 2400,
      why: 'backoff',
      watchedSince: MEMORY_START_AT,
    })
  })

  it('takes one permit for each probe and tells the budget what the answer said', async () => {
    const bench = watchBench()
    bench.serve({})
    await bench.poll()
    await bench.poll()
    expect(bench.budget.left()).toBe(998)
    expect(bench.budget.learned).toEqual([
      { permit: 1, facts: { throttled: false, remaining: 999 } },
      { permit: 2, facts: { throttled: false, remaining: 998 } },
    ])
  })

  it('records each status once', async () => {
    const bench = watchBench()
    for (const status of ['QUEUED', 'QUEUED', 'BUILDING', 'BUILDING', 'QUEUED']) {
      bench.serve({ status })
      await bench.poll()
    }
    expect(bench.recorded()).toEqual(['QUEUED', 'BUILDING', 'QUEUED'])
  })

  it('keeps other details up to date without a transition', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    await bench.poll()
    bench.serve({ status: 'BUILDING', branch: 'main' })
    await bench.poll()
    expect(bench.onRecord()).toMatchObject({ seq: 1, latest: { branch: 'main' } })
    expect(bench.recorded()).toEqual(['BUILDING'])
  })
})

describe('the end of a watch', () => {
  it('comes with the conclusion, once that is on the record', async () => {
    const bench = watchBench()
    bench.serve({ status: 'FAILURE', concluded: true, success: false })
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.records.log.at(-1)?.event).toMatchObject({
      id: `${TARGET.id}#concluded`,
      data: { outcome: 'failure' },
    })
    expect(bench.targets.isFinished(TARGET.id)).toBe(true)
    expect(bench.told()).toEqual(['info: build has concluded: FAILURE'])
  })

  it('takes no request when the record knows of the conclusion already', async () => {
    const bench = watchBench()
    bench.serve({ status: 'SUCCESS', concluded: true })
    await bench.poll()
    // The process died between the record and this: the target is wanted as before.
    bench.targets.drop(TARGET.id)
    await bench.targets.publish({ digest: 'a', targets: [TARGET], accountRoutes: new Map(), notifiers: [] })
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.targets.isFinished(TARGET.id)).toBe(true)
    expect(bench.api.requests()).toBe(1)
  })

  it('comes when another replica has recorded the conclusion meanwhile', async () => {
    const bench = watchBench()
    bench.serve({ status: 'SUCCESS', concluded: true })
    const other = watchBench()
    bench.api.meanwhile(async () => {
      bench.api.meanwhile(() => undefined)
      await other.poll({ records: bench.records, sourceOf: () => bench.api })
    })
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.records.log).toHaveLength(1)
  })

  it('comes when the conclusion was written and only the reply got lost', async () => {
    const bench = watchBench()
    bench.serve({ status: 'SUCCESS', concluded: true })
    const records: BuildRecords = {
      ...bench.records,
      async record(entry) {
        await bench.records.record(entry)
        return bench.records.record(entry)
      },
    }
    expect(await bench.poll({ records })).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.targets.isFinished(TARGET.id)).toBe(true)
    expect(bench.records.log).toHaveLength(1)
  })

  it('comes without a request when the target is not wanted', async () => {
    const bench = watchBench()
    bench.targets.drop(TARGET.id)
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'unwanted' })
    expect(bench.api.requests()).toBe(0)
    expect(bench.budget.left()).toBe(1000)
  })

  it('comes after the probe when the target is not wanted any more by then', async () => {
    const bench = watchBench()
    bench.api.meanwhile(() => bench.targets.drop(TARGET.id))
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'unwanted' })
  })

  it('comes after a failed probe too when the target is not wanted any more', async () => {
    const bench = watchBench()
    const away = watchBench()
    bench.targets.drop(TARGET.id)
    const found = { target: TARGET, pacing: { polls: 0, errors: 0 } }
    const verdict = await bench.poll({
      targets: { ...bench.targets, find: async () => found },
      budget: { ...away.budget, take: async () => ({ kind: 'denied', because: 'pace', inMs: 10 }) },
    })
    expect(verdict).toEqual({ kind: 'done', because: 'unwanted' })
  })
})

describe('a watch that this replica cannot do', () => {
  it('is handed back when the settings have no such account, as it was', async () => {
    const bench = watchBench()
    expect(await bench.poll({ sourceOf: () => undefined })).toEqual({ kind: 'again', inMs: 1000 })
    expect(bench.targets.pacingOf(TARGET.id)).toEqual({ polls: 0, errors: 0 })
    expect(bench.budget.left()).toBe(1000)
  })
})
