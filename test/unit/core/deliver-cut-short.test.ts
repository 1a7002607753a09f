import { describe, expect, it } from '@jest/globals'
import type { Notifier } from '../../../src/domain/ports.js'
import { POISON_ATTEMPTS } from '../../../src/domain/retry.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { attemptOf, DELIVERY, deliverBench, ID, retry } from './deliver-bench.js'
import { NEVER_ABORTED } from './fixtures.js'

describe('a shutdown', () => {
  it('releases an attempt that it cut short: due at once, without a word of failure', async () => {
    const bench = deliverBench(retry(60_000))
    expect(await bench.attempt({}, AbortSignal.abort())).toEqual({ kind: 'again', inMs: 0 })
    expect(bench.ledger.dueAt(ID)).toBe(MEMORY_START_AT)
    expect(bench.logger.lines).toEqual([])
    expect(bench.meters.counted.deliveries).toEqual([])
  })

  it('does not make poison of a delivery, however often it strikes', async () => {
    const bench = deliverBench(...Array.from({ length: POISON_ATTEMPTS + 1 }, () => retry()))
    for (let stop = 0; stop <= POISON_ATTEMPTS; stop++) await bench.attempt({}, AbortSignal.abort())
    expect(await bench.ledger.find(ID)).toMatchObject(DELIVERY)
  })

  it('costs the delivery none of its attempts', async () => {
    const bench = deliverBench(retry(), retry())
    await bench.attempt({}, AbortSignal.abort())
    expect(await bench.ledger.begin(ID, attemptOf('x'))).toMatchObject({
      kind: 'started',
      attempt: 1,
    })
  })

  it('reaches the notifier through its signal', async () => {
    const bench = deliverBench()
    const signals: AbortSignal[] = []
    const notifier: Notifier = {
      ...bench.notifier,
      async send(_outgoing, { signal }) {
        signals.push(signal)
        return { kind: 'accepted' }
      },
    }
    await bench.attempt({ notifierNamed: () => notifier })
    expect(signals).toEqual([NEVER_ABORTED])
  })
})

describe('a ledger that cannot be written', () => {
  it('leaves the delivery pending after it was sent: it is sent again, with the same key', async () => {
    const bench = deliverBench()
    const ledger = { ...bench.ledger, end: () => Promise.reject(new Error('Redis went away')) }
    await expect(bench.attempt({ ledger })).rejects.toThrow('Redis went away')
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'accepted' })
    const [first, second] = bench.received
    expect(second).toEqual({ ...first, attempt: 2 })
  })

  it('sends nothing when the start cannot be noted', async () => {
    const bench = deliverBench()
    const ledger = { ...bench.ledger, begin: () => Promise.reject(new Error('Redis went away')) }
    await expect(bench.attempt({ ledger })).rejects.toThrow('Redis went away')
    expect(bench.received).toEqual([])
  })
})
