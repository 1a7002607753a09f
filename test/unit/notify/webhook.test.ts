import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import type { Logger, Notifier } from '../../../src/domain/ports.js'
import { createHttpSender, type HttpSender } from '../../../src/notify/http-sender.js'
import { webhookKind } from '../../../src/notify/webhook.js'
import { createMemoryMemos } from '../../support/memory-memos.js'
import { occasionOf } from '../../support/notifier-contract.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'
import { type Receiver, startReceiver } from '../../support/notifier-contract-receiver.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'

const SECRET = `whsec_${randomBytes(32).toString('base64')}`
const EVENT = sampleEvent({ outcome: 'success', to: 'SUCCESS' }, { branch: 'fëature/☃', sha: 'abc' })

let receiver: Receiver
let http: HttpSender

beforeEach(async () => {
  receiver = await startReceiver()
  // The library that checks the signature compares with the real time.
  http = createHttpSender({ clock: { now: Date.now }, userAgent: 'buildwatchd/test', env: {} })
})
afterEach(async () => {
  await http.close()
  await receiver.close()
})

describe('webhook', () => {
  it('sends a CloudEvent whose Standard Webhooks signature holds', async () => {
    expect(await send(webhook())).toMatchObject({ kind: 'accepted', detail: 'HTTP 200' })
    const { body, headers } = got()
    const verified = new Webhook(SECRET).verify(body, Object.fromEntries(Object.entries(headers).map(one)))
    expect(verified).toEqual(JSON.parse(JSON.stringify(EVENT)))
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
  })

  it('carries the idempotency key as its id', async () => {
    await send(webhook())
    expect(got().headers).toMatchObject({ 'webhook-id': 'key-1', 'idempotency-key': 'key-1' })
  })

  it('reads the secret at each attempt, so that a rotated one is used at once', async () => {
    const secrets = [SECRET, `whsec_${randomBytes(24).toString('base64')}`]
    let attempts = 0
    const notifier = webhook({}, () => Promise.resolve(secrets[attempts++] ?? ''))
    await send(notifier)
    await send(notifier)
    const signers = receiver.received.map(({ body, headers }) =>
      secrets.findIndex((secret) => signedBy(secret, body, headers)),
    )
    expect(signers).toEqual([0, 1])
  })

  it('signs with both secrets while one is being replaced, so that a receiver may know either', async () => {
    const previous = `whsec_${randomBytes(24).toString('base64')}`
    const options = { url: url(), allow_private: true }
    expect((await send(create(options, { secret: SECRET, previous_secret: previous }))).kind).toBe('accepted')
    const { body, headers } = got()
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect([SECRET, previous].map((secret) => signedBy(secret, body, headers))).toEqual([true, true])
    expect(signedBy(`whsec_${randomBytes(24).toString('base64')}`, body, headers)).toBe(false)
  })

  it('sends nothing while the secret that is being replaced is no signing secret', async () => {
    const options = { url: url(), allow_private: true }
    expect(await send(create(options, { secret: SECRET, previous_secret: 'gone' }))).toEqual({
      kind: 'retry',
      reason: expect.stringContaining('notifiers.hook.previous_secret: must be'),
    })
    expect(receiver.received).toEqual([])
  })

  it('sends without a signature only when told to', async () => {
    const notifier = create({ url: url(), allow_private: true, unsigned: true }, {})
    expect((await send(notifier)).kind).toBe('accepted')
    expect(got().headers).not.toHaveProperty('webhook-signature')
  })

  it.each(['whsec_', 'whsec_c2hvcnQ=', 'plain words', `${SECRET}\n`])(
    'retries, and sends nothing, while the secret is no signing secret (%#)',
    async (secret) => {
      const result = await send(webhook({}, () => Promise.resolve(secret)))
      expect(result).toEqual({
        kind: 'retry',
        reason: expect.stringContaining('notifiers.hook.secret: must be'),
      })
      expect(JSON.stringify(result)).not.toContain('c2hvcnQ=')
      expect(receiver.received).toEqual([])
    },
  )

  it('retries while the secret cannot be read', async () => {
    const away = new BuildwatchdError('SECRET_UNREADABLE', '/run/secrets/hook: no such file')
    expect(await send(webhook({}, () => Promise.reject(away)))).toEqual({
      kind: 'retry',
      reason: '/run/secrets/hook: no such file',
    })
  })
})

