import { describe, expect, it } from '@jest/globals'
import { dispatch } from '../../../src/core/dispatch.js'
import { deliveryId } from '../../../src/domain/delivery.js'
import type { LoggedEvent } from '../../../src/domain/ports.js'
import type { QuietHours, Route } from '../../../src/domain/route.js'
import { createMemoryLedger } from '../../support/memory-ledger.js'
import {
  createMemoryClock,
  createMemoryDeliveries,
  createMemoryEventLog,
  createMemoryQuietClock,
  createMemorySilences,
  MEMORY_START_AT,
} from '../../support/memory-ports.js'
import { eventOf } from '../domain/fixtures.js'

const ENDED = eventOf({ status: 'FAILURE', concluded: true, success: false })
const RUNNING = eventOf({ status: 'BUILDING', concluded: false })
const TO_HOOK = deliveryId(ENDED.id, 'hook')
const TO_OPS = deliveryId(ENDED.id, 'ops')

const ROUTES: readonly Route[] = [
  { to: 'hook', on: ['concluded'] },
  { to: 'ops', on: ['failure'] },
  { to: 'hook', on: ['transitioned'] },
]

function dispatchBench(logged: readonly LoggedEvent[] = [{ logId: '1-0', event: ENDED, routes: ROUTES }]) {
  const clock = createMemoryClock()
  const ports = {
    eventLog: createMemoryEventLog(logged),
    ledger: createMemoryLedger(clock),
    deliveries: createMemoryDeliveries(),
    silences: createMemorySilences(),
    quietClock: createMemoryQuietClock({ [NIGHT.cron]: MEMORY_START_AT + 5000 }),
    clock,
  }
  return { ...ports, run: (changed = {}) => dispatch(0, { ...ports, ...changed }) }
}

const NIGHT: QuietHours = { cron: '* 22-6 * * *', timezone: 'UTC', instead: 'later', except: [] }

const broken = () => Promise.reject(new Error('Redis went away'))

