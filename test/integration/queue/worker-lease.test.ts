import { expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { aborted, delayedUntil, ID, PREFIX, promised, queueBench } from './queue-bench.js'
import { workerChildren } from './worker-child.js'

const WITHIN_MS = 10_000
const LONG_MS = 3_600_000
/** Short enough to see a takeover, long beside the hiccups of a busy machine. */
const LEASE_MS = 1000

describeEachRedis('the lease of a job', (engine) => {
  const bench = queueBench(() => engine.url())
  const children = workerChildren()

  /** As if this process had slept past its lease. */
  const loseLock = (redis: Redis): Promise<number> => redis.del(`${PREFIX}:polls:${ID}:lock`)
  const dueAt = (): Promise<number | undefined> => delayedUntil(engine.connect())
  const troubles = (): string[] =>
    bench.logger.lines.filter(({ level }) => level !== 'debug').map(({ message }) => message)

  it('is taken over within twice its length when its process is killed', async () => {
    const child = children.start({ url: engine.url(), leaseMs: LEASE_MS, graceMs: 0 })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await child.printed('running')
    const taken = promised<number>()
    bench.worker(
      async () => {
        taken.keep(performance.now())
        return { kind: 'done' }
      },
      { leaseMs: LEASE_MS },
    )
    const killedAt = performance.now()
    child.signal('SIGKILL')
    expect(await child.exited).toBeNull()
    expect((await taken.kept) - killedAt).toBeLessThan(2 * LEASE_MS)
  })

  it('is kept by a run that takes longer than it, as long as its process lives', async () => {
    let runs = 0
    const run = promised()
    for (const _worker of ['one', 'another'])
      bench.worker(
        async () => {
          runs += 1
          await run.kept
          return { kind: 'done' }
        },
        { leaseMs: 200 },
      )
    const queue = bench.queue()
    await queue.add([{ id: ID, inMs: 0 }])
    const lockEnds: number[] = []
    const redis = engine.connect()
    await eventually(
      async () => {
        const leftMs = await redis.pttl(`${PREFIX}:polls:${ID}:lock`)
        if (leftMs > (lockEnds.at(-1) ?? 0) - Date.now() + 20) lockEnds.push(Date.now() + leftMs)
        return lockEnds.length >= 8
      },
      { what: 'the lock is renewed seven times', withinMs: WITHIN_MS },
    )
    expect(runs).toBe(1)
    run.keep()
    await eventually(async () => !(await queue.live()).has(ID), { what: 'it is done', withinMs: WITHIN_MS })
    expect(runs).toBe(1)
  })

  it('cuts a run off when it is lost, and the chain goes on without a word', async () => {
    const [started, cutOff, finished] = [promised(), promised(), promised()]
    let runs = 0
    bench.worker(
      async (_id, signal) => {
        runs += 1
        if (runs > 1) {
          finished.keep()
          return { kind: 'done' }
        }
        started.keep()
        await aborted(signal)
        cutOff.keep()
        throw signal.reason
      },
      { leaseMs: 200 },
    )
    const queue = bench.queue()
    await queue.add([{ id: ID, inMs: 0 }])
    await started.kept
    await loseLock(engine.connect())
    await cutOff.kept
    await finished.kept
    await eventually(async () => !(await queue.live()).has(ID), { what: 'it is done', withinMs: WITHIN_MS })
    expect(runs).toBe(2)
    expect(troubles()).toEqual([])
  })

  it.each(['again', 'done'] as const)(
    'leaves the job to its new owner when the old one says "%s" at last',
    async (kind) => {
      const [started, late] = [promised(), promised()]
      let runs = 0
      bench.worker(
        async () => {
          runs += 1
          if (runs > 1) return { kind: 'again', inMs: LONG_MS }
          started.keep()
          await late.kept
          return kind === 'done' ? { kind } : { kind, inMs: 0 }
        },
        { leaseMs: 200 },
      )
      const queue = bench.queue()
      await queue.add([{ id: ID, inMs: 0 }])
      await started.kept
      await loseLock(engine.connect())
      const ownersTime = await eventually(dueAt, { what: 'another owner has it', withinMs: WITHIN_MS })
      late.keep()
      await eventually(
        () => bench.logger.lines.some(({ message }) => /belongs to another|connection error/.test(message)),
        {
          what: 'the old owner has noticed',
          withinMs: WITHIN_MS,
        },
      )
      expect(await dueAt()).toBe(ownersTime)
      expect(await queue.live()).toEqual(new Set([ID]))
      expect(runs).toBe(2)
      expect(troubles()).toEqual([])
    },
  )
})
