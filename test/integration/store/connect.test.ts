import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type ConnectionRole, connectRedis, queueConnectionOptions } from '../../../src/store/connect.js'
import { createEventLog } from '../../../src/store/event-log.js'
import { createOutageLog, type OutageLog } from '../../../src/store/outage-log.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type RedisProxy, startRedisProxy } from './redis-proxy.js'
import { KEYS, type TestClock, testClock, testLogger } from './store-fixtures.js'

/** Not node:events' once, which rejects on the errors that are expected here. */
function told(client: Redis, event: string): Promise<void> {
  return new Promise((resolve) => {
    client.once(event, () => resolve())
  })
}

describeEachRedis('connections', (engine) => {
  let proxy: RedisProxy
  let clock: TestClock
  let logger: ReturnType<typeof testLogger>
  let outageLog: OutageLog
  const open = new Set<Redis>()

  beforeEach(async () => {
    proxy = await startRedisProxy(engine.url())
    clock = testClock()
    logger = testLogger()
    outageLog = createOutageLog({ logger, clock, where: proxy.url })
  })

  afterEach(async () => {
    for (const client of open) client.disconnect()
    open.clear()
    await proxy.close()
  })

  function connect(role: ConnectionRole = 'ordinary'): Redis {
    const client = connectRedis({ url: proxy.url, role, outageLog })
    open.add(client)
    return client
  }

  const levels = (): string[] => logger.lines.map(({ level, message }) => `${level}: ${message}`)
  const AWAY = 'error: Redis is away; going on when it is back'
  const BACK = 'info: Redis is back'

  it('are used without a word when all is well', async () => {
    const client = connect()
    expect(await client.ping()).toBe('PONG')
    client.disconnect()
    await told(client, 'end')
    expect(levels()).toEqual([])
  })

  it('say once that Redis is away and once that it is back, however many there are', async () => {
    const clients = [connect(), connect('blocking'), connect('subscriber')]
    await Promise.all(clients.map((client) => told(client, 'ready')))
    await proxy.close()
    await told(clients[0]!, 'error')
    expect(outageLog.isAway()).toBe(true)
    await proxy.reopen()
    await Promise.all(clients.map((client) => told(client, 'ready')))
    expect(levels()).toEqual([AWAY, BACK])
    expect(outageLog.isAway()).toBe(false)
  })

  it('come up when Redis does, having said that it was away at the start', async () => {
    await proxy.close()
    const client = connect()
    await told(client, 'error')
    await proxy.reopen()
    await told(client, 'ready')
    expect(await client.ping()).toBe('PONG')
    expect(levels()).toEqual([AWAY, BACK])
  })

  it('do not flood the log when Redis comes and goes', async () => {
    const client = connect()
    await told(client, 'ready')
    for (let round = 0; round < 3; round += 1) {
      clock.advance(1000)
      await proxy.close()
      await told(client, 'reconnecting')
      await proxy.reopen()
      await told(client, 'ready')
    }
    expect(levels()).toEqual([AWAY, BACK])
  })

  it('reject commands while Redis is away instead of holding them back', async () => {
    const client = connect()
    await told(client, 'ready')
    await proxy.close()
    await expect(client.ping()).rejects.toThrow()
  })

  it('reject a command whose answer was cut off instead of sending it again', async () => {
    const client = connect()
    await told(client, 'ready')
    proxy.fallSilent()
    const written = client.incr('{buildwatch}:counter')
    // Awaited below; it must not count as unhandled while the proxy closes.
    written.catch(() => undefined)
    await proxy.close()
    await proxy.reopen()
    await expect(written).rejects.toThrow()
    await client.ping().catch(() => undefined)
    expect(Number((await engine.connect().get('{buildwatch}:counter')) ?? 0)).toBeLessThanOrEqual(1)
  })

  it('have time limits where an answer is due, and none where silence is normal', () => {
    const limits = (role: ConnectionRole) => {
      const { commandTimeout, socketTimeout } = connect(role).options
      return [commandTimeout, socketTimeout]
    }
    expect(limits('ordinary')).toEqual([5000, 10_000])
    expect(limits('blocking')).toEqual([undefined, undefined])
    expect(limits('subscriber')).toEqual([undefined, undefined])
    expect(queueConnectionOptions(proxy.url)).toMatchObject({ maxRetriesPerRequest: null })
  })

  it('that fell silent under a waiting reader of the event log are given up', async () => {
    const blocking = connect('blocking')
    const log = createEventLog({
      redis: engine.connect(),
      blocking,
      keys: KEYS,
      logger,
      replica: 'one',
      lateMs: 200,
    })
    await told(blocking, 'ready')
    await log.next(1)
    proxy.fallSilent()
    await expect(log.next(1)).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE', retryable: true })
    await told(blocking, 'ready')
    expect(await log.next(1)).toEqual([])
  })

  it('are made anew when their server has become a replica: the address may lead to the new master', async () => {
    const redis = engine.connect()
    const client = connect()
    await client.ping()
    await redis.replicaof('127.0.0.1', '1')
    try {
      const again = told(client, 'reconnecting')
      await expect(client.set('a', '1')).rejects.toThrow('READONLY')
      await again
    } finally {
      await redis.replicaof('NO', 'ONE')
    }
    expect(await client.set('a', '1')).toBe('OK')
  })
})
