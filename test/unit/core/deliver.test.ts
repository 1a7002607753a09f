import { describe, expect, it } from '@jest/globals'
import { idempotencyKey } from '../../../src/domain/delivery.js'
import type { Notifier } from '../../../src/domain/ports.js'
import { POISON_ATTEMPTS } from '../../../src/domain/retry.js'
import { createMemoryLedger } from '../../support/memory-ledger.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { attemptOf, DELIVERY, deliverBench, ID, retry, sha256 } from './deliver-bench.js'

describe('an attempt that is accepted', () => {
  it('ends the delivery and says so', async () => {
    const bench = deliverBench({ kind: 'accepted' })
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'accepted' })
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'accepted' })
    expect(bench.logger.lines).toEqual([{ level: 'info', fields: { delivery: ID }, message: 'delivered' }])
  })

  it('has sent the body, the number of the attempt and the key of the delivery', async () => {
    const bench = deliverBench()
    await bench.attempt()
    expect(bench.received).toEqual([
      {
        delivery: DELIVERY,
        idempotencyKey: idempotencyKey(DELIVERY, sha256),
        body: 'SUCCESS, rendered before attempt 1',
        attempt: 1,
      },
    ])
  })

  it('is the last: a job that comes twice sends nothing', async () => {
    const bench = deliverBench()
    await bench.attempt()
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'ended_before' })
    expect(bench.received).toHaveLength(1)
  })

  it('counts although the daemon is going down', async () => {
    const bench = deliverBench({ kind: 'accepted' })
    expect(await bench.attempt({}, AbortSignal.abort())).toEqual({ kind: 'done', because: 'accepted' })
  })
})

describe('an attempt that may be repeated', () => {
  it('comes back as scheduled, in the ledger too, and is told', async () => {
    const bench = deliverBench(retry())
    expect(await bench.attempt()).toEqual({ kind: 'again', inMs: 1000 })
    expect(bench.ledger.dueAt(ID)).toBe(MEMORY_START_AT + 1000)
    expect(bench.logger.lines).toMatchObject([
      { level: 'warn', fields: { delivery: ID, attempt: 1, reason: 'HTTP 503', nextInMs: 1000 } },
    ])
  })

  it('waits as long as the other side asks', async () => {
    expect(await deliverBench(retry(60_000)).attempt()).toEqual({ kind: 'again', inMs: 60_000 })
  })

  it('carries the same body and the same key each time', async () => {
    const bench = deliverBench(retry(), retry())
    for (let attempt = 1; attempt <= 3; attempt++) await bench.attempt()
    expect(bench.received.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(new Set(bench.received.map(({ body }) => body))).toEqual(
      new Set(['SUCCESS, rendered before attempt 1']),
    )
    expect(new Set(bench.received.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  })

  it('is a dead letter once the schedule is through', async () => {
    const bench = deliverBench(retry(), retry(), retry())
    const verdicts = [await bench.attempt(), await bench.attempt(), await bench.attempt()]
    expect(verdicts.map(({ kind }) => kind)).toEqual(['again', 'again', 'done'])
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'dead_lettered', reason: 'exhausted', detail: 'HTTP 503' })
  })

  it('is one whose notifier threw: that is our defect and not the end of the delivery', async () => {
    const bench = deliverBench(new TypeError('x is undefined'))
    expect(await bench.attempt()).toEqual({ kind: 'again', inMs: 1000 })
    expect(bench.logger.lines).toMatchObject([
      { fields: { reason: 'the notifier threw: TypeError: x is undefined' } },
    ])
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'accepted' })
  })
})

describe('an attempt that the other side rules out', () => {
  it('is a dead letter with what it said, and told as an error', async () => {
    const bench = deliverBench({ kind: 'refused', reason: 'HTTP 400' })
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'dead_lettered' })
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'dead_lettered', reason: 'refused', detail: 'HTTP 400' })
    expect(bench.logger.lines).toMatchObject([
      { level: 'error', fields: { delivery: ID, reason: 'refused' } },
    ])
    expect(await bench.ledger.isSuspended('hook')).toBe(false)
  })

  it('for good suspends the notifier', async () => {
    const bench = deliverBench({ kind: 'gone', reason: 'HTTP 410' })
    await bench.attempt()
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'dead_lettered', reason: 'gone', detail: 'HTTP 410' })
    expect(await bench.ledger.isSuspended('hook')).toBe(true)
  })
})

