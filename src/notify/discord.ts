/**
 * One embed per message, through a Discord webhook (API v10: docs.discord.com/developers/resources/webhook#execute-webhook and
 * …/resources/message#embed-object-embed-limits; discord/discord-api-docs@038eea1).
 * `wait=true`, because without it "a message that is not saved does not return an error". A webhook knows no idempotency:
 * when an answer is lost after Discord took the message, the repeat shows as a second one.
 */
import { z } from 'zod'
import type { Occasion } from '../domain/occasion.js'
import { safeText } from '../domain/safe-text.js'
import { escapedExcerpt, firstLines, lastLines, markupExcerpt } from './fitting.js'
import { httpOptions } from './http-options.js'
import { type Message, messageOf, type Tone } from './message.js'
import { defineNotifierKind } from './notifier-kind.js'
import { postToSecretUrl } from './secret-url.js'
import { type StatusTable, standardTable } from './status-table.js'
import { ownText, templateOption } from './template.js'
import { TONE_SIGNS } from './tone-signs.js'

const LONGEST_TITLE = 256
const LONGEST_DESCRIPTION = 4096
const MOST_FIELDS = 25
const LONGEST_FIELD_NAME = 256
const LONGEST_FIELD_VALUE = 1024
/** Over title, description, and names and values of the fields. */
const LONGEST_EMBED = 6000
/** Of it for the fields, so that something is left for the words. */
const LONGEST_FIELDS = 3500
const SHORTEST_LOG = 100

const COLOURS: Readonly<Record<Tone, number>> = {
  good: 0x2e_a0_43,
  bad: 0xda_36_33,
  warning: 0xd2_99_22,
  neutral: 0x6e_76_81,
}

export const discordKind = defineNotifierKind({
  type: 'discord',
  summary: 'Posts a message with an embed to a Discord channel, through a webhook of the channel.',
  reaches: 'http',
  options: z.strictObject({ template: templateOption, ...httpOptions }),
  secrets: [
    {
      name: 'webhook_url',
      required: true,
      describe: 'The webhook URL, `https://discord.com/api/webhooks/…`, with `?thread_id=…` for a thread.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: {},
    secrets: { webhook_url: `${endpoint}/api/webhooks/1234567890/${encodeURIComponent(secret)}` },
  }),
  create(settings, { http }) {
    return {
      canGroup: true,
      render: (occasion) => rendered(occasion, settings.options.template),
      send: postToSecretUrl(settings, http, {
        statusTable: table,
        adjust: (url) => url.searchParams.set('wait', 'true'),
      }),
    }
  },
})

/** 404 with code 10015 says that the webhook was deleted (topics/opcodes-and-status-codes#json). */
const table: StatusTable = (status, body) =>
  status === 404 && /"code":\s*10015\b/.test(body) ? 'gone' : standardTable(status, body)

async function rendered(occasion: Occasion, template: string | undefined): Promise<string> {
  const message = messageOf(occasion)
  const own = await ownText(occasion, template, escapeDiscord)
  return JSON.stringify({ embeds: [embed(message, own)], allowed_mentions: { parse: [] } })
}

function embed(message: Message, own: string | undefined): object {
  const title = escapedExcerpt(`${TONE_SIGNS[message.tone]} ${message.subject}`, LONGEST_TITLE, escapeDiscord)
  const fields = own === undefined ? fieldsOf(message) : []
  const room = Math.min(LONGEST_DESCRIPTION, LONGEST_EMBED - title.length - lengthOf(fields))
  return {
    title,
    ...(message.link === undefined ? {} : { url: message.link }),
    description: described(message, own, room),
    color: COLOURS[message.tone],
    fields,
    timestamp: message.time,
  }
}

interface Field {
  readonly name: string
  readonly value: string
  readonly inline: boolean
}

function fieldsOf({ facts }: Message): Field[] {
  const fields = facts.slice(0, MOST_FIELDS).map(({ name, value }) => ({
    name: escapedExcerpt(name, LONGEST_FIELD_NAME, escapeDiscord),
    // Blanks alone would be trimmed, and an empty value is refused.
    value: escapedExcerpt(value, LONGEST_FIELD_VALUE, escapeDiscord).trim() || '–',
    inline: value.length <= 40,
  }))
  while (lengthOf(fields) > LONGEST_FIELDS) fields.pop()
  return fields
}

function lengthOf(fields: readonly Field[]): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0)
}

function described(message: Message, own: string | undefined, room: number): string {
  const text = own === undefined ? told(message, room) : markupExcerpt(own, room)
  const log = logBlock(message.logLines, room - text.length - 1)
  return log === '' ? text : `${text}\n${log}`
}

function told({ words, parts }: Message, room: number): string {
  const first = escapedExcerpt(words, room, escapeDiscord)
  if (parts.length === 0) return first
  const lines = parts.map((part) => {
    const text = escapedExcerpt(`${part.subject} ${part.words}`, LONGEST_FIELD_VALUE, escapeDiscord)
    return `${TONE_SIGNS[part.tone]} ${text}`
  })
  return `${first}\n${firstLines(lines, room - first.length - 1)}`
}

/** In a code block nothing is markup but its end, and there is no escape for that. */
function logBlock(lines: readonly string[], room: number): string {
  if (lines.length === 0 || room < SHORTEST_LOG) return ''
  const [open, close] = ['```text\n', '\n```']
  const plain = lines.map((line) => safeText(line).replaceAll('`', 'ˋ'))
  return `${open}${lastLines(plain, room - open.length - close.length)}${close}`
}

/**
 * A backslash makes any sign that is no letter, digit or blank stand for itself. Escaped is what begins mark-up anywhere
 * (styles, spoilers, code, links, mentions, emoji, URLs by their colon), and what does at the beginning of a line: headings,
 * quotes, lists. Source of the forms:
 * docs.discord.com/developers/reference#message-formatting; the rule of the backslash is that of its client. What pings is decided by
 * `allowed_mentions` alone: an escaped mention would still.
 */
export function escapeDiscord(text: string): string {
  return safeText(text)
    .replace(/[\\*_~`|<>[\]()#@:]/g, '\\$&')
    .replace(/^(\s*)([-+])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
}
