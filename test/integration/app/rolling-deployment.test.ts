/** Two replicas on one Redis whose settings have different notifiers, as while a new version is rolled out. */
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { sweep } from '../../../src/core/sweep.js'
import { type Delivery, deliveryId } from '../../../src/domain/delivery.js'
import { createDeliveryQueues } from '../../../src/queue/delivery-queues.js'
import { createReconciledQueue } from '../../../src/queue/reconciled-queue.js'
import { createHeartbeat } from '../../../src/store/heartbeat.js'
import { createKeys } from '../../../src/store/keys.js'
import { createLedger } from '../../../src/store/ledger.js'
import { createTargets } from '../../../src/store/targets.js'
import { createWatermarks } from '../../../src/store/watermarks.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { eventOf } from '../../unit/domain/fixtures.js'
import { connectionOf } from '../queue/queue-bench.js'

const KEYS = createKeys('buildwatch')
const EVENT = eventOf({ status: 'SUCCESS', concluded: true })
const LONG_MS = 3_600_000

function deliveryTo(notifier: string): Delivery {
  return { id: deliveryId(EVENT.id, notifier), notifier, event: EVENT }
}

describeEachRedis('a notifier that the new version has not', (engine) => {
  let redis: Redis
  const opened: (() => Promise<void>)[] = []

  beforeEach(() => {
    redis = engine.connect()
  })

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((close) => close()))
  })

  function replica(name: string, notifiers: readonly string[]) {
    const logger = createRecordingLogger()
    const settings = { connection: connectionOf(engine.url()), prefix: KEYS.queue, logger }
    const means = { redis, keys: KEYS, clock: Date, replica: name }
    const ports = {
      targets: createTargets(means),
      watermarks: createWatermarks(means),
      polls: createReconciledQueue('polls', settings),
      ledger: createLedger(means),
      deliveries: createDeliveryQueues(settings),
      heartbeat: createHeartbeat(means),
      clock: Date,
      logger,
    }
    opened.push(ports.polls.close, ports.deliveries.close)
    const configuration = { digest: name, targets: [], accountRoutes: new Map(), notifiers }
    return {
      ...ports,
      async sweep() {
        await sweep(configuration, ports)
        await ports.heartbeat.beat({})
      },
    }
  }

  const keysOf = (notifier: string): Promise<string[]> => redis.keys(`${KEYS.queue}:deliveries-${notifier}:*`)

  async function rollOut() {
    const before = replica('before', ['hook', 'old'])
    await before.sweep()
    const deliveries = ['hook', 'old'].map(deliveryTo)
    await before.ledger.open(deliveries.map((delivery) => ({ ...delivery, lane: 'shop/jobs/web' })))
    await before.deliveries.add(deliveries.map(({ id, notifier }) => ({ id, notifier, inMs: LONG_MS })))
    const after = replica('after', ['hook'])
    await after.sweep()
    return { before, after, old: deliveryTo('old').id, hook: deliveryTo('hook').id }
  }

  it('keeps its deliveries as long as a replica of the old version lives', async () => {
    const { before, after, old } = await rollOut()
    await before.sweep()
    await after.sweep()
    expect(await after.ledger.find(old)).toMatchObject({ notifier: 'old' })
    expect(await after.deliveries.live('old')).toEqual(new Set([old]))
    expect(after.logger.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('is gone with the last replica that has it: its deliveries are dead letters, its queue leaves nothing', async () => {
    const { before, after, old, hook } = await rollOut()
    expect(await keysOf('old')).not.toEqual([])
    await before.heartbeat.stop()
    await after.sweep()
    expect(await redis.hmget(KEYS.delivery(old), 'state', 'reason')).toEqual([
      'dead_lettered',
      'notifier_missing',
    ])
    expect(await keysOf('old')).toEqual([])
    expect(await redis.smembers(KEYS.queuedNotifiers)).toEqual(['hook'])
    expect(await after.ledger.find(hook)).toMatchObject({ notifier: 'hook' })
    expect(await after.deliveries.live('hook')).toEqual(new Set([hook]))
  })

  it('leaves no queue behind when all its deliveries had ended before', async () => {
    const { before, after, old } = await rollOut()
    await before.ledger.end(old, { kind: 'accepted' })
    await before.heartbeat.stop()
    await after.sweep()
    expect(await keysOf('old')).toEqual([])
    expect(await redis.hget(KEYS.delivery(old), 'state')).toBe('accepted')
  })
})
