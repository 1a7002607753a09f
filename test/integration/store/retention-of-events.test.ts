import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { createEventLog } from '../../../src/store/event-log.js'
import { createRetention } from '../../../src/store/retention.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, testLogger } from './store-fixtures.js'

const DAY = 86_400_000
/** The log is trimmed in whole blocks of a hundred. */
const BLOCK = 100

describeEachRedis('the event log under retention', (engine) => {
  let redis: Redis
  let log: ReturnType<typeof createEventLog>
  let now: number

  beforeEach(() => {
    redis = engine.connect()
    now = Date.now()
    const blocking = engine.connect()
    log = createEventLog({ redis, blocking, keys: KEYS, logger: testLogger(), replica: 'one' })
  })

  async function run(limits: { eventsMs?: number; maxEvents?: number }): Promise<number> {
    const retention = { buildsMs: DAY, linesMs: DAY, eventsMs: 7 * DAY, maxEvents: 100_000, ...limits }
    const { events } = await createRetention({
      redis,
      keys: KEYS,
      clock: { now: () => now },
      retention,
    }).run()
    return events
  }

  async function append(count: number, at = now): Promise<void> {
    const batch = redis.pipeline()
    for (let n = 1; n <= count; n += 1)
      batch.xadd(KEYS.events, `${at}-${n}`, 'event', JSON.stringify({ id: `${n}` }), 'routes', '[]')
    await batch.exec()
  }

  /** In the order of the log. */
  async function dispatched(count: number, acknowledge: (n: number) => boolean = () => true): Promise<void> {
    let read = 0
    while (read < count) {
      for (const { logId } of await log.next(1)) {
        read += 1
        if (acknowledge(read)) await log.acknowledge(logId)
      }
    }
  }

  it('loses what is older than it may be', async () => {
    await append(500, now - 8 * DAY)
    await append(50, now - DAY)
    await dispatched(550)
    expect(await run({})).toBe(500)
    expect(await redis.xlen(KEYS.events)).toBe(50)
  })

  it('loses what is more than it may be, the oldest first', async () => {
    await append(1000)
    await dispatched(1000)
    expect(await run({ maxEvents: 300 })).toBe(700)
    const [oldest] = await redis.xrange(KEYS.events, '-', '+', 'COUNT', 1)
    expect(oldest?.[0]).toBe(`${now}-701`)
    expect(await run({ maxEvents: 300 })).toBe(0)
  })

  it('never holds fewer than it may hold', async () => {
    await append(1000)
    await dispatched(1000)
    await run({ maxEvents: 350 })
    const held = await redis.xlen(KEYS.events)
    expect(held).toBeGreaterThanOrEqual(350)
    expect(held).toBeLessThan(350 + BLOCK)
  })

  it('keeps all that dispatch has not acknowledged, however many and however old', async () => {
    await append(1000, now - 8 * DAY)
    await dispatched(600, (n) => n <= 250)
    expect(await run({ maxEvents: 10 })).toBeLessThanOrEqual(250)
    const ids = (await redis.xrange(KEYS.events, '-', '+')).map(([id]) => id)
    expect(ids.slice(-750)).toEqual(Array.from({ length: 750 }, (_, at) => `${now - 8 * DAY}-${at + 251}`))
  })

  it('loses nothing that was never handed out', async () => {
    await append(500, now - 8 * DAY)
    await log.next(1)
    expect(await run({ maxEvents: 10 })).toBeLessThanOrEqual(BLOCK)
    await append(1)
    expect(await redis.xlen(KEYS.events)).toBeGreaterThanOrEqual(401)
  })

  it('loses nothing where nobody dispatches yet', async () => {
    await append(500, now - 8 * DAY)
    expect(await run({ maxEvents: 10 })).toBe(0)
  })

  it('loses more in one run than Redis drops at once', async () => {
    for (let day = 20; day > 8; day -= 1) await append(5000, now - day * DAY)
    await redis.xgroup('CREATE', KEYS.events, 'dispatch', '$')
    expect(await run({})).toBeGreaterThan(60_000 - 2 * BLOCK)
    expect(await redis.xlen(KEYS.events)).toBeLessThan(2 * BLOCK)
  })

  it('forgets no reader that was there a moment ago, though it has nothing to do', async () => {
    await append(1)
    await dispatched(1)
    await redis.xgroup('CREATECONSUMER', KEYS.events, 'dispatch', 'idle')
    await run({})
    expect(await redis.xinfo('CONSUMERS', KEYS.events, 'dispatch')).toHaveLength(2)
  })
})
