/** Faults whose errors reach the client unchanged only outside of jest's realm. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { portOf } from '../../support/connect-proxy.js'
import { prepareChild } from './reading-child.js'
import { TRANSPORTS } from './transports.js'

let dir: string
let read: Awaited<ReturnType<typeof prepareChild>>
let server: Server

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'northflank-child-'))
  read = await prepareChild(dir)
})

afterAll(() => rm(dir, { recursive: true }))

afterEach(async () => {
  server.close()
  await once(server, 'close')
})

async function answering(respond: (socket: Socket, request: number) => void): Promise<string> {
  let requests = 0
  server = createServer((socket) => socket.once('data', () => respond(socket, (requests += 1))))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${portOf(server)}`
}

describe.each(TRANSPORTS)('over %s', (_name, { lean = false }) => {
  test('what speaks no HTTP is a bad response', async () => {
    const url = await answering((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    expect(await read({ API_URL: url, LEAN: String(lean) })).toMatchObject({
      ok: false,
      code: 'API_BAD_RESPONSE',
      retryable: true,
    })
  })

  test('what would rather speak another protocol is a fault, and no wait without an end', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'
    const url = await answering((socket) => socket.on('error', () => undefined).write(head))
    expect(await read({ API_URL: url, LEAN: String(lean) })).toMatchObject({
      ok: false,
      code: expect.stringMatching(/^API_(?:BAD_RESPONSE|UNREACHABLE)$/),
    })
  })

  test('a connection that is reset is tried again', async () => {
    const body = '{"data":{"id":"b-1"}}'
    const answer = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const url = await answering((socket, request) =>
      request === 1 ? socket.resetAndDestroy() : socket.end(answer),
    )
    expect(await read({ API_URL: url, LEAN: String(lean) })).toEqual({ ok: true, id: 'b-1' })
  })

  test('a connection that is closed without a word is an unreachable API', async () => {
    const url = await answering((socket) => socket.end())
    expect(await read({ API_URL: url, LEAN: String(lean) })).toMatchObject({
      ok: false,
      code: 'API_UNREACHABLE',
      retryable: true,
    })
  })
})
