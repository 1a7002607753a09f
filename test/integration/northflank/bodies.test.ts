import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { RateLimitFacts } from '../../../src/domain/ports.js'
import type { NorthflankClient, NorthflankClientOptions } from '../../../src/northflank/client.js'
import { LARGEST_BODY } from '../../../src/northflank/read-body.js'
import { apiErrorOf, BUILD, clientOf, REF } from '../../unit/northflank/fixtures.js'
import { type LocalApi, startLocalApi } from './local-api.js'
import { TRANSPORTS } from './transports.js'

const SOON_MS = 250
const ANSWER = JSON.stringify({ data: BUILD })

let api: LocalApi
let client: NorthflankClient
let transport: Partial<NorthflankClientOptions>

async function serve(
  respond: (response: ServerResponse, request: number) => void,
  options: Partial<NorthflankClientOptions> = {},
): Promise<void> {
  let requests = 0
  api = await startLocalApi((_request, response) => respond(response, (requests += 1)))
  client = clientOf({ baseUrl: api.url, ...transport, ...options })
}

afterEach(async () => {
  await client.close()
  await api.close()
})

describe.each(TRANSPORTS)('over %s', (_name, options) => {
  beforeEach(() => {
    transport = options
  })

  describe('the deadline of one request', () => {
    test('ends an answer that never begins', async () => {
      await serve(() => undefined, { timeoutMs: SOON_MS })
      const error = await apiErrorOf(client.getBuild(REF))
      expect(error).toMatchObject({ code: 'API_TIMED_OUT', retryable: true })
      expect(api.connections()).toBe(1)
    })

    test('ends a body that never ends, and its headers have been told of', async () => {
      await serve(
        (response) => {
          response.writeHead(200, { 'x-ratelimit-remaining': '5' })
          response.write('{"data":')
        },
        { timeoutMs: SOON_MS },
      )
      const told: RateLimitFacts[] = []
      const error = await apiErrorOf(client.getBuild(REF, { onAnswer: (facts) => void told.push(facts) }))
      expect(error.code).toBe('API_TIMED_OUT')
      expect(told).toEqual([{ remaining: 5, throttled: false }])
      await api.idle()
    })

    test('ends a body that drips, however steadily', async () => {
      await serve((response) => {
        const drip = setInterval(() => response.write(' '), 10)
        response.on('close', () => clearInterval(drip))
      })
      expect((await apiErrorOf(client.getBuild(REF, { timeoutMs: SOON_MS }))).code).toBe('API_TIMED_OUT')
      await api.idle()
    })

    test('leaves a refusal its status, though its words never end', async () => {
      await serve(
        (response) => {
          response.writeHead(401)
          response.write('{"error":{"message":"bad')
        },
        { timeoutMs: SOON_MS },
      )
      expect(await apiErrorOf(client.getBuild(REF))).toMatchObject({ code: 'API_UNAUTHORIZED', status: 401 })
    })

    test('makes a 5xx whose words never end a time-out, which is not tried again', async () => {
      await serve(
        (response) => {
          response.writeHead(502)
          response.write('<html>')
        },
        { timeoutMs: SOON_MS },
      )
      expect((await apiErrorOf(client.getBuild(REF))).code).toBe('API_TIMED_OUT')
      expect(api.connections()).toBe(1)
    })
  })

  describe('a body', () => {
    test('that is cut is an unreachable API, and is tried again', async () => {
      await serve((response, request) => {
        if (request > 1) return response.end(ANSWER)
        response.writeHead(200, { 'content-length': ANSWER.length })
        response.write(ANSWER.slice(0, 40), () => response.destroy())
      })
      expect((await client.getBuild(REF)).build).toEqual(BUILD)
    })

    test('that is cut each time is an unreachable API', async () => {
      await serve((response) => {
        response.write(ANSWER.slice(0, 40), () => response.destroy())
      })
      expect(await apiErrorOf(client.getBuild(REF))).toMatchObject({
        code: 'API_UNREACHABLE',
        retryable: true,
      })
    })

    test('that is compressed is read', async () => {
      await serve((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ANSWER))
      })
      expect((await client.getBuild(REF)).build).toEqual(BUILD)
    })

    test('that is compressed badly is a bad response', async () => {
      await serve((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(ANSWER)
      })
      expect((await apiErrorOf(client.getBuild(REF))).code).toBe('API_BAD_RESPONSE')
    })

    test('that is a bomb is let go at the cap', async () => {
      const bomb = gzipSync(Buffer.alloc(64 * LARGEST_BODY))
      await serve((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
      })
      const error = await apiErrorOf(client.getBuild(REF))
      expect(error.code).toBe('API_BAD_RESPONSE')
      expect(error.message).toContain('larger than 2 MiB')
    })

    test.each([
      [0, undefined],
      [1, 'API_BAD_RESPONSE'],
    ])('may be as large as the cap and %i bytes more', async (more, code) => {
      await serve((response) => void response.end(ANSWER + ' '.repeat(LARGEST_BODY - ANSWER.length + more)))
      const ended = client.getBuild(REF).then(
        () => undefined,
        (error: { code: string }) => error.code,
      )
      expect(await ended).toBe(code)
    })

    test('of a refusal may be endless: its status stands', async () => {
      await serve((response) => {
        response.writeHead(403)
        const more = () => {
          while (response.writable && response.write('x'.repeat(16_384)));
        }
        response.on('drain', more)
        more()
      })
      expect(await apiErrorOf(client.getBuild(REF))).toMatchObject({ code: 'API_FORBIDDEN', status: 403 })
      await api.idle()
    })
  })

  test('a redirect is not followed, for it would carry the token along', async () => {
    const asked: (string | undefined)[] = []
    await serve((response) => {
      asked.push(response.req.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    const error = await apiErrorOf(client.getBuild(REF))
    expect(error.code).toBe('API_BAD_RESPONSE')
    expect(error.message).toContain('/elsewhere')
    expect(asked).toHaveLength(1)
  })

  describe('an abort', () => {
    test.each([
      ['before the headers', () => undefined],
      ['within the body', (response: ServerResponse) => void response.write('{"data":')],
    ])('%s rejects with the reason of the signal and lets go of the connection', async (_name, begin) => {
      const stop = new AbortController()
      const reason = new Error('the daemon stops')
      await serve((response) => {
        begin(response)
        setImmediate(() => stop.abort(reason))
      })
      await expect(client.getBuild(REF, { signal: stop.signal })).rejects.toBe(reason)
      await api.idle()
    })
  })
})