describe('dispatch', () => {
  it('makes one delivery for each notifier of an event, due at once', async () => {
    const bench = dispatchBench()
    expect(await bench.run()).toBe(1)
    expect(bench.ledger.ids()).toEqual([TO_HOOK, TO_OPS])
    expect([...bench.deliveries.jobsOf('hook')]).toEqual([[TO_HOOK, 0]])
    expect([...bench.deliveries.jobsOf('ops')]).toEqual([[TO_OPS, 0]])
    expect(await bench.ledger.find(TO_OPS)).toMatchObject({ id: TO_OPS, notifier: 'ops', event: ENDED })
    expect(bench.eventLog.unacknowledged()).toEqual([])
  })

  it('acknowledges an event that nobody is to be told of', async () => {
    const bench = dispatchBench([{ logId: '1-0', event: RUNNING, routes: [{ to: 'ops', on: ['failure'] }] }])
    await bench.run()
    expect(bench.ledger.ids()).toEqual([])
    expect(bench.eventLog.unacknowledged()).toEqual([])
  })

  it('goes by the routes that were in force when each event was recorded', async () => {
    const bench = dispatchBench([
      { logId: '1-0', event: RUNNING, routes: [{ to: 'old-hook', on: ['transitioned'] }] },
      { logId: '2-0', event: ENDED, routes: [{ to: 'new-hook', on: ['transitioned'] }] },
    ])
    expect(await bench.run()).toBe(2)
    expect(bench.ledger.ids()).toEqual([deliveryId(RUNNING.id, 'old-hook'), deliveryId(ENDED.id, 'new-hook')])
  })

  it('answers that nothing came when nothing came', async () => {
    expect(await dispatchBench([]).run()).toBe(0)
  })

  it('waits for as long as it is told', async () => {
    const waits: number[] = []
    const eventLog = {
      ...createMemoryEventLog(),
      async next(blockMs: number) {
        waits.push(blockMs)
        return []
      },
    }
    await dispatch(5000, { ...dispatchBench(), eventLog })
    expect(waits).toEqual([5000])
  })

  it('leaves an event unacknowledged when the ledger fails, and makes its deliveries the next time', async () => {
    const bench = dispatchBench()
    await expect(bench.run({ ledger: { open: broken } })).rejects.toThrow('Redis went away')
    expect(bench.eventLog.unacknowledged()).toEqual(['1-0'])
    await bench.run()
    expect(bench.ledger.ids()).toEqual([TO_HOOK, TO_OPS])
    expect(bench.eventLog.unacknowledged()).toEqual([])
  })

  it('leaves an event unacknowledged when the queue fails, and queues what the ledger holds the next time', async () => {
    const bench = dispatchBench()
    await expect(bench.run({ deliveries: { add: broken } })).rejects.toThrow('Redis went away')
    expect(bench.eventLog.unacknowledged()).toEqual(['1-0'])
    await bench.run()
    expect([...bench.deliveries.jobsOf('ops').keys()]).toEqual([TO_OPS])
  })

  it('changes nothing when it is run again after a failed acknowledgement', async () => {
    const bench = dispatchBench()
    await expect(bench.run({ eventLog: { ...bench.eventLog, acknowledge: broken } })).rejects.toThrow()
    await bench.run()
    expect(bench.ledger.ids()).toEqual([TO_HOOK, TO_OPS])
    expect(bench.deliveries.jobsOf('hook').size).toBe(1)
  })

  it('makes no job for a delivery that has ended before', async () => {
    const bench = dispatchBench()
    await bench.ledger.open([{ id: TO_HOOK, notifier: 'hook', event: ENDED, lane: 'l' }])
    await bench.ledger.end(TO_HOOK, { kind: 'accepted' })
    await bench.run()
    expect(bench.deliveries.jobsOf('hook').size).toBe(0)
    expect(bench.deliveries.jobsOf('ops').size).toBe(1)
  })

  it('has acknowledged the events before the one that failed, and none after it', async () => {
    const bench = dispatchBench([
      { logId: '1-0', event: RUNNING, routes: ROUTES },
      { logId: '2-0', event: ENDED, routes: [{ to: 'bad', on: ['concluded'] }] },
      { logId: '3-0', event: ENDED, routes: ROUTES },
    ])
    const deliveries = {
      add: (jobs: Parameters<typeof bench.deliveries.add>[0]) =>
        jobs.some(({ notifier }) => notifier === 'bad') ? broken() : bench.deliveries.add(jobs),
    }
    await expect(bench.run({ deliveries })).rejects.toThrow()
    expect(bench.eventLog.unacknowledged()).toEqual(['2-0', '3-0'])
    expect(bench.eventLog.recalls()).toBe(1)
  })

  it('makes the job of a delivery that waits for the end of quiet hours due then', async () => {
    const routes: Route[] = [{ to: 'ops', on: ['failure'], quietHours: NIGHT }]
    const bench = dispatchBench([{ logId: '1-0', event: ENDED, routes }])
    await bench.run()
    expect([...bench.deliveries.jobsOf('ops')]).toEqual([[TO_OPS, 5000]])
    expect(bench.ledger.dueAt(TO_OPS)).toBe(MEMORY_START_AT + 5000)
  })

  it('opens what is silenced, and makes no job for it', async () => {
    const bench = dispatchBench()
    const silence = { id: 'tobaki', scope: { notifier: 'ops' }, reason: 'x', createdAt: 0, endsAt: Infinity }
    await bench.run({ silences: createMemorySilences([silence]) })
    expect(bench.ledger.endOf(TO_OPS)).toEqual({ kind: 'suppressed', reason: 'silence' })
    expect(bench.deliveries.jobsOf('ops').size).toBe(0)
    expect(bench.deliveries.jobsOf('hook').size).toBe(1)
  })

  it('reads the silences once for all events that came, and leaves them unacknowledged where it cannot', async () => {
    const bench = dispatchBench([
      { logId: '1-0', event: RUNNING, routes: ROUTES },
      { logId: '2-0', event: ENDED, routes: ROUTES },
    ])
    await expect(bench.run({ silences: { active: broken } })).rejects.toThrow('Redis went away')
    expect(bench.eventLog.unacknowledged()).toEqual(['1-0', '2-0'])
    let reads = 0
    const active = async () => {
      reads += 1
      return []
    }
    await bench.run({ silences: { active } })
    expect([reads, bench.eventLog.unacknowledged()]).toEqual([1, []])
  })
})
