import { afterEach, describe, expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { type Receiver, type ReceiverOptions, startReceiver } from '../../../src/simulator/receiver.js'

const secret = `whsec_${Buffer.from('a secret of these tests: 32 byte').toString('base64')}`
const running: Receiver[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((receiver) => receiver.stop()))
})

async function receiverOf(options: Partial<ReceiverOptions> = {}): Promise<Receiver> {
  const receiver = await startReceiver({ secret, ...options })
  running.push(receiver)
  return receiver
}

function signed(body = 'not even JSON', sentAt = new Date()): RequestInit {
  const headers = {
    'webhook-id': 'id-1',
    'idempotency-key': 'id-1',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('id-1', sentAt, body),
  }
  return { method: 'POST', headers, body }
}

describe('a signature', () => {
  test('that is right is verified and taken', async () => {
    const { url, deliveries } = await receiverOf()
    expect((await fetch(url, signed())).status).toBe(204)
    expect(deliveries[0]).toMatchObject({ webhookId: 'id-1', idempotencyKey: 'id-1', verified: true })
  })

  test.each<[string, RequestInit, RegExp]>([
    ['of another body', { ...signed(), body: 'other' }, /No matching signature/],
    ['that is old', signed('{}', new Date(Date.now() - 301_000)), /too old/],
    ['that is missing', { method: 'POST', body: '{}' }, /Missing/],
  ])('%s is refused', async (_, init, problem) => {
    const { url, deliveries } = await receiverOf()
    expect((await fetch(url, init)).status).toBe(401)
    expect(deliveries[0]).toMatchObject({ verified: false, problem: expect.stringMatching(problem) })
  })
})

describe('told to, it', () => {
  test('answers by the attempt', async () => {
    const { url } = await receiverOf({
      respond: (_, nth) => ({ kind: 'status', status: nth === 1 ? 503 : 200, retryAfter: '9' }),
    })
    const answers = [await fetch(url, signed()), await fetch(url, signed())]
    expect(answers.map(({ status }) => status)).toEqual([503, 200])
    expect(answers[0]?.headers.get('retry-after')).toBe('9')
  })

  test('hangs', async () => {
    const { url } = await receiverOf({ respond: () => ({ kind: 'hang' }) })
    await expect(fetch(url, { ...signed(), signal: AbortSignal.timeout(100) })).rejects.toThrow()
  })

  test('cuts the connection after it has taken the delivery', async () => {
    const { url, deliveries } = await receiverOf({ respond: () => ({ kind: 'cut' }) })
    await expect(fetch(url, signed())).rejects.toThrow()
    expect(deliveries).toHaveLength(1)
  })

  test('never stops talking', async () => {
    const { url } = await receiverOf({ respond: () => ({ kind: 'endless', status: 500 }) })
    const reader = (await fetch(url, signed())).body?.getReader()
    let size = 0
    while (size < 2 ** 20) size += (await reader?.read())?.value?.length ?? Number.NaN
    await reader?.cancel()
    expect(size).toBeGreaterThanOrEqual(2 ** 20)
  })
})

test('a body larger than any event is refused and not kept', async () => {
  const { url, deliveries } = await receiverOf()
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) })).status).toBe(413)
  expect(deliveries).toEqual([])
})

test('whoever listens is told of each delivery', async () => {
  const bodies: string[] = []
  const { url } = await receiverOf({ onDelivery: ({ body }) => bodies.push(body) })
  await fetch(url, signed('one'))
  expect(bodies).toEqual(['one'])
})
