/** A process whose Redis goes away, with a word or without one, must still end: a worker's timers can keep it alive. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type EmbeddedValkey, startEmbeddedValkey } from '../../../src/embedded/embedded-valkey.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { type RedisProxy, startRedisProxy } from '../store/redis-proxy.js'
import { ID, queueBench } from './queue-bench.js'
import { workerChildren } from './worker-child.js'

/** BullMQ may be in the middle of a pause of 5 s that nothing ends. */
const GONE_WITHIN_MS = 10_000

const bench = queueBench(() => proxy.url)
const children = workerChildren()
let valkey: EmbeddedValkey
let proxy: RedisProxy

beforeEach(async () => {
  valkey = await startEmbeddedValkey({ port: 0, logger: createRecordingLogger() })
  proxy = await startRedisProxy(valkey.url)
})

afterEach(async () => {
  await proxy.close()
  await valkey.stop()
})

describe.each([
  ['cut', () => proxy.close()],
  ['silent', async () => proxy.fallSilent()],
] as const)('when its connections are %s', (_how, takeAway) => {
  it('a process with a run in hand stops after the grace and ends by itself', async () => {
    const child = children.start({ url: proxy.url, leaseMs: 10_000, graceMs: 200 })
    await bench.queue().add([{ id: ID, inMs: 0 }])
    await child.printed('running')
    // Its own question must be answered before the answer is cut off.
    await child.printed('1 live')
    await takeAway()
    const askedAt = performance.now()
    child.signal('SIGTERM')
    await child.printed('stopped')
    expect(performance.now() - askedAt).toBeLessThan(5000)
    expect(await child.exited).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(GONE_WITHIN_MS)
  })

  it('a process with nothing in hand ends without waiting for the grace', async () => {
    const child = children.start({ url: proxy.url, leaseMs: 10_000, graceMs: 60_000 })
    await child.printed('0 live')
    await takeAway()
    const askedAt = performance.now()
    child.signal('SIGTERM')
    expect(await child.exited).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(GONE_WITHIN_MS)
  })
})
