import { expect, it } from '@jest/globals'
import { Queue } from 'bullmq'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { connectionOf, delayedUntil, ID, PREFIX, promised, queueBench } from './queue-bench.js'

const WITHIN_MS = 5000
const LONG_MS = 3_600_000

describeEachRedis('a reconciled queue', (engine) => {
  const bench = queueBench(() => engine.url())

  it('is empty at first', async () => {
    expect(await bench.queue().live()).toEqual(new Set())
  })

  it('shows the jobs that wait, those that are delayed and those that run', async () => {
    const [started, ended] = [promised(), promised()]
    const worker = bench.worker(
      async () => {
        started.keep()
        await ended.kept
        return { kind: 'done' }
      },
      { concurrency: 1 },
    )
    const queue = bench.queue()
    await queue.add([{ id: 'a/running', inMs: 0 }])
    await started.kept
    await queue.add([
      { id: 'a/waiting', inMs: 0 },
      { id: 'a/delayed', inMs: LONG_MS },
    ])
    expect(await queue.live()).toEqual(new Set(['a/running', 'a/waiting', 'a/delayed']))
    const stopping = worker.stop(5000)
    ended.keep()
    await stopping
    expect(await queue.live()).toEqual(new Set(['a/waiting', 'a/delayed']))
  })

  it('does not double a job that is there, nor move its time', async () => {
    const queue = bench.queue()
    await queue.add([{ id: ID, inMs: LONG_MS }])
    const redis = engine.connect()
    const due = await delayedUntil(redis)
    await queue.add([
      { id: ID, inMs: 0 },
      { id: ID, inMs: 10 },
    ])
    expect(await delayedUntil(redis)).toBe(due)
    expect(await redis.llen(`${PREFIX}:polls:wait`)).toBe(0)
    expect(await queue.live()).toEqual(new Set([ID]))
  })

  it('does not double a job while it runs', async () => {
    const [started, ended] = [promised(), promised()]
    let runs = 0
    bench.worker(async () => {
      runs += 1
      started.keep()
      await ended.kept
      return { kind: 'done' }
    })
    const queue = bench.queue()
    await queue.add([{ id: ID, inMs: 0 }])
    await started.kept
    await queue.add([{ id: ID, inMs: 0 }])
    ended.keep()
    await eventually(async () => (await queue.live()).size === 0, { what: 'it is done', withinMs: WITHIN_MS })
    expect(runs).toBe(1)
  })

  it.each([
    ['a build', 'teams/acme/shop/services/api/quick-fox-1'],
    ['encoded ids', 'a%2Fb/jobs/%2A/%2E%2E'],
    ['a delivery', 'shop/jobs/nightly/quick-fox-1#concluded->deploy-hook'],
  ])('takes the id of %s as it is', async (_what, id) => {
    const queue = bench.queue()
    await queue.add([{ id, inMs: LONG_MS }])
    expect(await queue.live()).toEqual(new Set([id]))
  })

  it('takes thousands at once, and none', async () => {
    const queue = bench.queue()
    await queue.add([])
    const ids = Array.from({ length: 2500 }, (_, at) => `${ID}-${at}`)
    await queue.add(ids.map((id, at) => ({ id, inMs: LONG_MS + at })))
    expect(await queue.live()).toEqual(new Set(ids))
  })

  it('keeps everything under its prefix, and no data with the jobs', async () => {
    await bench.queue().add([{ id: ID, inMs: LONG_MS }])
    const redis = engine.connect()
    for (const key of await redis.keys('*')) expect(key).toMatch(/^\{buildwatch\}:queue:polls/)
    expect(await redis.hget(`${PREFIX}:polls:${ID}`, 'data')).toBe('{}')
  })

  it('makes all that is delayed due when it must hurry', async () => {
    const queue = bench.queue()
    const ran: string[] = []
    bench.worker(async (id) => {
      ran.push(id)
      return { kind: 'done' }
    })
    const ids = Array.from({ length: 1500 }, (_, at) => `${ID}-${at}`)
    await queue.add(ids.map((id) => ({ id, inMs: LONG_MS })))
    await queue.hurry()
    await eventually(() => ran.length === ids.length, { what: 'all have run', withinMs: 15_000 })
    expect(new Set(ran)).toEqual(new Set(ids))
  })

  it('brings forward what is delayed, and leaves the others their time', async () => {
    const queue = bench.queue()
    const redis = engine.connect()
    const [hastened, other] = [`${ID}-1`, `${ID}-2`]
    await queue.add([hastened, other].map((id) => ({ id, inMs: LONG_MS })))
    const due = await delayedUntil(redis, other)
    await queue.hasten([hastened, `${ID}-missing`])
    expect(await delayedUntil(redis, hastened)).toBeUndefined()
    expect(await delayedUntil(redis, other)).toBe(due)
    expect(await queue.live()).toEqual(new Set([hastened, other]))
    const ran = promised<string>()
    bench.worker(async (id) => {
      ran.keep(id)
      return { kind: 'done' }
    })
    expect(await ran.kept).toBe(hastened)
    await eventually(async () => (await queue.live()).size === 1, {
      what: 'it is done',
      withinMs: WITHIN_MS,
    })
    expect(await queue.live()).toEqual(new Set([other]))
  })

  it('leaves what runs to itself when it is hastened: it runs once, and comes again at its own time', async () => {
    const [started, ended] = [promised(), promised()]
    const ran: string[] = []
    bench.worker(async (id) => {
      ran.push(id)
      started.keep()
      await ended.kept
      return { kind: 'again', inMs: LONG_MS }
    })
    const queue = bench.queue()
    const redis = engine.connect()
    await queue.add([{ id: ID, inMs: 0 }])
    await started.kept
    await queue.hasten([ID])
    ended.keep()
    await eventually(async () => (await delayedUntil(redis)) !== undefined, {
      what: 'it is delayed',
      withinMs: WITHIN_MS,
    })
    expect(ran).toEqual([ID])
    expect(await delayedUntil(redis)).toBeGreaterThan(Date.now() + LONG_MS / 2)
  })

  it('hastens what waits already as little as nothing at all', async () => {
    const queue = bench.queue()
    await queue.hasten([])
    await queue.add([{ id: ID, inMs: 0 }])
    await queue.hasten([ID])
    expect(await engine.connect().lrange(`${PREFIX}:polls:wait`, 0, -1)).toEqual([ID])
  })

  it('leaves nothing in Redis when it is removed, whatever it held, and takes jobs again', async () => {
    const worker = bench.worker(async () => ({ kind: 'done' }))
    const queue = bench.queue()
    const redis = engine.connect()
    await queue.add([{ id: `${ID}-done`, inMs: 0 }])
    await eventually(async () => (await queue.live()).size === 0, { what: 'it is done', withinMs: WITHIN_MS })
    await worker.stop(5000)
    await queue.add([
      { id: `${ID}-delayed`, inMs: LONG_MS },
      { id: `${ID}-waiting`, inMs: 0 },
    ])
    await queue.remove()
    expect(await redis.keys('*')).toEqual([])
    await queue.add([{ id: ID, inMs: 0 }])
    const again = promised<string>()
    bench.worker(async (id) => {
      again.keep(id)
      return { kind: 'done' }
    })
    expect(await again.kept).toBe(ID)
  })

  it('is worked on though its removal was cut short, which leaves it paused', async () => {
    const cutShort = new Queue('polls', { connection: connectionOf(engine.url()), prefix: PREFIX })
    await cutShort.pause()
    await cutShort.close()
    const [ran, queue] = [promised<string>(), bench.queue()]
    bench.worker(async (id) => {
      ran.keep(id)
      return { kind: 'done' }
    })
    await queue.add([{ id: ID, inMs: 0 }])
    expect(await ran.kept).toBe(ID)
  })

  it('is empty again after a FLUSHALL, and takes the same ids', async () => {
    const queue = bench.queue()
    await queue.add([{ id: ID, inMs: LONG_MS }])
    await engine.flush()
    expect(await queue.live()).toEqual(new Set())
    await queue.add([{ id: ID, inMs: LONG_MS }])
    expect(await queue.live()).toEqual(new Set([ID]))
  })
})
