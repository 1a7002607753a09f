import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Resolve } from '../../../src/notify/egress-guard.js'
import { type SenderBench, startSenderBench } from './sender-bench.js'

let bench: SenderBench

beforeEach(async () => {
  bench = await startSenderBench()
})
afterEach(() => bench.close())

describe('the way out', () => {
  it('refuses a private address before connecting', async () => {
    expect(await bench.send({ allowPrivate: false, allowInsecure: true })).toMatchObject({ kind: 'refused' })
    expect(bench.receiver.received).toEqual([])
  })

  it('refuses a name that resolves to a private address', async () => {
    bench.use({ resolve: answers(['127.0.0.1']).resolve })
    const result = await bench.send(
      { allowPrivate: false, allowInsecure: true },
      { url: named('ci.example.com') },
    )
    expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining('set allow_private: true') })
    expect(bench.receiver.received).toEqual([])
  })

  it('asks once and connects to the answer it checked (DNS rebinding)', async () => {
    // 127.0.0.2 is allowed here and nothing listens there; the second answer would lead to the bench.receiver.
    const { resolve, asked } = answers(['127.0.0.2'], ['127.0.0.1'])
    bench.use({ resolve })
    expect(await bench.send({}, { url: named('rebind.example.com') })).toMatchObject({ kind: 'retry' })
    expect(bench.receiver.received).toEqual([])
    expect(asked()).toBe(1)
  })

  it('does not lend the connection of a lenient notifier to a strict one', async () => {
    bench.use({ resolve: answers(['127.0.0.1']).resolve })
    const url = named('ci.example.com')
    expect(await bench.send({}, { url })).toMatchObject({ kind: 'accepted' })
    expect(await bench.send({ allowPrivate: false, allowInsecure: true }, { url })).toMatchObject({
      kind: 'refused',
    })
  })

  it('retries when the name cannot be resolved', async () => {
    const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    bench.use({ resolve: () => Promise.reject(notFound) })
    expect(await bench.send({}, { url: named('gone.example.com') })).toEqual({
      kind: 'retry',
      reason: 'no answer: ENOTFOUND',
    })
  })
})

describe('behind a proxy', () => {
  let proxy: ConnectProxy
  beforeEach(async () => {
    proxy = await startProxy()
  })
  afterEach(() => proxy.close())

  it('sends through CONNECT', async () => {
    bench.use({ env: { http_proxy: proxy.url } })
    expect(await bench.send()).toMatchObject({ kind: 'accepted' })
    expect(proxy.asked).toEqual([`127.0.0.1:${bench.receiver.port}`])
  })

  it('goes around the proxy where NO_PROXY says so', async () => {
    bench.use({ env: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' } })
    expect(await bench.send()).toMatchObject({ kind: 'accepted' })
    expect(proxy.asked).toEqual([])
  })

  it('checks what the target resolves to before it asks the proxy', async () => {
    bench.use({ env: { HTTPS_PROXY: proxy.url }, resolve: answers(['10.0.0.1']).resolve })
    const result = await bench.send({ allowPrivate: false }, { url: 'https://ci.example.com/' })
    expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining('10.0.0.1') })
    expect(proxy.asked).toEqual([])
  })
})

function named(hostname: string): string {
  return `http://${hostname}:${bench.receiver.port}/`
}

interface CountingResolve {
  readonly resolve: Resolve
  readonly asked: () => number
}

/** Resolves every name to the first list, then to the second and so on. */
function answers(...lists: string[][]): CountingResolve {
  let asked = 0
  const resolve: Resolve = () => {
    const addresses = lists[Math.min(asked, lists.length - 1)] ?? []
    asked += 1
    return Promise.resolve(addresses.map((address) => ({ address, family: 4 })))
  }
  return { resolve, asked: () => asked }
}

interface ConnectProxy {
  readonly url: string
  readonly asked: string[]
  close(): Promise<void>
}

/** Speaks just enough of HTTP CONNECT. */
async function startProxy(): Promise<ConnectProxy> {
  const asked: string[] = []
  const clients: Socket[] = []
  const server: Server = createServer((client) => {
    clients.push(client)
    client.on('error', () => undefined)
    client.once('data', (head) => {
      const target = /^CONNECT (\S+)/.exec(head.toString())?.[1] ?? ''
      asked.push(target)
      const upstream = connect(Number(target.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        client.pipe(upstream).pipe(client)
      })
      upstream.on('error', () => client.destroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      clients.forEach((client) => client.destroy())
      server.close()
      await once(server, 'close')
    },
  }
}
