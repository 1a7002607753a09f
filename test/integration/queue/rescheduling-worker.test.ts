import { expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { delayedUntil, ID, PREFIX, promised, queueBench } from './queue-bench.js'

const WITHIN_MS = 5000
const LONG_MS = 3_600_000

describeEachRedis('a rescheduling worker', (engine) => {
  const bench = queueBench(() => engine.url())

  const isGone = async (): Promise<boolean> => !(await bench.queue().live()).has(ID)
  const dueAt = (): Promise<number | undefined> => delayedUntil(engine.connect())

  it('runs a job at its time, by its id', async () => {
    const ran = promised<{ id: string; at: number }>()
    bench.worker(async (id) => {
      ran.keep({ id, at: Date.now() })
      return { kind: 'done' }
    })
    const due = Date.now() + 150
    await bench.queue().add([{ id: ID, inMs: 150 }])
    const { id, at } = await ran.kept
    expect(id).toBe(ID)
    expect(at).toBeGreaterThanOrEqual(due)
  })

  it('runs the same job again when it asks for it, not before the time it asked for', async () => {
    const startedAt: number[] = []
    const finished = promised()
    bench.worker(async () => {
      startedAt.push(Date.now())
      if (startedAt.length < 4) return { kind: 'again', inMs: 80 }
      finished.keep()
      return { kind: 'done' }
    })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await finished.kept
    const pauses = startedAt.slice(1).map((at, index) => at - startedAt[index]!)
    expect(pauses).toHaveLength(3)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(80)
    expect(bench.logger.lines).toEqual([])
  })

  it('keeps the time of the next run in Redis, where any replica finds it', async () => {
    const before = Date.now()
    bench.worker(async () => ({ kind: 'again', inMs: LONG_MS }))
    await bench.queue().add([{ id: ID, inMs: 0 }])
    const at = await eventually(dueAt, { what: 'the job is delayed', withinMs: WITHIN_MS })
    expect(at).toBeGreaterThanOrEqual(before + LONG_MS)
    expect(at).toBeLessThanOrEqual(Date.now() + LONG_MS)
  })

  it('lets a job go that is done, so that it can be added and run again', async () => {
    let runs = 0
    bench.worker(async () => {
      runs += 1
      return { kind: 'done' }
    })
    const queue = bench.queue()
    for (const run of [1, 2, 3]) {
      await queue.add([{ id: ID, inMs: 0 }])
      await eventually(async () => runs === run && (await isGone()), {
        what: `run ${run} is over`,
        withinMs: WITHIN_MS,
      })
    }
    expect(await engine.connect().keys(`${PREFIX}:polls:${ID}*`)).toEqual([])
  })

  it('brings a run that threw back after a pause, for ever, and tells of it once', async () => {
    let runs = 0
    const finished = promised()
    bench.worker(
      async () => {
        runs += 1
        if (runs < 30) throw new TypeError('a defect')
        finished.keep()
        return { kind: 'done' }
      },
      { afterFaultMs: 1 },
    )
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await finished.kept
    await eventually(isGone, { what: 'the job is done', withinMs: WITHIN_MS })
    const told = bench.logger.lines.filter(({ level }) => level === 'error')
    expect(told).toMatchObject([{ message: 'a run was cut short; it comes back', fields: { job: ID } }])
  })

  it('takes an outage of Redis for none of its own troubles, and waits five seconds', async () => {
    const before = Date.now()
    bench.worker(async () => {
      throw new BuildwatchdError('REDIS_UNREACHABLE', 'gone', { retryable: true })
    })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    const at = await eventually(dueAt, { what: 'the job is delayed', withinMs: WITHIN_MS })
    expect(at).toBeGreaterThanOrEqual(before + 5000)
    expect(bench.logger.lines.map(({ level }) => level)).not.toContain('error')
  })

  it('runs no job beside itself, and no more at once than it may', async () => {
    const now = new Map<string, number>()
    let most = 0
    let runs = 0
    const [full, finished] = [promised(), promised()]
    bench.worker(
      async (id) => {
        now.set(id, (now.get(id) ?? 0) + 1)
        expect(now.get(id)).toBe(1)
        most = Math.max(most, now.size)
        if (most === 3) full.keep()
        await full.kept
        await new Promise((resolve) => setImmediate(resolve))
        now.delete(id)
        if (++runs >= 60) finished.keep()
        return { kind: 'again', inMs: 1 }
      },
      { concurrency: 3 },
    )
    await bench.queue().add(Array.from({ length: 9 }, (_, at) => ({ id: `${ID}-${at}`, inMs: 0 })))
    await finished.kept
    expect(most).toBe(3)
    expect(bench.logger.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('holds all workers of the queue for one that is paced', async () => {
    const ran: { id: string; at: number }[] = []
    const run = async (id: string) => {
      ran.push({ id, at: Date.now() })
      return ran.length === 1 ? ({ kind: 'paced', inMs: 1000 } as const) : ({ kind: 'done' } as const)
    }
    await bench.queue().add(['a', 'b', 'c', 'd'].map((id) => ({ id, inMs: 0 })))
    bench.worker(run, { concurrency: 1, isPaced: true })
    const isHeld = async () => Number(await engine.connect().get(`${PREFIX}:polls:limiter`)) > 1_000_000
    await eventually(isHeld, { what: 'the queue is held', withinMs: WITHIN_MS })
    bench.worker(run, { concurrency: 4, isPaced: true })
    await eventually(() => ran.length === 5, { what: 'all have run', withinMs: WITHIN_MS })
    expect(ran.map(({ id }) => id).sort()).toEqual(['a', 'a', 'b', 'c', 'd'])
    expect((ran[1]?.at ?? 0) - (ran[0]?.at ?? 0)).toBeGreaterThanOrEqual(990)
    expect(bench.logger.lines).toEqual([])
  })

  it('has one that was paced run first, not behind those that came after it', async () => {
    const ran: string[] = []
    await bench.queue().add(['a', 'b', 'c'].map((id) => ({ id, inMs: 0 })))
    bench.worker(
      async (id) => {
        ran.push(id)
        return ran.length < 3 ? { kind: 'paced', inMs: 20 } : { kind: 'done' }
      },
      { concurrency: 1, isPaced: true },
    )
    await eventually(() => ran.length === 5, { what: 'all have run', withinMs: WITHIN_MS })
    expect(ran).toEqual(['a', 'a', 'a', 'b', 'c'])
  })

  it('counts no runs: many that find nothing to do hold up nobody', async () => {
    let runs = 0
    bench.worker(
      async () => {
        runs += 1
        return { kind: 'done' }
      },
      { isPaced: true },
    )
    await bench.queue().add(Array.from({ length: 200 }, (_, at) => ({ id: `${ID}-${at}`, inMs: 0 })))
    await eventually(() => runs === 200, { what: 'all have run', withinMs: WITHIN_MS })
  })
})
