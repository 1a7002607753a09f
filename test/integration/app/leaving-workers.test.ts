/** What becomes of an attempt in hand when a reload changes the pace of its notifier. */
import { expect, it } from '@jest/globals'
import { createDeliveryWorkers } from '../../../src/app/delivery-workers.js'
import { createDeliveryQueues } from '../../../src/queue/delivery-queues.js'
import { eventually } from '../../support/eventually.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { configurationOf } from '../../unit/app/fixtures.js'
import { connectionOf, PREFIX, promised } from '../queue/queue-bench.js'

const LEASE_MS = 20_000
const SLOW = { name: 'slow', type: 'log', options: {}, secrets: {} }

describeEachRedis('a worker whose notifier changes its pace', (engine) => {
  it('keeps what it has in hand, and gives it no longer than others once the daemon stops', async () => {
    const logger = createRecordingLogger()
    const settings = { connection: connectionOf(engine.url()), prefix: PREFIX, logger }
    const deliveries = createDeliveryQueues(settings)
    const [begun, never] = [promised(), promised()]
    let concurrency = 1
    const active = () => ({
      configuration: configurationOf({
        notifiers: new Map([['slow', { ...SLOW, pace: { concurrency, groupMs: 0 } }]]),
      }),
      notifiers: { named: () => undefined },
    })
    // It hangs where it looks for its delivery.
    const find = async () => {
      begun.keep()
      await never.kept
    }
    const live = { active, during: (work: (version: object) => unknown) => work(active()) }
    const means = Object.assign(Object.create(null), {
      live,
      store: { ledger: { find } },
      logger,
      clock: Date,
    })
    const base = { ...settings, leaseMs: LEASE_MS, clock: Date }
    const workers = createDeliveryWorkers(means, { base, deliveries })
    workers.serve()
    await deliveries.add([{ id: 'd->slow', notifier: 'slow', inMs: 0 }])
    await begun.kept

    concurrency = 2
    workers.serve()
    expect(workers.leaving()).toEqual(['slow'])
    const startedAt = performance.now()
    await workers.stop(100)
    expect(performance.now() - startedAt).toBeLessThan(8000)
    never.keep()
    await eventually(() => workers.leaving().length === 0, { what: 'none leaves', withinMs: 5000 })
    await deliveries.close()
  })
})
