import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'
import type { NorthflankClient, NorthflankClientOptions } from '../../../src/northflank/client.js'
import {
  type ConnectProxy,
  type ConnectProxyOptions,
  portOf,
  startConnectProxy,
} from '../../support/connect-proxy.js'
import { apiErrorOf, BUILD, clientOf, REF } from '../../unit/northflank/fixtures.js'
import { type LocalApi, startLocalApi } from './local-api.js'
import { TRANSPORTS } from './transports.js'

const opened: { close(): Promise<void> }[] = []

function closedAfter<T extends { close(): Promise<void> }>(resource: T): T {
  opened.unshift(resource)
  return resource
}

afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close()
})

async function api(): Promise<LocalApi> {
  return closedAfter(
    await startLocalApi((_request, response) => void response.end(JSON.stringify({ data: BUILD }))),
  )
}

async function proxy(options?: ConnectProxyOptions): Promise<ConnectProxy> {
  return closedAfter(await startConnectProxy(options))
}

function client(baseUrl: string, options: Partial<NorthflankClientOptions> = {}): NorthflankClient {
  return closedAfter(clientOf({ baseUrl, timeoutMs: 5000, ...options }))
}

/** undici hands a connection on one turn of the event loop after its last answer. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe.each(TRANSPORTS)('connections over %s', (_name, transport) => {
  test('are kept between reads', async () => {
    const local = await api()
    const reader = client(local.url, transport)
    for (let reads = 0; reads < 5; reads++) {
      await reader.getBuild(REF)
      await nextTurn()
    }
    expect(local.connections()).toBe(1)
  })

  test('are kept after a refusal too', async () => {
    const refusing = closedAfter(
      await startLocalApi((_request, response) => void response.writeHead(403).end('{"message":"no"}')),
    )
    const reader = client(refusing.url, transport)
    for (let reads = 0; reads < 3; reads++) {
      await apiErrorOf(reader.getBuild(REF))
      await nextTurn()
    }
    expect(refusing.connections()).toBe(1)
  })

  test('of a dispatcher that was handed in stay open, for they belong to its owner', async () => {
    const local = await api()
    const dispatcher = closedAfter(new Agent())
    const reader = clientOf({ baseUrl: local.url, dispatcher, ...transport })
    await reader.getBuild(REF)
    await reader.close()
    await nextTurn()
    await clientOf({ baseUrl: local.url, dispatcher, ...transport }).getBuild(REF)
    expect(local.connections()).toBe(1)
  })

  test('many at a time may end with one signal', async () => {
    const held = closedAfter(await startLocalApi(() => undefined))
    const stop = new AbortController()
    const reader = client(held.url, transport)
    const reads = Array.from({ length: 20 }, () => reader.getBuild(REF, { signal: stop.signal }))
    await nextTurn()
    expect(getEventListeners(stop.signal, 'abort').length).toBeGreaterThanOrEqual(20)
    stop.abort(new Error('the daemon stops'))
    const ends = await Promise.allSettled(reads)
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'rejected'))
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  test('are dropped by close', async () => {
    const local = await api()
    const reader = client(local.url, transport)
    await reader.getBuild(REF)
    await reader.close()
    await local.idle()
    expect(local.connections()).toBe(1)
  })

  test('to a place where nothing listens end as an unreachable API', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = portOf(server)
    server.close()
    await once(server, 'close')
    const error = await apiErrorOf(client(`http://127.0.0.1:${port}`, transport).getBuild(REF))
    expect(error).toMatchObject({ code: 'API_UNREACHABLE', retryable: true })
    expect(error.message).toContain('ECONNREFUSED')
  })
})

describe.each(TRANSPORTS)('a proxy, for who asks for %s', (_name, transport) => {
  test.each(['HTTP_PROXY', 'http_proxy'])('named by %s is used', async (name) => {
    const [{ url }, { url: via, forwarded }] = [await api(), await proxy()]
    expect((await client(url, { ...transport, env: { [name]: via } }).getBuild(REF)).build).toEqual(BUILD)
    expect(forwarded).toEqual([expect.stringMatching(`^${url}/v1/projects/`)])
  })

  test('may be named without a scheme', async () => {
    const [{ url }, { url: via, forwarded }] = [await api(), await proxy()]
    await client(url, { ...transport, env: { http_proxy: via.replace('http://', '') } }).getBuild(REF)
    expect(forwarded).toHaveLength(1)
  })

  test.each([
    ['NO_PROXY', '127.0.0.1'],
    ['no_proxy', 'example.test, 127.0.0.1'],
    ['NO_PROXY', '*'],
  ])('is passed by where %s is %j', async (name, value) => {
    const [{ url }, { url: via, forwarded, tunnels }] = [await api(), await proxy()]
    expect(
      (await client(url, { ...transport, env: { HTTP_PROXY: via, [name]: value } }).getBuild(REF)).build,
    ).toEqual(BUILD)
    expect([...forwarded, ...tunnels]).toEqual([])
  })

  test('for http is not used for https', async () => {
    const via = await proxy({ refuseWith: 403 })
    const local = await api()
    // The API speaks no TLS, so the read fails; what counts is whom it asked.
    await apiErrorOf(
      client(local.url.replace('http:', 'https:'), { ...transport, env: { HTTP_PROXY: via.url } }).getBuild(
        REF,
      ),
    )
    expect(via.tunnels).toEqual([])
    expect(local.connections()).toBeGreaterThan(0)
  })

  test('gets CONNECT for https, with the credentials of its address', async () => {
    const via = await proxy({ refuseWith: 407 })
    const named = via.url.replace('//', '//user:hunter22@')
    const error = await apiErrorOf(
      client('https://api.example.test', { ...transport, env: { HTTPS_PROXY: named } }).getBuild(REF),
    )
    expect(error.code).toBe('API_UNREACHABLE')
    expect(error.message).toContain('407')
    expect(error.message).not.toContain('hunter22')
    expect(via.tunnels[0]).toBe('api.example.test:443')
    expect(via.credentials[0]).toBe(`Basic ${Buffer.from('user:hunter22').toString('base64')}`)
  })

  test('that takes CONNECT and says nothing is given up at the deadline', async () => {
    const via = await proxy({ silent: true })
    const reader = client('https://api.example.test', {
      ...transport,
      env: { HTTPS_PROXY: via.url },
      timeoutMs: 150,
    })
    expect((await apiErrorOf(reader.getBuild(REF))).code).toBe('API_TIMED_OUT')
  })

  test('whose address is no URL is refused at once, unrepeated', () => {
    const create = () => clientOf({ ...transport, env: { HTTPS_PROXY: 'http://user:hunter22@' } })
    expect(create).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(create).not.toThrow(/hunter22/)
  })
})
