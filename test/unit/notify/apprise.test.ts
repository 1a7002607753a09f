import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import type { Occasion } from '../../../src/domain/occasion.js'
import type { Secret } from '../../../src/domain/ports.js'
import { appriseKind, escapeApprise } from '../../../src/notify/apprise.js'
import { createHttpSender, type HttpSender } from '../../../src/notify/http-sender.js'
import { benchFor, occasionOf, reasonIn } from '../../support/notifier-contract.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
} from '../../support/notifier-contract-events.js'
import { type Receiver, startReceiver, status } from '../../support/notifier-contract-receiver.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'

const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })
const URLS = 'slack://TokenAAAA/TokenBBBB/Token%2FCCCC/#builds, mailto://user:hunter2-hunter2@example.com'

/** Facts of the payload parameters in the README of caronc/apprise-api, "API Details". */
const NOTIFY = {
  type: 'object',
  required: ['body'],
  additionalProperties: false,
  properties: {
    urls: { type: 'string' },
    body: { type: 'string', minLength: 1 },
    title: { type: 'string' },
    type: { enum: ['info', 'success', 'warning', 'failure'] },
    tag: { type: 'string' },
    format: { const: 'text' },
  },
}
const fitsSchema = new Ajv().compile(NOTIFY)

let receiver: Receiver
let http: HttpSender

beforeEach(async () => {
  receiver = await startReceiver()
  receiver.answerWith(status(200, {}, '{"error": null}'))
  http = createHttpSender({ clock: { now: Date.now }, userAgent: 'buildwatchd/test', env: {} })
})
afterEach(async () => {
  await http.close()
  await receiver.close()
})

describe('what the Apprise API is sent', () => {
  it('is what it documents, whatever the event holds', async () => {
    for (const event of [...Object.values(GOLDEN_EVENTS), ...HOSTILE_TEXTS.flatMap(hostileEvents)]) {
      const body = JSON.parse(await benchFor(appriseKind, receiver.origin, { tag: 'a b' }).render(event))
      expect([fitsSchema(body), fitsSchema.errors]).toEqual([true, null])
    }
  })

  it('goes to the services under the key', async () => {
    expect(await send({ key: 'shop-builds' })).toMatchObject({ kind: 'accepted' })
    expect(receiver.received).toMatchObject([{ url: '/notify/shop-builds' }])
    expect(JSON.parse(receiver.received[0]?.body ?? '')).not.toHaveProperty('urls')
  })

  it('goes to the URLs of the settings, which join it on its way', async () => {
    await send({ urls: URLS })
    expect(receiver.received).toMatchObject([{ url: '/notify' }])
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ urls: URLS, type: 'failure' })
  })

  it('goes to those of the server where the settings have neither', async () => {
    await send({})
    expect(receiver.received).toMatchObject([{ url: '/notify' }])
    expect(JSON.parse(receiver.received[0]?.body ?? '')).not.toHaveProperty('urls')
  })

  it('goes below the path of a server that has one, and a key cannot leave it', async () => {
    await send({ key: '../../admin?x=' }, { server: `${receiver.origin}/apprise/` })
    expect(receiver.received).toMatchObject([{ url: '/apprise/notify/..%2F..%2Fadmin%3Fx%3D' }])
  })
})

describe('an answer of the Apprise API', () => {
  it('of 204 is no success, for nobody was told', async () => {
    receiver.answerWith(status(204))
    expect(await send({ key: 'shop-builds' })).toEqual({
      kind: 'retry',
      reason: 'HTTP 204: nobody was told; the server knows no services under this key, or can use no URL',
    })
  })

  it('of 424 is tried again, because it does not say who was told', async () => {
    const said = '{"error": "One or more notification could not be sent"}'
    receiver.answerWith(status(424, { 'content-type': 'application/json' }, said))
    expect(await send({ key: 'shop-builds' })).toEqual({ kind: 'retry', reason: `HTTP 424: ${said}` })
  })

  it('shows no part of a URL, nor the key', async () => {
    const parts = ['TokenAAAA', 'TokenBBBB', 'Token%2FCCCC', 'Token/CCCC', 'hunter2-hunter2', 'shop-builds']
    receiver.answerWith(status(400, {}, parts.join(' ')))
    const reasons = [reasonIn(await send({ urls: URLS })), reasonIn(await send({ key: 'shop-builds' }))]
    expect(reasons[0]).toBe(`HTTP 400: ${'[secret] '.repeat(5)}shop-builds`)
    expect(reasons[1]).not.toContain('shop-builds')
  })
})

