/** Redis goes away, with a word or without one, behind a proxy that stands for the network. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createReconciledQueue } from '../../../src/queue/reconciled-queue.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type RedisProxy, startRedisProxy } from '../store/redis-proxy.js'
import { connectionOf, ID, PREFIX, promised, queueBench } from './queue-bench.js'

describeEachRedis('without Redis', (engine) => {
  const bench = queueBench(() => proxy.url)
  let proxy: RedisProxy

  beforeEach(async () => {
    proxy = await startRedisProxy(engine.url())
  })

  afterEach(() => proxy.close())

  const WAYS = [
    ['cut', () => proxy.close()],
    ['silent', async () => proxy.fallSilent()],
  ] as const

  describe.each(WAYS)('%s', (_how, takeAway) => {
    it('a queue rejects what it is asked, in time, and can be closed', async () => {
      const settings = { connection: connectionOf(proxy.url), prefix: PREFIX, logger: bench.logger }
      const queue = createReconciledQueue('polls', { ...settings, commandDeadlineMs: 100 })
      await queue.live()
      await takeAway()
      const unreachable = expect.objectContaining({ code: 'REDIS_UNREACHABLE', retryable: true })
      await expect(queue.add([{ id: ID, inMs: 0 }])).rejects.toEqual(unreachable)
      await expect(queue.live()).rejects.toEqual(unreachable)
      const closingAt = performance.now()
      await queue.close()
      expect(performance.now() - closingAt).toBeLessThan(2000)
    })
  })

  it('that was never there, a worker stops all the same', async () => {
    await proxy.close()
    const worker = bench.worker(async () => ({ kind: 'done' }))
    const askedAt = performance.now()
    await worker.stop(60_000)
    expect(performance.now() - askedAt).toBeLessThan(3000)
  })

  it('a worker goes on when it is back', async () => {
    const [first, second] = [promised(), promised()]
    let runs = 0
    bench.worker(async () => {
      runs += 1
      if (runs > 1) second.keep()
      first.keep()
      return runs > 1 ? { kind: 'done' } : { kind: 'again', inMs: 300 }
    })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await first.kept
    await proxy.close()
    await proxy.reopen()
    await second.kept
    expect(runs).toBe(2)
  })
})
