import { expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { aborted, delayedUntil, ID, promised, queueBench } from './queue-bench.js'

const WITHIN_MS = 5000
const LONG_MS = 3_600_000

describeEachRedis('stopping a worker', (engine) => {
  const bench = queueBench(() => engine.url())

  const dueAt = (): Promise<number | undefined> => delayedUntil(engine.connect())

  async function secondsOf(work: Promise<unknown>): Promise<number> {
    const startedAt = performance.now()
    await work
    return (performance.now() - startedAt) / 1000
  }

  it('takes no time when there is nothing in hand', async () => {
    const ran = promised()
    const worker = bench.worker(async () => {
      ran.keep()
      return { kind: 'done' }
    })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await ran.kept
    expect(await secondsOf(worker.stop(20_000))).toBeLessThan(0.9)
  })

  it('waits for the run in hand and moves its job on', async () => {
    const [started, ended] = [promised(), promised()]
    const worker = bench.worker(async (_id, signal) => {
      started.keep()
      await ended.kept
      return { kind: 'again', inMs: signal.aborted ? 0 : LONG_MS }
    })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await started.kept
    let stopped = false
    const stopping = worker.stop(20_000).then(() => {
      stopped = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(stopped).toBe(false)
    ended.keep()
    await stopping
    expect(await dueAt()).toBeGreaterThan(Date.now() + LONG_MS / 2)
  })

  it('takes no new job', async () => {
    const [started, ended] = [promised(), promised()]
    const ran: string[] = []
    const worker = bench.worker(async (id) => {
      ran.push(id)
      started.keep()
      await ended.kept
      return { kind: 'done' }
    })
    const queue = bench.queue()
    await queue.add([{ id: ID, inMs: 0 }])
    await started.kept
    const stopping = worker.stop(20_000)
    await queue.add([{ id: `${ID}-later`, inMs: 0 }])
    ended.keep()
    await stopping
    expect(ran).toEqual([ID])
    expect(await queue.live()).toEqual(new Set([`${ID}-later`]))
  })

  it('cuts a run off after the grace and releases its job, due at once, without a complaint', async () => {
    const started = promised()
    const worker = bench.worker(async (_id, signal) => {
      started.keep()
      await aborted(signal)
      throw signal.reason
    })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await started.kept
    expect(await secondsOf(worker.stop(100))).toBeLessThan(1)
    const next = promised<string>()
    bench.worker(async (id) => {
      next.keep(id)
      return { kind: 'done' }
    })
    expect(await next.kept).toBe(ID)
    expect(bench.logger.lines.filter(({ level }) => level !== 'debug')).toEqual([])
  })

  it('gives up a run that does not heed its signal; its lease brings the job back', async () => {
    const [started, ended] = [promised(), promised()]
    const worker = bench.worker(
      async () => {
        started.keep()
        await ended.kept
        return { kind: 'done' }
      },
      { leaseMs: 500 },
    )
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await started.kept
    expect(await secondsOf(worker.stop(50))).toBeLessThan(3)
    const next = promised<string>()
    bench.worker(
      async (id) => {
        next.keep(id)
        return { kind: 'again', inMs: LONG_MS }
      },
      { leaseMs: 500 },
    )
    expect(await next.kept).toBe(ID)
    await eventually(dueAt, { what: 'the new owner has moved it on', withinMs: WITHIN_MS })
    ended.keep()
  })

  it('may be asked for twice', async () => {
    const worker = bench.worker(async () => ({ kind: 'done' }))
    await Promise.all([worker.stop(1000), worker.stop(0)])
    expect(await secondsOf(worker.stop(1000))).toBeLessThan(0.5)
  })
})
