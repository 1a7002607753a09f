import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import {
  cut,
  echo,
  endless,
  hang,
  stalled,
  startReceiver,
  status,
} from '../../support/notifier-contract-receiver.js'
import { type SenderBench, startSenderBench } from './sender-bench.js'

let bench: SenderBench

beforeEach(async () => {
  bench = await startSenderBench()
})
afterEach(async () => {
  jest.useRealTimers()
  await bench.close()
})

describe('createHttpSender', () => {
  it('sends method, headers, body, user agent and idempotency key', async () => {
    await bench.send({}, { headers: { 'content-type': 'text/x-test' } })
    expect(bench.receiver.received).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: '/hook/long-path',
        body: 'the body',
        headers: expect.objectContaining({
          'content-type': 'text/x-test',
          'user-agent': 'buildwatchd/test',
          'idempotency-key': 'key-1',
        }),
      }),
    ])
  })

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>()
    bench.receiver.answerWith((response) => {
      ports.add(response.socket?.remotePort)
      response.writeHead(200).end('ok')
    })
    for (let i = 0; i < 10; i++) await bench.send()
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('lets a status table that reads the body have the last word', async () => {
    bench.receiver.answerWith(status(200, {}, '{"ok":false}'))
    const statusTable = (_status: number, body: string) => (body.includes('false') ? 'refused' : 'accepted')
    expect(await bench.send({ statusTable })).toEqual({ kind: 'refused', reason: 'HTTP 200: {"ok":false}' })
  })

  it.each([
    ['in seconds', '90', 90_000],
    ['as a date', 'Wed, 04 Mar 2026 10:02:00 GMT', 120_000],
  ])('passes on Retry-After %s', async (_form, header, expected) => {
    bench.receiver.answerWith(status(429, { 'retry-after': header }, 'slow down'))
    expect(await bench.send()).toEqual({
      kind: 'retry',
      reason: 'HTTP 429: slow down',
      retryAfterMs: expected,
    })
  })

  it('ends a hanging exchange at the deadline', async () => {
    bench.receiver.answerWith(hang)
    expect(await bench.send({ deadlineMs: 50 })).toEqual({
      kind: 'retry',
      reason: 'no complete answer within 0.05 s',
    })
  })

  it('has a deadline of 15 s where nothing else is said', async () => {
    bench.receiver.answerWith(hang)
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] })
    const sent = bench.send()
    await bench.receiver.nextRequest()
    jest.advanceTimersByTime(15_000)
    expect(await sent).toEqual({ kind: 'retry', reason: 'no complete answer within 15 s' })
  })

  it('ends when the name server hangs behind a proxy', async () => {
    bench.use({
      resolve: () => new Promise(() => undefined),
      env: { HTTPS_PROXY: 'http://127.0.0.1:9' },
    })
    const result = await bench.send(
      { allowPrivate: false, deadlineMs: 50 },
      { url: 'https://slow.example.com/' },
    )
    expect(result.kind).toBe('retry')
  })

  it('says who interrupted it', async () => {
    bench.receiver.answerWith(hang)
    const stop = new AbortController()
    const sent = bench.send({ signal: stop.signal })
    await bench.receiver.nextRequest()
    stop.abort()
    expect(await sent).toEqual({ kind: 'retry', reason: 'interrupted: the daemon is stopping' })
  })

  it('names the error code when there is no connection', async () => {
    const freed = await startReceiver()
    await freed.close()
    expect(await bench.send({}, { url: freed.origin })).toEqual({
      kind: 'retry',
      reason: 'no answer: ECONNREFUSED',
    })
  })

  it('retries when the connection is cut before an answer', async () => {
    bench.receiver.answerWith(cut)
    expect(await bench.send()).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/^no answer: /) })
  })

  it('refuses what is no URL without quoting it', async () => {
    expect(await bench.send({}, { url: 'no url at all' })).toEqual({
      kind: 'refused',
      reason: 'the URL cannot be parsed',
    })
  })
})

describe('what the other side says', () => {
  it('becomes one short line without control characters', async () => {
    bench.receiver.answerWith(status(500, {}, `first\r\n\u001b[31msecond ${'x'.repeat(5000)}`))
    const { reason } = await failed()
    expect(reason).toMatch(/^HTTP 500: first \\u001b\[31msecond x+…$/)
    expect(reason.length).toBeLessThanOrEqual(320)
  })

  it('is left out when it is an HTML page', async () => {
    bench.receiver.answerWith(status(502, { 'content-type': 'text/html' }, '<h1>Bad Gateway</h1>'))
    expect((await failed()).reason).toBe('HTTP 502 (an HTML page)')
  })

  it('never brings back a secret, in whatever form it is echoed', async () => {
    const secret = 'top/secret+"value"'
    const forms = [encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret)]
    bench.receiver.answerWith(echo(500, forms.join(' ')))
    const { reason } = await failed({ secrets: [secret] }, { headers: { authorization: `Bearer ${secret}` } })
    for (const form of [secret, ...forms.map((text) => text.replaceAll(/^"|"$|=+$/g, ''))]) {
      expect(reason).not.toContain(form)
    }
  })

  it('never brings back path or query of the URL', async () => {
    bench.receiver.answerWith(
      status(404, {}, 'Cannot POST /services/T0001/B%41CDEFGH?key=hunter22 nor BACDEFGH'),
    )
    const { reason } = await failed(
      {},
      { url: `${bench.receiver.origin}/services/T0001/B%41CDEFGH?key=hunter22` },
    )
    expect(reason).not.toMatch(/CDEFGH|hunter22/)
  })

  it('never brings back the beginning of a secret at the place where it was cut off', async () => {
    const secret = 'A'.repeat(3000) + 'B'.repeat(3000)
    bench.receiver.answerWith(stalled(500, secret + secret.slice(0, 4000)))
    const { reason } = await failed({ secrets: [secret] })
    expect(reason).not.toContain('AAAA')
  })

  it('is read to 64 KiB only', async () => {
    bench.receiver.answerWith(endless(503))
    expect((await failed()).reason).toMatch(/^HTTP 503: no no no/)
  })

  it('is read to 64 KiB only when little data unpacks to very much', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 'x'))
    bench.receiver.answerWith((response) => {
      response.writeHead(500, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }).end(bomb)
    })
    const sizes: number[] = []
    const statusTable = (_status: number, body: string) => {
      sizes.push(body.length)
      return 'retry' as const
    }
    await bench.send({ statusTable })
    expect(sizes).toEqual([64 * 1024])
  })
})

async function failed(...args: Parameters<SenderBench['send']>): Promise<{ reason: string }> {
  const result = await bench.send(...args)
  if (result.kind === 'accepted') throw new Error('it was accepted')
  return result
}
