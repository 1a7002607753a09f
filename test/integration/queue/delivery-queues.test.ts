import { expect, it } from '@jest/globals'
import { createDeliveryQueues, deliveryQueueName } from '../../../src/queue/delivery-queues.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { connectionOf, PREFIX, queueBench } from './queue-bench.js'

const LONG_MS = 3_600_000

describeEachRedis('the queues of deliveries', (engine) => {
  const bench = queueBench(() => engine.url())

  it('are one for each notifier', async () => {
    const queues = createDeliveryQueues({
      connection: connectionOf(engine.url()),
      prefix: PREFIX,
      logger: bench.logger,
    })
    await queues.add([
      { id: 'one->hook', notifier: 'hook', inMs: LONG_MS },
      { id: 'one->log', notifier: 'log', inMs: LONG_MS },
      { id: 'two->hook', notifier: 'hook', inMs: 0 },
    ])
    expect(await queues.live('hook')).toEqual(new Set(['one->hook', 'two->hook']))
    expect(await queues.live('log')).toEqual(new Set(['one->log']))
    expect(await queues.live('nobody')).toEqual(new Set())
    expect(await bench.queue(deliveryQueueName('hook')).live()).toEqual(await queues.live('hook'))
    await queues.close()
  })

  it('make one of a notifier due that waits, and no other', async () => {
    const { logger } = bench
    const queues = createDeliveryQueues({ connection: connectionOf(engine.url()), prefix: PREFIX, logger })
    const delayed = () => engine.connect().zrange(`${PREFIX}:${deliveryQueueName('hook')}:delayed`, '0', '-1')
    const ids = ['one->hook', 'two->hook']
    await queues.add(ids.map((id) => ({ id, notifier: 'hook', inMs: LONG_MS })))
    await queues.hasten('hook', ['one->hook', 'of nobody->hook'])
    expect(await delayed()).toEqual(['two->hook'])
    await queues.close()
  })

  it('leave nothing of one that is removed, and keep the others', async () => {
    const { logger } = bench
    const queues = createDeliveryQueues({ connection: connectionOf(engine.url()), prefix: PREFIX, logger })
    const redis = engine.connect()
    const ofHook = (): Promise<string[]> => redis.keys(`${PREFIX}:deliveries-hook:*`)
    await queues.add([
      { id: 'one->hook', notifier: 'hook', inMs: LONG_MS },
      { id: 'one->log', notifier: 'log', inMs: LONG_MS },
    ])
    expect(await ofHook()).not.toEqual([])
    await queues.remove('hook')
    await queues.remove('nobody')
    expect(await ofHook()).toEqual([])
    expect((await redis.keys('*')).filter((key) => !key.startsWith(`${PREFIX}:deliveries-log:`))).toEqual([])
    expect(await queues.live('log')).toEqual(new Set(['one->log']))
    await queues.add([{ id: 'two->hook', notifier: 'hook', inMs: LONG_MS }])
    expect(await queues.live('hook')).toEqual(new Set(['two->hook']))
    await queues.close()
  })

  it('open none once they are closed', async () => {
    const { logger } = bench
    const queues = createDeliveryQueues({ connection: connectionOf(engine.url()), prefix: PREFIX, logger })
    await queues.close()
    await expect(queues.live('hook')).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE', retryable: true })
  })
})
