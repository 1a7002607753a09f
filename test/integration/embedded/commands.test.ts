import { expect, it } from '@jest/globals'
import { describeEachRedis } from '../../support/redis-engines.js'

// What the daemon asks of a Redis, of the embedded one and of a real server alike.
describeEachRedis('a Redis for the daemon', (engine) => {
  it('answers a ping', async () => {
    expect(await engine.connect().ping()).toBe('PONG')
  })

  it('is empty at the start of a test: the write', async () => {
    const redis = engine.connect()
    await redis.set('left', 'over')
    expect(await redis.dbsize()).toBe(1)
  })

  it('is empty at the start of a test: the proof', async () => {
    expect(await engine.connect().dbsize()).toBe(0)
  })

  it('works off a pipeline of 100,000 commands in order', async () => {
    const redis = engine.connect()
    const pipeline = redis.pipeline()
    for (let index = 0; index < 100_000; index += 1) pipeline.rpush('list', index)
    const results = (await pipeline.exec()) ?? []
    expect(results.filter(([error]) => error !== null)).toEqual([])
    expect(await redis.lrange('list', -2, -1)).toEqual(['99998', '99999'])
  })

  it('takes and gives values of several megabytes whole', async () => {
    const redis = engine.connect()
    const value = Buffer.alloc(6 * 1024 * 1024, 'buildwatchd ')
    await redis.set('large', value)
    expect((await redis.getBuffer('large'))?.equals(value)).toBe(true)
  })

  it('delivers what is published to channels and patterns', async () => {
    const subscriber = engine.connect()
    await subscriber.psubscribe('buildwatch:events:shop/*')
    const arrived = new Promise((resolve) => subscriber.once('pmessage', (...args) => resolve(args)))
    expect(await engine.connect().publish('buildwatch:events:shop/jobs/nightly/one', 'hello')).toBe(1)
    expect(await arrived).toEqual([
      'buildwatch:events:shop/*',
      'buildwatch:events:shop/jobs/nightly/one',
      'hello',
    ])
  })

  it('hands the entries of a stream to a group, and keeps what is not acknowledged', async () => {
    const redis = engine.connect()
    await redis.xgroup('CREATE', 'events', 'dispatch', '0', 'MKSTREAM')
    await redis.xadd('events', '1-0', 'event', 'a')
    await redis.xadd('events', '2-0', 'event', 'b')
    await redis.xreadgroup('GROUP', 'dispatch', 'one', 'COUNT', 10, 'STREAMS', 'events', '>')
    await redis.xack('events', 'dispatch', '1-0')
    expect(await redis.xpending('events', 'dispatch', '-', '+', 10)).toEqual([
      ['2-0', 'one', expect.any(Number), 1],
    ])
  })

  it('wakes a reader that blocks on a group when an entry is added', async () => {
    const redis = engine.connect()
    await redis.xgroup('CREATE', 'events', 'dispatch', '0', 'MKSTREAM')
    const blocked = engine
      .connect()
      .xreadgroup('GROUP', 'dispatch', 'one', 'BLOCK', 10_000, 'STREAMS', 'events', '>')
    await redis.xadd('events', '1-0', 'event', 'a')
    expect(await blocked).toEqual([['events', [['1-0', ['event', 'a']]]]])
  })

  it('lets a blocking read time out', async () => {
    const redis = engine.connect()
    await redis.xgroup('CREATE', 'events', 'dispatch', '0', 'MKSTREAM')
    expect(
      await redis.xreadgroup('GROUP', 'dispatch', 'one', 'BLOCK', 20, 'STREAMS', 'events', '>'),
    ).toBeNull()
  })

  it('wakes a BZPOPMIN, with which BullMQ waits', async () => {
    const popped = engine.connect().bzpopmin('marker', 10)
    await engine.connect().zadd('marker', 7, '0')
    expect(await popped).toEqual(['marker', '0', '7'])
  })

  it('times a BZPOPMIN with a fraction of a second', async () => {
    expect(await engine.connect().bzpopmin('marker', 0.02)).toBeNull()
  })

  it('runs scripts by their hash, with JSON, and refuses an unknown hash', async () => {
    const redis = engine.connect()
    const sha = await redis.script('LOAD', 'return cjson.encode({redis.call("INCR", KEYS[1]), ARGV[1]})')
    expect(await redis.evalsha(String(sha), 1, 'counter', 'x')).toBe('[1,"x"]')
    await expect(redis.evalsha('f'.repeat(40), 0)).rejects.toThrow('NOSCRIPT')
  })

  it('reports an error inside a script, and goes on', async () => {
    const redis = engine.connect()
    await expect(redis.eval('return redis.call("INCR", KEYS[1], "too", "many")', 1, 'k')).rejects.toThrow()
    await expect(redis.eval('error("broken")', 0)).rejects.toThrow('broken')
    expect(await redis.eval('return redis.pcall("NONSENSE")["err"] ~= nil and 1 or 0', 0)).toBe(1)
  })

  it('forgets a key when its time has come', async () => {
    const redis = engine.connect()
    await redis.set('short', 'lived', 'PX', 15)
    while ((await redis.exists('short')) === 1);
    expect(await redis.get('short')).toBeNull()
  })

  it('tells its version and its settings', async () => {
    const redis = engine.connect()
    expect(await redis.info('server')).toMatch(/redis_version:7\./)
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
  })

  it('serves 250 clients at once', async () => {
    const clients = Array.from({ length: 250 }, () => engine.connect())
    const counts = await Promise.all(clients.map((client) => client.incr('count')))
    expect(new Set(counts).size).toBe(250)
  })
})
