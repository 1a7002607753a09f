import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { HttpSources } from '../../../src/http/routes.js'
import { type HttpServer, startHttpServer } from '../../../src/http/server.js'
import { promised } from '../../integration/queue/queue-bench.js'
import { createRecordingLogger, type LogLine } from '../../support/recording-logger.js'

const METRICS = { text: async () => 'some 1\n', contentType: 'text/plain; version=0.0.4; charset=utf-8' }

const lines: LogLine[] = []
let server: HttpServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
  lines.length = 0
})

async function start(sources: Partial<HttpSources> = {}, at: { host?: string; port?: number } = {}) {
  server = await startHttpServer({
    listen: { host: '127.0.0.1', port: 0, ...at },
    sources: { metrics: METRICS, health: async () => ({ kind: 'live' }), ...sources },
    logger: createRecordingLogger(lines),
    graceMs: 200,
  })
  return server.url
}

describe('the HTTP surface', () => {
  it('serves the metrics as the scraper is told to read them', async () => {
    const answer = await fetch(`${await start()}/metrics`)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      METRICS.contentType,
      'some 1\n',
    ])
  })

  it('answers 200 while the daemon lives', async () => {
    const answer = await fetch(`${await start()}/healthz`)
    expect([answer.status, await answer.json()]).toEqual([200, { live: true }])
  })

  it('answers 503 with words while it does not', async () => {
    const url = await start({ health: async () => ({ kind: 'not_live', reason: 'no sign of life' }) })
    const answer = await fetch(`${url}/healthz`)
    expect([answer.status, await answer.json()]).toEqual([503, { live: false, reason: 'no sign of life' }])
  })

  it.each([
    ['GET', '/'],
    ['GET', '/metrics/more'],
    ['GET', '/healthz/'],
    ['POST', '/metrics'],
    ['DELETE', '/healthz'],
  ])('has nothing else: %s %s is 404, as JSON', async (method, path) => {
    const answer = await fetch((await start()) + path, { method })
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: 'there is nothing here; GET /metrics or /healthz' },
    ])
  })

  it('tells a defect to the log and not to whoever asks', async () => {
    const text = async () => Promise.reject(new Error('a canary'))
    const answer = await fetch(`${await start({ metrics: { ...METRICS, text } })}/metrics`)
    expect([answer.status, await answer.text()]).toEqual([
      500,
      JSON.stringify({ error: 'a defect in buildwatchd; see its log' }),
    ])
    expect(lines).toMatchObject([{ level: 'error', fields: { path: '/metrics' } }])
  })
})

describe('its address', () => {
  it('is refused where the port is taken, with the cure', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve))
    const { port } = Object(taken.address())
    const starting = start({}, { port })
    await expect(starting).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `http: 127.0.0.1:${port} cannot be listened on (EADDRINUSE). Set another http.port; 0 takes any free one.`,
    })
    await new Promise((resolve) => taken.close(resolve))
  })

  it('is refused where the host is none of this machine, with the cure', async () => {
    await expect(start({}, { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message:
        'http: 192.0.2.1:0 cannot be listened on (EADDRNOTAVAIL). Set http.host to an address of this machine, such as 127.0.0.1.',
    })
  })

  it('may be one of IPv6, in brackets where it is said', async () => {
    const url = await start({}, { host: '::1' })
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })
})

describe('on the way down', () => {
  it('a scrape in hand is answered whole, and none is taken after it', async () => {
    const [asked, known] = [promised(), promised()]
    const text = async () => {
      asked.keep()
      await known.kept
      return 'some 2\n'
    }
    const url = await start({ metrics: { ...METRICS, text } })
    const scraping = fetch(`${url}/metrics`).then((answer) => answer.text())
    await asked.kept
    const closing = server?.close()
    await expect(fetch(`${url}/metrics`)).rejects.toThrow()
    known.keep()
    expect(await scraping).toBe('some 2\n')
    await closing
  })

  it('one that hangs is cut, and frees the port', async () => {
    const asked = promised()
    const text = () => {
      asked.keep()
      return new Promise<string>(() => undefined)
    }
    const url = await start({ metrics: { ...METRICS, text } })
    const scraping = fetch(`${url}/metrics`)
    const cut = expect(scraping).rejects.toThrow()
    await asked.kept
    await server?.close()
    await cut
  })
})
