import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import type { Occasion } from '../../../src/domain/occasion.js'
import { ntfyKind } from '../../../src/notify/ntfy.js'
import { type Bench, benchFor, occasionOf, reasonIn } from '../../support/notifier-contract.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
} from '../../support/notifier-contract-events.js'
import { type Receiver, startReceiver, status } from '../../support/notifier-contract-receiver.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'

const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

/** Facts of `PublishMessage` in ntfy's docs/api/openapi.yaml, and of the limits in docs/publish.md. */
const PUBLISH_MESSAGE = {
  type: 'object',
  required: ['topic'],
  additionalProperties: false,
  properties: {
    topic: { type: 'string', pattern: '^[-_A-Za-z0-9]{1,64}$' },
    sequence_id: { type: 'string', pattern: '^[-_A-Za-z0-9]{1,64}$' },
    message: { type: 'string' },
    title: { type: 'string' },
    priority: { type: 'integer', minimum: 1, maximum: 5 },
    tags: { type: 'array', items: { type: 'string' } },
    click: { type: 'string' },
    markdown: { const: false },
  },
}
const fitsSchema = new Ajv().compile(PUBLISH_MESSAGE)

let receiver: Receiver
let bench: Bench

beforeEach(async () => {
  receiver = await startReceiver()
  bench = benchFor(ntfyKind, receiver.origin)
})
afterEach(async () => {
  await bench.close()
  await receiver.close()
})

describe('what ntfy is sent', () => {
  it('is what it publishes a schema for, within its limits, whatever the event holds', async () => {
    for (const event of [...Object.values(GOLDEN_EVENTS), ...HOSTILE_TEXTS.flatMap(hostileEvents)]) {
      await bench.send(event)
      const message = JSON.parse(sent().body)
      expect([fitsSchema(message), fitsSchema.errors]).toEqual([true, null])
      expect(Buffer.byteLength(message.message)).toBeLessThanOrEqual(4096)
      expect(Buffer.byteLength(message.title)).toBeLessThanOrEqual(1024)
      expect(Buffer.byteLength(message.tags.join(','))).toBeLessThanOrEqual(512)
    }
  })

  it('is addressed and authorized only on its way, so that neither is kept', async () => {
    expect(await bench.render(FAILED)).not.toContain('shop-builds')
    await bench.send(FAILED)
    expect(JSON.parse(sent().body)).toMatchObject({ topic: 'shop-builds' })
    expect(sent()).toMatchObject({ url: '/', headers: { authorization: `Bearer ${bench.canary}` } })
  })

  it('replaces itself when it is sent again, by the idempotency key as its sequence id', async () => {
    const body = await bench.render(FAILED)
    const delivery = { id: 'd', notifier: 'under-test', event: FAILED }
    const idempotencyKey = Buffer.alloc(32, 7).toString('base64url')
    await bench.notifier.send({ delivery, body, attempt: 1, idempotencyKey }, context())
    expect(JSON.parse(sent().body)).toMatchObject({ sequence_id: idempotencyKey })
  })

  it('carries no token where none is configured', async () => {
    const options = { server: receiver.origin, topic: 'shop-builds', allow_private: true }
    const open = { name: 'phone', options, secrets: {} }
    const http = {
      send: async (request: object) => ({ kind: 'accepted' as const, detail: JSON.stringify(request) }),
    }
    const tools = {
      http: { ...http, close: async () => undefined },
      clock: { now: () => 0 },
      out: () => undefined,
      ...NO_OTHER_TOOLS,
    }
    const delivery = { id: 'd', notifier: 'phone', event: FAILED }
    const result = await ntfyKind
      .create(open, tools)
      .send({ delivery, body: '{}', attempt: 1, idempotencyKey: 'key-1' }, context())
    expect(reasonIn(result)).not.toContain('authorization')
  })

  it('shows neither topic nor token when the server repeats them', async () => {
    receiver.answerWith(status(403, { 'content-type': 'text/plain' }, `no shop-builds for ${bench.canary}`))
    const reason = reasonIn(await bench.send(FAILED))
    expect(reason).toBe('HTTP 403: no [secret] for [secret]')
  })
})

