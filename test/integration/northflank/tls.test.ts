import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type ConnectProxy, portOf, startConnectProxy } from '../../support/connect-proxy.js'
import { prepareChild } from './reading-child.js'
import { hasOpenssl, makeCertificate } from './self-made-ca.js'
import { TRANSPORTS } from './transports.js'

/** Where CI asks for everything, a missing openssl fails the tests instead of skipping them. */
const withOpenssl = process.env['CI'] === 'true' || hasOpenssl()
if (!withOpenssl) process.stderr.write('skipped: the TLS tests make their certificates with openssl\n')

;(withOpenssl ? describe : describe.skip)('an API behind a self-made authority', () => {
  let dir: string
  let caFile: string
  let url: string
  let server: Server
  let proxy: ConnectProxy
  let read: Awaited<ReturnType<typeof prepareChild>>

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'northflank-tls-'))
    const certificate = await makeCertificate(dir)
    caFile = certificate.caFile
    read = await prepareChild(dir)
    server = createServer(certificate, (_request, response) => response.end('{"data":{"id":"b-1"}}'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `https://localhost:${portOf(server)}`
  })

  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    await rm(dir, { recursive: true })
  })

  beforeEach(async () => {
    proxy = await startConnectProxy()
  })

  afterEach(() => proxy.close())

  describe.each(TRANSPORTS)('asked over %s', (_name, { lean = false }) => {
    const LEAN = String(lean)

    test('is trusted with NODE_EXTRA_CA_CERTS', async () => {
      expect(await read({ LEAN, API_URL: url, NODE_EXTRA_CA_CERTS: caFile })).toEqual({ ok: true, id: 'b-1' })
    })

    test('is trusted with NODE_EXTRA_CA_CERTS through a CONNECT proxy too', async () => {
      const env = { LEAN, API_URL: url, NODE_EXTRA_CA_CERTS: caFile, HTTPS_PROXY: proxy.url }
      expect(await read(env)).toEqual({ ok: true, id: 'b-1' })
      expect(proxy.tunnels).toEqual([new URL(url).host])
    })

    test('is asked directly where NO_PROXY names it', async () => {
      const env = {
        LEAN,
        API_URL: url,
        NODE_EXTRA_CA_CERTS: caFile,
        https_proxy: proxy.url,
        no_proxy: 'localhost',
      }
      expect(await read(env)).toEqual({ ok: true, id: 'b-1' })
      expect(proxy.tunnels).toEqual([])
    })

    test.each(['directly', 'through a proxy'])(
      'is not trusted without it, %s, and the error says so',
      async (way) => {
        const result = await read({ LEAN, API_URL: url, HTTPS_PROXY: way === 'directly' ? '' : proxy.url })
        expect(result).toMatchObject({ ok: false, code: 'API_UNREACHABLE', retryable: false })
        expect(result).toHaveProperty('message', expect.stringContaining('NODE_EXTRA_CA_CERTS'))
      },
    )

    test('is not trusted under a name that its certificate does not carry', async () => {
      const result = await read({
        LEAN,
        API_URL: url.replace('localhost', '127.0.0.1'),
        NODE_EXTRA_CA_CERTS: caFile,
      })
      expect(result).toMatchObject({ ok: false, code: 'API_UNREACHABLE', retryable: false })
    })
  })
})
