import { describe, expect, it } from '@jest/globals'
import { sweep } from '../../../src/core/sweep.js'
import { deliveryId, type PlannedDelivery } from '../../../src/domain/delivery.js'
import type { WantedConfiguration } from '../../../src/domain/ports.js'
import { createMemoryLedger } from '../../support/memory-ledger.js'
import {
  createMemoryClock,
  createMemoryDeliveries,
  createMemoryPolls,
  createMemoryReplicas,
  createMemoryTargets,
  MEMORY_START_AT,
} from '../../support/memory-ports.js'
import { createMemoryWatermarks } from '../../support/memory-records.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { eventOf } from '../domain/fixtures.js'
import { targetOf } from './fixtures.js'

const FOX = targetOf('quick-fox-1')
const DOG = targetOf('lazy-dog-2')
const CONFIGURATION: WantedConfiguration = {
  digest: 'v1',
  targets: [FOX, DOG],
  accountRoutes: new Map(),
  notifiers: ['hook', 'ops'],
}
const EVENT = eventOf({ status: 'SUCCESS', concluded: true })

function deliveryTo(notifier: string): PlannedDelivery {
  return { id: deliveryId(EVENT.id, notifier), notifier, event: EVENT, lane: 'shop/jobs/web' }
}

function sweepBench() {
  const clock = createMemoryClock()
  const ports = {
    targets: createMemoryTargets(),
    watermarks: createMemoryWatermarks(),
    polls: createMemoryPolls(),
    ledger: createMemoryLedger(clock),
    deliveries: createMemoryDeliveries(),
    heartbeat: createMemoryReplicas(),
    clock,
    logger: createRecordingLogger(),
  }
  return { ...ports, run: (configuration = CONFIGURATION) => sweep(configuration, ports) }
}

describe('a replica whose configuration is not the newest', () => {
  it('leaves everything to one that has the newest', async () => {
    const bench = sweepBench()
    bench.targets.overtakenBy('v2')
    await bench.ledger.open([deliveryTo('hook'), deliveryTo('gone')])
    expect(await bench.run()).toEqual({ kind: 'left_to_newer' })
    expect(await bench.targets.unfinished()).toEqual([])
    expect(bench.polls.jobs.size).toBe(0)
    expect(bench.deliveries.jobsOf('hook').size).toBe(0)
    expect(bench.ledger.endOf(deliveryTo('gone').id)).toBeUndefined()
  })
})

describe('the polls', () => {
  it('of new targets are due at once', async () => {
    const bench = sweepBench()
    expect(await bench.run()).toEqual({ kind: 'swept', polls: 2, deliveries: 0 })
    expect([...bench.polls.jobs]).toEqual([
      [FOX.id, 0],
      [DOG.id, 0],
    ])
  })

  it('that live are left alone, and nothing is said of them', async () => {
    const bench = sweepBench()
    await bench.run()
    expect(bench.logger.lines).toMatchObject([{ level: 'debug', fields: { polls: 2, deliveries: 0 } }])
    expect(await bench.run()).toEqual({ kind: 'swept', polls: 0, deliveries: 0 })
    expect(bench.polls.jobs.size).toBe(2)
    expect(bench.logger.lines).toHaveLength(1)
  })

  it('that were lost come back at their planned time, not all at once', async () => {
    const bench = sweepBench()
    await bench.run()
    await bench.targets.pace(FOX.id, { polls: 5, errors: 0, nextProbeAt: MEMORY_START_AT + 30_000 })
    bench.polls.jobs.clear()
    bench.clock.advance(10_000)
    await bench.run()
    expect(bench.polls.jobs.get(FOX.id)).toBe(20_000)
  })

  it('that are overdue come back at once', async () => {
    const bench = sweepBench()
    await bench.run()
    await bench.targets.pace(FOX.id, { polls: 5, errors: 0, nextProbeAt: MEMORY_START_AT + 30_000 })
    bench.polls.jobs.clear()
    bench.clock.advance(30_001)
    await bench.run()
    expect(bench.polls.jobs.get(FOX.id)).toBe(0)
  })

  it('of finished and of dropped targets do not come back', async () => {
    const bench = sweepBench()
    await bench.run()
    await bench.targets.finish(FOX.id)
    bench.polls.jobs.clear()
    await bench.run({ ...CONFIGURATION, targets: [FOX] })
    expect(bench.polls.jobs.size).toBe(0)
    expect(bench.targets.isWanted(DOG.id)).toBe(false)
  })
})