describe('the words of a push notification', () => {
  const words = async (occasion: Occasion, options: object = {}) =>
    JSON.parse(await benchFor(ntfyKind, receiver.origin, options).render(occasion))

  it('lead to the build and end with its log', async () => {
    const briefing = { link: 'https://app.example.com/b/1', logLines: ['first', 'last'] }
    const { click, message } = await words({ ...occasionOf(FAILED), briefing })
    expect(click).toBe('https://app.example.com/b/1')
    expect(message).toMatch(/\n\nfirst\nlast$/)
  })

  it('leave out the beginning of a log that is too long, never its end', async () => {
    const logLines = Array.from({ length: 100 }, (_, index) => `${index} ${'é'.repeat(290)}`)
    const { message } = await words({ ...occasionOf(FAILED), briefing: { logLines } })
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096)
    expect(message).toMatch(/99 é{290}$/)
  })

  it('are cut at 4096 bytes, and in no character', () => {
    const texts = fc.array(fc.constantFrom('a', 'é', '☃', '👩‍👩‍👧'), { minLength: 1000, maxLength: 3000 })
    return fc.assert(
      fc.asyncProperty(texts, async (signs) => {
        const template = signs
          .join('')
          .slice(0, 9_000)
          .replace(/[\ud800-\udbff]$/, '')
        const { message } = await words(occasionOf(FAILED), { template })
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096)
        if (message === template) return
        expect(Buffer.byteLength(message)).toBeGreaterThan(4096 - 4)
        expect(template.startsWith(message.slice(0, -1))).toBe(true)
        expect(message).not.toContain('\ufffd')
      }),
      { numRuns: 20 },
    )
  })

  it('fit into the document that ntfy reads, though quotes double in it', async () => {
    const briefing = { link: `https://app.example.com/${'b'.repeat(1900)}` }
    const { idempotencyKey, topic } = { idempotencyKey: 'k'.repeat(64), topic: 't'.repeat(64) }
    for (const template of ['"'.repeat(9000), '\\'.repeat(9000), '\n"'.repeat(4500)]) {
      const document = await words(
        { ...occasionOf(FAILED), briefing },
        { template, tags: Array(10).fill('t'.repeat(40)) },
      )
      const whole = JSON.stringify({ ...document, topic, sequence_id: idempotencyKey })
      expect(Buffer.byteLength(whole)).toBeLessThanOrEqual(8192)
      expect(document.message.length).toBeGreaterThan(1500)
    }
  })

  it('tell all events of a group', async () => {
    const together = [FAILED, sampleEvent({})]
    const { title, message, priority } = await words({ ...occasionOf(FAILED), together })
    expect({ title, priority }).toEqual({ title: '2 events', priority: 4 })
    expect(message.split('\n')).toHaveLength(3)
  })

  it('come with the priority and the tags of the settings', async () => {
    expect(await words(occasionOf(FAILED), { priority: 5, tags: ['shop'] })).toMatchObject({
      priority: 5,
      tags: ['x', 'shop'],
    })
  })
})

describe('the settings of an ntfy notifier', () => {
  it.each([
    ['topic', 'a/b'],
    ['topic', 'x'.repeat(65)],
    ['priority', 6],
    ['tags', ['a,b']],
    ['server', 'https://ntfy.sh/shop-builds'],
    ['server', 'http://ntfy.example.com'],
  ])('are refused where %s is %j', (name, value) => {
    const parsed = ntfyKind.options.safeParse({ topic: 'shop', [name]: value })
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([name])
  })

  it('go to ntfy.sh unless they say otherwise', () => {
    expect(ntfyKind.options.parse({ topic: 'shop' })).toMatchObject({ server: 'https://ntfy.sh' })
  })

  it('are told when the token cannot stand in a header', async () => {
    const options = { server: receiver.origin, topic: 'shop-builds', allow_private: true }
    const secrets = { token: { reveal: async () => 'tk_a\r\nX-Evil: yes' } }
    const http = { send: never, close: never }
    const notifier = ntfyKind.create(
      { name: 'phone', options, secrets },
      { http, clock: { now: () => 0 }, out: never, ...NO_OTHER_TOOLS },
    )
    const delivery = { id: 'd', notifier: 'phone', event: FAILED }
    expect(
      await notifier.send({ delivery, body: '{}', attempt: 1, idempotencyKey: 'key-1' }, context()),
    ).toEqual({
      kind: 'retry',
      reason: 'notifiers.phone.token: must be an access token such as tk_… (ntfy token add makes one)',
    })
  })
})

function sent() {
  const last = receiver.received.at(-1)
  if (last === undefined) throw new Error('nothing was received')
  return last
}

function context() {
  const quiet = () => undefined
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger }
  const memo = { recall: async () => undefined, keep: async () => undefined }
  return { signal: new AbortController().signal, logger, memo }
}

function never(): never {
  throw new Error('not needed here')
}