describe('what came of an attempt', () => {
  it.each([
    { what: 'one that was accepted', answer: { kind: 'accepted' }, result: 'accepted' },
    { what: 'one that is tried again', answer: retry(), result: 'postponed' },
    {
      what: 'one that was refused',
      answer: { kind: 'refused', reason: 'HTTP 400' },
      result: 'dead_lettered',
    },
  ] as const)('is counted for its notifier: $what', async ({ answer, result }) => {
    const bench = deliverBench(answer)
    await bench.attempt()
    expect(bench.meters.counted.deliveries).toEqual([{ notifier: 'hook', result }])
  })

  it('is counted where nothing was sent, too', async () => {
    const bench = deliverBench()
    await bench.ledger.suspend('hook', 'HTTP 410')
    await bench.attempt()
    expect(bench.meters.counted.deliveries).toEqual([{ notifier: 'hook', result: 'dead_lettered' }])
  })

  it('is counted once, though the job comes twice', async () => {
    const bench = deliverBench()
    await bench.attempt()
    await bench.attempt()
    expect(bench.meters.counted.deliveries).toHaveLength(1)
  })
})

describe('a delivery that is not to be attempted', () => {
  it('is a dead letter when its notifier is suspended', async () => {
    const bench = deliverBench()
    await bench.ledger.suspend('hook', 'HTTP 410')
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'dead_lettered' })
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'dead_lettered', reason: 'suspended' })
    expect(bench.received).toEqual([])
  })

  it('is a dead letter when nothing can be rendered, and no attempt was noted', async () => {
    const bench = deliverBench()
    const notifier: Notifier = {
      ...bench.notifier,
      render() {
        throw new RangeError('no such field')
      },
    }
    await bench.attempt({ notifierNamed: () => notifier })
    const detail = 'RangeError: no such field'
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'dead_lettered', reason: 'unrenderable', detail })
    expect(bench.received).toEqual([])
  })

  it('does not render again what is frozen: a later version may not be able to', async () => {
    const bench = deliverBench(retry(), { kind: 'accepted' })
    await bench.attempt()
    const unable: Notifier = {
      ...bench.notifier,
      render() {
        throw new Error('this version cannot')
      },
    }
    expect(await bench.attempt({ notifierNamed: () => unable })).toEqual({
      kind: 'done',
      because: 'accepted',
    })
    expect(bench.received.map(({ body }) => body)).toEqual(
      Array(2).fill('SUCCESS, rendered before attempt 1'),
    )
  })

  it('is poison after attempts that started and never ended', async () => {
    const bench = deliverBench()
    for (let crash = 1; crash <= POISON_ATTEMPTS; crash++) await bench.ledger.begin(ID, attemptOf('a body'))
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'dead_lettered' })
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'dead_lettered', reason: 'poison' })
    expect(bench.received).toEqual([])
  })

  it('is sent with the body that another replica has frozen in between', async () => {
    const bench = deliverBench()
    const find = async (id: string) => {
      const found = await bench.ledger.find(id)
      await bench.ledger.begin(id, attemptOf('frozen by another'))
      return found
    }
    await bench.attempt({ ledger: { ...bench.ledger, find } })
    expect(bench.received.map(({ body }) => body)).toEqual(['frozen by another'])
  })

  it('is no poison yet after one crash fewer, and keeps the body of the first attempt', async () => {
    const bench = deliverBench()
    for (let crash = 1; crash < POISON_ATTEMPTS; crash++) await bench.ledger.begin(ID, attemptOf('a body'))
    await bench.attempt()
    expect(bench.received).toMatchObject([{ body: 'a body', attempt: POISON_ATTEMPTS }])
  })

  it('is handed back as it was when this replica has no such notifier', async () => {
    const bench = deliverBench()
    expect(await bench.attempt({ notifierNamed: () => undefined })).toEqual({ kind: 'again', inMs: 1000 })
    expect(await bench.ledger.find(ID)).toEqual({ ...DELIVERY, openedAt: MEMORY_START_AT })
    expect(bench.ledger.dueAt(ID)).toBe(MEMORY_START_AT)
    expect(bench.logger.lines).toEqual([])
  })

  it('is done when the ledger has never heard of it', async () => {
    const bench = deliverBench()
    const ledger = createMemoryLedger(bench.clock)
    expect(await bench.attempt({ ledger })).toEqual({ kind: 'done', because: 'ended_before' })
  })

  it('is done when another replica ended it since it was read', async () => {
    const bench = deliverBench()
    const ledger = {
      ...bench.ledger,
      async isSuspended() {
        await bench.ledger.end(ID, { kind: 'accepted' })
        return false
      },
    }
    expect(await bench.attempt({ ledger })).toEqual({ kind: 'done', because: 'ended_before' })
    expect(bench.received).toEqual([])
  })
})