describe('the deliveries', () => {
  it('that lost their job get one, due when the next attempt was planned', async () => {
    const bench = sweepBench()
    await bench.ledger.open([deliveryTo('hook'), deliveryTo('ops')])
    await bench.ledger.postpone(deliveryTo('ops').id, MEMORY_START_AT + 90_000)
    bench.clock.advance(30_000)
    expect(await bench.run()).toMatchObject({ deliveries: 2 })
    expect([...bench.deliveries.jobsOf('hook')]).toEqual([[deliveryTo('hook').id, 0]])
    expect([...bench.deliveries.jobsOf('ops')]).toEqual([[deliveryTo('ops').id, 60_000]])
  })

  it('that have a live job are left alone', async () => {
    const bench = sweepBench()
    await bench.ledger.open([deliveryTo('hook')])
    await bench.deliveries.add([{ id: deliveryTo('hook').id, notifier: 'hook', inMs: 5 }])
    expect(await bench.run()).toMatchObject({ deliveries: 0 })
    expect([...bench.deliveries.jobsOf('hook')]).toEqual([[deliveryTo('hook').id, 5]])
  })

  it('that have ended do not come back', async () => {
    const bench = sweepBench()
    await bench.ledger.open([deliveryTo('hook')])
    await bench.ledger.end(deliveryTo('hook').id, { kind: 'accepted' })
    expect(await bench.run()).toMatchObject({ deliveries: 0 })
    expect(bench.deliveries.jobsOf('hook').size).toBe(0)
  })

  it('to a notifier that the settings no longer have are dead letters, each told once', async () => {
    const bench = sweepBench()
    const orphan = deliveryTo('gone')
    await bench.ledger.open([orphan, deliveryTo('hook')])
    await bench.run()
    await bench.run()
    expect(bench.ledger.endOf(orphan.id)).toEqual({ kind: 'dead_lettered', reason: 'notifier_missing' })
    expect(bench.ledger.endOf(deliveryTo('hook').id)).toBeUndefined()
    expect(bench.logger.lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        fields: { delivery: orphan.id, notifier: 'gone' },
        message: 'delivery given up: the settings have no such notifier',
      },
    ])
  })
})

describe('the deliveries to a notifier that only another live replica has', () => {
  const HOOK = deliveryTo('hook')
  const OLD = deliveryTo('old')

  it('are left to it, until it is gone', async () => {
    const bench = sweepBench()
    await bench.ledger.open([OLD, HOOK])
    await bench.deliveries.add([{ id: OLD.id, notifier: 'old', inMs: 5 }])
    bench.heartbeat.beside(['hook', 'old'], ['hook'])
    expect(await bench.run()).toMatchObject({ deliveries: 1 })
    expect(bench.ledger.endOf(OLD.id)).toBeUndefined()
    expect([...bench.deliveries.jobsOf('old')]).toEqual([[OLD.id, 5]])
    bench.heartbeat.beside(['hook'])
    await bench.run()
    expect(bench.ledger.endOf(OLD.id)).toEqual({ kind: 'dead_lettered', reason: 'notifier_missing' })
  })

  it('get a job there when they have lost theirs', async () => {
    const bench = sweepBench()
    await bench.ledger.open([OLD])
    bench.heartbeat.beside(['old'])
    expect(await bench.run()).toMatchObject({ deliveries: 1 })
    expect([...bench.deliveries.jobsOf('old')]).toEqual([[OLD.id, 0]])
  })

  it('wait while another replica has not said which it has', async () => {
    const bench = sweepBench()
    await bench.ledger.open([OLD, HOOK])
    bench.heartbeat.beside(['hook'], undefined)
    expect(await bench.run()).toMatchObject({ deliveries: 1 })
    expect(bench.ledger.endOf(OLD.id)).toBeUndefined()
    expect([...bench.deliveries.jobsOf('hook')]).toEqual([[HOOK.id, 0]])
  })

  it('are spared by others, for each says which it has, also where a newer one sweeps', async () => {
    const bench = sweepBench()
    bench.targets.overtakenBy('v2')
    await bench.run()
    expect(bench.heartbeat.told()).toEqual(['hook', 'ops'])
  })
})

