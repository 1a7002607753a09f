/** Redis is there and refuses: it has no memory left. */
import { expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { ID, promised, queueBench } from './queue-bench.js'

const WITHIN_MS = 10_000

describeEachRedis('a worker whose Redis refuses every job', (engine) => {
  const bench = queueBench(() => engine.url())

  const refusals = (): number =>
    bench.logger.lines.filter(({ fields }) => 'error' in fields && String(fields.error).startsWith('OOM'))
      .length

  it('asks twice a second, not as fast as it can, and goes on when Redis takes writes again', async () => {
    const redis = engine.connect()
    const [first, second] = [promised(), promised()]
    bench.worker(async (id) => {
      if (id === ID) second.keep()
      else first.keep()
      return { kind: 'done' }
    })
    await bench.queue().add([
      { id: `${ID}-before`, inMs: 0 },
      { id: ID, inMs: 500 },
    ])
    await first.kept
    await redis.config('SET', 'maxmemory', '1')
    try {
      const startedAt = performance.now()
      await eventually(() => refusals() >= 4, { what: 'refusals', withinMs: WITHIN_MS })
      expect(performance.now() - startedAt).toBeGreaterThan(1000)
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
    await second.kept
    expect(refusals()).toBeLessThan(10)
  })
})