describe('the words for the Apprise API', () => {
  const words = async (occasion: Occasion, options: object = {}) =>
    JSON.parse(await benchFor(appriseKind, receiver.origin, options).render(occasion))

  it('lead to the build and end with its log', async () => {
    const briefing = { link: 'https://app.example.com/b/1', logLines: ['first', '@everyone'] }
    const { body } = await words({ ...occasionOf(FAILED), briefing })
    expect(body).toMatch(/\nhttps:\/\/app\.example\.com\/b\/1\n\nfirst\n＠everyone$/)
  })

  it('stay below ten thousand characters', async () => {
    const together = Array.from({ length: 300 }, () => FAILED)
    const logLines = Array.from({ length: 100 }, () => 'x'.repeat(300))
    const grouped = await words({ ...occasionOf(FAILED), together })
    expect(grouped.body.length).toBeLessThanOrEqual(10_000)
    expect(grouped.body).toMatch(/… and \d+ more$/)
    const logged = await words({ ...occasionOf(FAILED), briefing: { logLines } })
    expect(logged.body.length).toBeLessThanOrEqual(10_000)
    expect((await words(occasionOf(FAILED), { template: 'x'.repeat(10_000) })).body).toHaveLength(10_000)
  })

  it('hold nothing that a plug-in of Apprise takes for a mention', () => {
    // As they stand in apprise/plugins/discord.py and slack.py, after Slack's own escaping of &, < and >.
    const discord = /\s*(?:<?@(?<role>&?)(?<id>[0-9]+)>?|@(?<value>[a-z0-9]+))/i
    const slack =
      /(?:<|&lt;)?[ \t]*[!@](?<channel>[^| \n]+)(?:[ \t]*\|[ \t]*(?:(?<val>[^\n]+?)[ \t]*)?(?:>|&gt;)|(?:>|&gt;))/i
    const pieces = fc.constantFrom(
      '<',
      '>',
      '!',
      '@',
      '&',
      'lt;',
      'gt;',
      '#60;',
      '|',
      ' ',
      'everyone',
      'here',
      '123',
      '\n',
    )
    const escapedBySlack = (text: string) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    expect('<@123> @everyone').toMatch(discord)
    expect(escapedBySlack('<!channel>')).toMatch(slack)
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const escaped = escapeApprise(parts.join(''))
        for (const text of [escaped, escapedBySlack(escaped)]) {
          expect(text).not.toMatch(discord)
          expect(text).not.toMatch(slack)
        }
      }),
    )
  })

  it('read as they were where nothing could be a mention', () => {
    const harmless = 'Mend the till & co: 3 + 4 = 7 (100 %) [x](y) *z*'
    expect(escapeApprise(harmless)).toBe(harmless)
  })
})

describe('the settings of an apprise notifier', () => {
  it('are refused with both a key and URLs', () => {
    expect(() => notifier({ key: 'shop', urls: URLS })).toThrow(
      'notifiers.hub.urls: key names services already; leave one of the two out',
    )
  })

  it('are told when the key is none', async () => {
    const { kind, reason } = await failed({ key: 'two words' })
    expect({ kind, reason }).toEqual({
      kind: 'retry',
      reason: 'notifiers.hub.key: must be one word of up to 128 characters, as the server keeps it',
    })
  })

  it.each([
    ['tag', 'a;b'],
    ['server', 'http://apprise.example.com'],
    ['server', 'https://user:pass@apprise.example.com'],
  ])('are refused where %s is %j', (name, value) => {
    const parsed = appriseKind.options.safeParse({ server: 'https://apprise.example.com', [name]: value })
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([name])
  })
})

function notifier(secrets: Readonly<Record<string, string>>, given: object = {}) {
  const kept: Record<string, Secret> = Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, { reveal: async () => value }]),
  )
  const options = { server: receiver.origin, allow_private: true, ...given }
  const tools = { http, clock: { now: Date.now }, out: () => undefined, ...NO_OTHER_TOOLS }
  return appriseKind.create({ name: 'hub', options, secrets: kept }, tools)
}

async function send(secrets: Readonly<Record<string, string>>, given: object = {}) {
  const made = notifier(secrets, given)
  const body = await made.render(occasionOf(FAILED))
  const delivery = { id: 'd', notifier: 'hub', event: FAILED }
  const quiet = () => undefined
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger }
  const memo = { recall: async () => undefined, keep: async () => undefined }
  const signal = new AbortController().signal
  return made.send({ delivery, body, attempt: 1, idempotencyKey: 'key-1' }, { signal, logger, memo })
}

async function failed(secrets: Readonly<Record<string, string>>) {
  const result = await send(secrets)
  if (result.kind === 'accepted') throw new Error('it was accepted')
  return result
}