describe('the settings of webhook', () => {
  it.each([
    [{ url: 'no url' }, 'notifiers.hook.url: must be a URL'],
    [{ url: 'http://ci.example.com/' }, 'notifiers.hook.url: http:// sends in the clear'],
    [{ url: 'https://10.0.0.1/' }, 'set allow_private: true'],
    [{ url: 'https://a:hunter2@ci.example.com/' }, 'credentials stand in the URL'],
    [{ url: 'https://ci.example.com/', timeout: '2 minutes' }, 'notifiers.hook.timeout: must be a duration'],
    [{ url: 'https://ci.example.com/', timeout: '61s' }, 'notifiers.hook.timeout: must lie between'],
    [{ url: 'https://ci.example.com/', timeout: '0ms' }, 'notifiers.hook.timeout: must lie between'],
    [{}, 'notifiers.hook.url'],
  ])('refuse %j and say where', (options, message) => {
    expect(() => create(options, { secret: SECRET })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
    )
  })

  it.each([
    [{ 'content-type': 'text/plain' }, 'headers.content-type: is set by buildwatchd'],
    [{ 'Webhook-Signature': 'v1,x' }, 'headers.Webhook-Signature: is set by buildwatchd'],
    [{ 'ce-id': 'x' }, 'headers.ce-id: is set by buildwatchd'],
    [{ host: 'x' }, 'headers.host: is set by buildwatchd'],
    [{ Authorization: 'Bearer x' }, 'headers.Authorization: is a credential'],
    [{ 'x-a': 'b\r\nx-evil: yes' }, 'headers.x-a: must be 1 to 1000 printable'],
    [{ 'x-a': ' b' }, 'headers.x-a: must be 1 to 1000 printable'],
    [{ 'x-a': '' }, 'headers.x-a: must be 1 to 1000 printable'],
    [{ 'x a': 'b' }, 'headers.x a: is no name of a header'],
    [{ 'x-a': 'b', 'X-A': 'c' }, 'headers: names a header twice'],
  ])('refuse the headers %j and say why', (headers, message) => {
    const options = { url: 'https://ci.example.com/', headers }
    expect(() => create(options, { secret: SECRET })).toThrow(message)
  })

  it('say each fault once', () => {
    expect(() => create({ url: 'no url' }, { secret: SECRET })).toThrow(
      /^notifiers\.hook\.url: must be a URL such as \S+$/,
    )
    expect(() => create({ url: 'https://a:b@ci.example.com/' }, { secret: SECRET })).toThrow(
      /^notifiers\.hook\.url: credentials stand in the URL; remove them$/,
    )
  })

  it('quote nothing of a URL that they refuse', () => {
    const refused = () => create({ url: 'http://ci.example.com/hooks/hunter2' }, { secret: SECRET })
    expect(refused).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }))
  })

  it('demand a secret or the word that none is wanted', () => {
    expect(() => create({ url: 'https://ci.example.com/' }, {})).toThrow(
      'notifiers.hook: needs secret or secret_file, or unsigned: true',
    )
  })
})

function url(): string {
  return `${receiver.origin}/hooks/builds`
}

function webhook(options: object = {}, reveal = () => Promise.resolve(SECRET)): Notifier {
  return webhookKind.create(
    {
      name: 'hook',
      options: { url: url(), allow_private: true, ...options },
      secrets: { secret: { reveal } },
    },
    { http, clock: { now: Date.now }, out: () => undefined, ...NO_OTHER_TOOLS },
  )
}

function create(options: object, secrets: Record<string, string>): Notifier {
  const references = Object.entries(secrets).map(([name, value]) => [
    name,
    { reveal: () => Promise.resolve(value) },
  ])
  return webhookKind.create(
    { name: 'hook', options, secrets: Object.fromEntries(references) },
    { http, clock: { now: Date.now }, out: () => undefined, ...NO_OTHER_TOOLS },
  )
}

async function send(notifier: Notifier) {
  const quiet: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
    child: () => quiet,
  }
  return notifier.send(
    {
      delivery: { id: `${EVENT.id}->hook`, notifier: 'hook', event: EVENT },
      idempotencyKey: 'key-1',
      body: await notifier.render(occasionOf(EVENT)),
      attempt: 1,
    },
    { signal: new AbortController().signal, logger: quiet, memo: createMemoryMemos()('hook') },
  )
}

function got() {
  const [first] = receiver.received
  if (!first) throw new Error('nothing was received')
  return first
}

function one([name, value]: [string, string | string[] | undefined]): [string, string] {
  return [name, String(value)]
}

function signedBy(secret: string, body: string, headers: object): boolean {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(Object.entries(headers).map(one)))
    return true
  } catch {
    return false
  }
}
