import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { Redis } from 'ioredis'
import type { BuildwatchdError } from '../../../src/domain/errors.js'
import {
  type EmbeddedValkey,
  type EmbeddedValkeyOptions,
  startEmbeddedValkey,
} from '../../../src/embedded/embedded-valkey.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const logger = createRecordingLogger()
const running: EmbeddedValkey[] = []
const clients: Redis[] = []

afterEach(async () => {
  jest.useRealTimers()
  // One that has ended would be given two seconds to end again.
  for (const client of clients.splice(0)) if (client.status !== 'end') client.disconnect()
  for (const valkey of running.splice(0)) await valkey.stop()
})

async function start(options: Partial<EmbeddedValkeyOptions> = {}): Promise<EmbeddedValkey> {
  const valkey = await startEmbeddedValkey({ port: 0, logger, ...options })
  running.push(valkey)
  return valkey
}

function dial(url: string): Redis {
  const client = new Redis(url, { retryStrategy: () => null })
  client.on('error', () => undefined)
  clients.push(client)
  return client
}

async function occupyPort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

describe('the embedded Valkey', () => {
  it('names a taken port and the cure', async () => {
    const { server, port } = await occupyPort()
    await expect(start({ port })).rejects.toMatchObject({
      code: 'EMBEDDED_PORT_TAKEN',
      message: `Port ${port} on 127.0.0.1, where the embedded Valkey should listen, is in use. Set redis.port to another one (0 takes any free one), or redis.url to a running server.`,
    })
    server.close()
  })

  it('listens where it was told to, and says so itself', async () => {
    const { server, port } = await occupyPort()
    server.close()
    await once(server, 'close')
    const valkey = await start({ port })
    expect(valkey.url).toBe(`redis://127.0.0.1:${port}`)
    expect(await dial(valkey.url).info('server')).toContain(`tcp_port:${port}`)
  })

  it('can run more than once in one process, each with data of its own', async () => {
    const [one, two] = [await start(), await start()]
    await dial(one.url).set('a', '1')
    expect(await dial(two.url).get('a')).toBeNull()
  })

  it('frees its port and cuts its clients when it stops', async () => {
    const valkey = await start()
    const client = dial(valkey.url)
    await client.ping()
    const cut = once(client, 'end')
    await valkey.stop()
    await cut
    expect((await start({ port: valkey.port })).port).toBe(valkey.port)
  })

  it('may be stopped twice', async () => {
    const valkey = await start()
    await Promise.all([valkey.stop(), valkey.stop()])
    await expect(valkey.stop()).resolves.toBeUndefined()
  })

  it('runs on real time while a test fakes its own', async () => {
    const valkey = await start()
    const client = dial(valkey.url)
    await client.ping()
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'], now: 0 })
    const [seconds] = await client.time()
    expect(Number(seconds)).toBeGreaterThan(1_700_000_000)
  })

  it('writes what the engine says into the log', async () => {
    const own = createRecordingLogger()
    await start({ logger: own })
    expect(own.lines).toContainEqual({
      level: 'debug',
      fields: { engine: 'valkey' },
      message: 'Ready to accept connections tcp',
    })
    expect(own.lines.filter(({ level }) => level !== 'debug')).toEqual([])
  })

  it('reports its death, frees its port and can be started again there', async () => {
    const own = createRecordingLogger()
    const { promise, resolve } = withResolvers<BuildwatchdError>()
    const valkey = await start({ logger: own, onFatal: resolve })
    const client = dial(valkey.url)
    await client.call('SHUTDOWN', 'NOSAVE').catch(() => undefined)
    expect(await promise).toMatchObject({
      code: 'EMBEDDED_FAILED',
      message: expect.stringContaining('exited with code 0'),
    })
    expect(own.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    const again = await start({ port: valkey.port })
    expect(await dial(again.url).ping()).toBe('PONG')
  })
})

function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
