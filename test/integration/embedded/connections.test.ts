import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { type EmbeddedValkey, startEmbeddedValkey } from '../../../src/embedded/embedded-valkey.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

let valkey: EmbeddedValkey
let redis: Redis
const sockets: Socket[] = []

beforeEach(async () => {
  valkey = await startEmbeddedValkey({ port: 0, logger: createRecordingLogger() })
  redis = new Redis(valkey.url)
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  redis.disconnect()
  await valkey.stop()
})

async function dial(options: { allowHalfOpen?: boolean } = {}): Promise<Socket> {
  const socket = connect({ port: valkey.port, host: '127.0.0.1', ...options })
  socket.on('error', () => undefined)
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

async function clientCount(): Promise<number> {
  return Number(/connected_clients:(\d+)/.exec(await redis.info('clients'))?.[1])
}

async function untilAlone(): Promise<void> {
  while ((await clientCount()) > 1);
}

describe('the connections of the embedded Valkey', () => {
  it('are served beyond the 6,031 that its table holds at a time', async () => {
    for (let opened = 0; opened < 7000; opened += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, () => dial()))
      const answers = batch.map((socket) => once(socket, 'data'))
      for (const socket of batch) socket.write('PING\r\n')
      await Promise.all(answers)
      for (const socket of batch) socket.destroy()
      sockets.length = 0
    }
    await untilAlone()
    expect(await redis.info('stats')).toMatch(/total_connections_received:70\d\d\s/)
  }, 60_000)

  it('answer what was sent by a client that has closed its side already', async () => {
    const socket = await dial({ allowHalfOpen: true })
    socket.end('SET a 1\r\nGET a\r\n')
    expect(await readAll(socket)).toBe('+OK\r\n$1\r\n1\r\n')
  })

  it('are let go of when a client goes in the middle of a command, which then never runs', async () => {
    const socket = await dial()
    socket.write('*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1000\r\nhalf')
    while ((await clientCount()) < 2);
    socket.resetAndDestroy()
    await untilAlone()
    expect(await redis.get('a')).toBeNull()
  })

  it('are let go of when a client goes while it waits', async () => {
    const socket = await dial()
    socket.write('BLPOP list 0\r\n')
    while (!(await redis.info('clients')).includes('blocked_clients:1'));
    socket.resetAndDestroy()
    await untilAlone()
    expect(await redis.info('clients')).toContain('blocked_clients:0')
  })

  it('survive a client that sends what is no command', async () => {
    const socket = await dial()
    socket.end('*1\r\n$nonsense\r\n')
    expect(await readAll(socket)).toContain('-ERR Protocol error')
    expect(await redis.ping()).toBe('PONG')
  })

  it('end after QUIT with its reply', async () => {
    const socket = await dial()
    socket.write('QUIT\r\n')
    expect(await readAll(socket)).toBe('+OK\r\n')
  })

  it('carry a large reply whole to a client that begins to read late', async () => {
    await redis.set('large', 'x'.repeat(20 * 1024 * 1024))
    const socket = await dial()
    socket.pause()
    socket.write('GET large\r\nQUIT\r\n')
    while (!/omem=[1-9]/.test(String(await redis.client('LIST'))));
    expect((await readAll(socket)).length).toBe('$20971520\r\n\r\n+OK\r\n'.length + 20 * 1024 * 1024)
  })

  it('are cut when a subscriber does not read what piles up', async () => {
    const socket = await dial()
    socket.pause()
    socket.write('SUBSCRIBE firehose\r\n')
    while ((await redis.publish('firehose', 'is anybody there?')) === 0);
    const message = 'x'.repeat(1024 * 1024)
    let sent = 0
    while ((await redis.publish('firehose', message)) === 1) sent += 1
    expect(sent).toBeGreaterThan(30)
    expect(sent).toBeLessThan(64)
  })

  it('are refused with a reason beyond the limit, and the others go on', async () => {
    await redis.config('SET', 'maxclients', '1')
    const socket = await dial()
    expect(await readAll(socket)).toContain('-ERR max number of clients reached')
    expect(await redis.ping()).toBe('PONG')
  })
})