describe('the queue of a notifier that no replica has', () => {
  it('goes with its last deliveries; those of others stay', async () => {
    const bench = sweepBench()
    const [gone, old, hook] = [deliveryTo('gone'), deliveryTo('old'), deliveryTo('hook')]
    await bench.ledger.open([gone, old, hook])
    await bench.deliveries.add([gone, old, hook].map(({ id, notifier }) => ({ id, notifier, inMs: 5 })))
    bench.heartbeat.beside(['old'])
    await bench.run()
    expect(bench.deliveries.notifiers().sort()).toEqual(['hook', 'old'])
  })

  it('goes also when nothing waits in it any more, once', async () => {
    const bench = sweepBench()
    const removed: string[] = []
    bench.deliveries.remove = async (notifier) => void removed.push(notifier)
    await bench.run()
    bench.heartbeat.beside(undefined)
    await bench.run({ ...CONFIGURATION, notifiers: ['ops'] })
    bench.heartbeat.beside(['hook'])
    await bench.run({ ...CONFIGURATION, notifiers: ['ops'] })
    expect(removed).toEqual([])
    bench.heartbeat.beside()
    await bench.run({ ...CONFIGURATION, notifiers: ['ops'] })
    await bench.run({ ...CONFIGURATION, notifiers: ['ops'] })
    expect(removed).toEqual(['hook'])
  })

  it('goes first: what could not be removed is seen again', async () => {
    const bench = sweepBench()
    const gone = deliveryTo('gone')
    await bench.ledger.open([gone, deliveryTo('hook')])
    bench.deliveries.remove = () => Promise.reject(new Error('Redis is away'))
    await expect(bench.run()).rejects.toThrow('Redis is away')
    expect(bench.ledger.endOf(gone.id)).toBeUndefined()
    expect(bench.deliveries.jobsOf('hook').size).toBe(1)
  })
})

describe('the watermarks', () => {
  it('that Redis has lost are put back, also by a replica that leaves the rest to others', async () => {
    const bench = sweepBench()
    const mark = { at: MEMORY_START_AT - 5000, caughtUp: true }
    await bench.watermarks.begin('shop/jobs/nightly', new Map([['every', mark]]))
    bench.watermarks.lose()
    bench.targets.overtakenBy('v2')
    await bench.run()
    expect(await bench.watermarks.read('shop/jobs/nightly')).toEqual(new Map([['every', mark]]))
  })
})

describe('a poll that waits for what a reload has changed', () => {
  it('is due at once; those with a plan are left alone', async () => {
    const bench = sweepBench()
    await bench.run()
    await bench.targets.pace(DOG.id, { polls: 5, errors: 0, nextProbeAt: MEMORY_START_AT + 30_000 })
    bench.polls.jobs.set(FOX.id, 7_200_000).set(DOG.id, 30_000)
    await bench.run()
    expect([...bench.polls.jobs]).toEqual([
      [FOX.id, 0],
      [DOG.id, 30_000],
    ])
  })
})
