import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import { safeText } from '../../../src/domain/safe-text.js'
import { discordKind, escapeDiscord } from '../../../src/notify/discord.js'
import nock from '../../support/nock.js'
import { HOSTILE_TEXTS, hostileEvents, sampleEvent } from '../../support/notifier-contract-events.js'
import { chatBench, type Reading, readEscaped } from './chat-bench.js'

const URL_PATH = '/api/webhooks/1234567890/s3cr3t-t0k3n'
const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

/** By hand from developers/resources/webhook.mdx and message.mdx ("Embed Limits") of discord/discord-api-docs. */
const EMBED = {
  type: 'object',
  additionalProperties: false,
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 256 },
    description: { type: 'string', minLength: 1, maxLength: 4096 },
    url: { type: 'string' },
    timestamp: { type: 'string' },
    color: { type: 'integer', minimum: 0, maximum: 0xff_ff_ff },
    fields: {
      type: 'array',
      maxItems: 25,
      items: {
        type: 'object',
        required: ['name', 'value'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 256 },
          value: { type: 'string', minLength: 1, maxLength: 1024, pattern: '\\S' },
          inline: { type: 'boolean' },
        },
      },
    },
  },
}
const isMessage = new Ajv().compile<{ embeds: Embed[] }>({
  type: 'object',
  required: ['embeds', 'allowed_mentions'],
  additionalProperties: false,
  properties: {
    embeds: { type: 'array', minItems: 1, maxItems: 10, items: EMBED },
    allowed_mentions: { const: { parse: [] } },
  },
})

interface Embed {
  readonly title: string
  readonly description: string
  readonly url?: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

function discord(options: object = {}) {
  return chatBench(discordKind, options, { webhook_url: `https://discord.com${URL_PATH}?thread_id=42` })
}

function embedIn(body: unknown): Embed {
  if (!isMessage(body)) throw new Error(JSON.stringify(isMessage.errors))
  const [embed] = body.embeds
  if (!embed) throw new Error('there is no embed')
  const lengths = embed.fields.map(({ name, value }) => name.length + value.length)
  const all = [embed.title.length, embed.description.length, ...lengths].reduce((sum, each) => sum + each)
  expect(all).toBeLessThanOrEqual(6000)
  return embed
}

describe('discord', () => {
  it('waits until the message is saved, and keeps the thread of the URL', async () => {
    const scope = nock('https://discord.com')
      .post(URL_PATH, (body) => isMessage(body))
      .query({ thread_id: '42', wait: 'true' })
      .reply(200, { id: '1' })
    expect(await discord().send(FAILED)).toMatchObject({ kind: 'accepted' })
    scope.done()
  })

  it('waits as long as a rate limit asks', async () => {
    const limited = { message: 'You are being rate limited.', retry_after: 64.57, global: false }
    nock('https://discord.com').post(URL_PATH).query(true).reply(429, limited, { 'retry-after': '65' })
    expect(await discord().send(FAILED)).toMatchObject({ kind: 'retry', retryAfterMs: 65_000 })
  })

  it.each([
    [{ message: 'Unknown Webhook', code: 10_015 }, 'gone'],
    [{ message: 'Unknown Channel', code: 10_003 }, 'refused'],
  ])('takes a 404 with %j for %s', async (answer, kind) => {
    nock('https://discord.com').post(URL_PATH).query(true).reply(404, answer)
    const result = await discord().send(FAILED)
    expect(result.kind).toBe(kind)
    expect(JSON.stringify(result)).not.toContain('s3cr3t')
  })

  it('names the place and the cure when the secret is no URL', async () => {
    const result = await chatBench(discordKind, {}, { webhook_url: 's3cr3t' }).send(FAILED)
    expect(result).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('ops.webhook_url: must be'),
    })
    expect(JSON.stringify(result)).not.toContain('s3cr3t')
  })

  it('links its title where the build can be seen', async () => {
    const link = 'https://app.northflank.com/b'
    expect(embedIn(await discord().render(FAILED, { briefing: { link } })).url).toBe(link)
  })

  it('keeps within every limit, whatever it has to tell', async () => {
    const logLines = Array.from({ length: 200 }, (_, i) => `${i} ${'`*'.repeat(150)}`)
    for (const text of [...HOSTILE_TEXTS, '*'.repeat(9000), ' ', '👍'.repeat(5000)]) {
      for (const event of hostileEvents(text)) {
        embedIn(await discord().render(event, { briefing: { logLines } }))
        embedIn(await discord().render(event, { together: Array(60).fill(event) }))
        embedIn(await discord({ template: '{{ event.data.build.message | truncate: 9000 }}!' }).render(event))
      }
    }
  })

  it('shows the last lines of the log, in a block that they cannot end', async () => {
    const logLines = ['```', 'error: no space left']
    const { description } = embedIn(await discord().render(FAILED, { briefing: { logLines } }))
    expect(description.split('\n').slice(1)).toEqual(['```text', 'ˋˋˋ', 'error: no space left', '```'])
  })

  it('tells of each event of a group', async () => {
    const passed = sampleEvent({ outcome: 'success', to: 'SUCCESS' })
    const { description } = embedIn(await discord().render(passed, { together: [FAILED, passed] }))
    expect(description.split('\n').map((line) => line.slice(0, 1))).toEqual(['e', '❌', '✅'])
  })

  it('puts the user’s own text in place of words and facts', async () => {
    const own = discord({ template: '**{{ event.data.build.branch }}** broke' })
    const embed = embedIn(await own.render(sampleEvent({}, { branch: '@everyone *x*' })))
    expect(embed).toMatchObject({ description: '**\\@everyone \\*x\\*** broke', fields: [] })
  })
})

describe('escapeDiscord', () => {
  it('leaves nothing that Discord would read as mark-up, and every character as it was', () => {
    const hostile = fc.array(
      fc.constantFrom(
        ...'*_~`|<>[]()#@:-+.1 a\\'.split(''),
        '```',
        '<@1>',
        '1. ',
        '- ',
        'https://x.y',
        '@here',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          hostile.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(readDiscord(escapeDiscord(text))).toEqual({ shown: safeText(text), markup: [] })
        },
      ),
    )
  })
})

/**
 * Discord's reader: a backslash before what is no letter, digit or blank stands for that sign; else these signs may begin
 * mark-up, some of them at the beginning of the line only.
 */
function readDiscord(text: string): Reading {
  return readEscaped(text, {
    escapable: /[^0-9A-Za-z\s]/,
    begins: (rest, shown) =>
      /^[*_~`|<>[\]()#@:]/.test(rest) || (shown.trim() === '' && /^[-+]/.test(rest)) || isNumber(rest, shown),
  })
}

function isNumber(rest: string, shown: string): boolean {
  return /^\s*\d+$/.test(shown) && /^[.)]/.test(rest)
}
