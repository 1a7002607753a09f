/**
 * A push notification by ntfy, published as JSON (docs.ntfy.sh/publish, "Publish as JSON" and "Limitations"; `PublishMessage`
 * of docs/api/openapi.yaml in binwiederhier/ntfy; read in November 2026). Without `markdown` a text is shown as it is, so
 * nothing is escaped. Servers from 2.16 on take a `sequence_id`: what is sent again under it replaces the notification, so a
 * repeat after a lost answer shows once; older ones pass over it.
 */
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Occasion } from '../domain/occasion.js'
import type { OutgoingDelivery, Secret } from '../domain/ports.js'
import { safeText } from '../domain/safe-text.js'
import { lastLines } from './fitting.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import { type Message, messageOf, type Tone } from './message.js'
import { defineNotifierKind } from './notifier-kind.js'
import { ownText, templateOption } from './template.js'

/** Bytes; what is longer would be turned into an attachment. */
const LONGEST_MESSAGE = 4096
/** Bytes; what is longer is refused. */
const LONGEST_TITLE = 1024
/**
 * Bytes of the whole document, `MessageSizeLimit*2` in transformBodyJSON of server/server.go, without what is merged when
 * sending: a message full of quotes doubles on its way into JSON.
 */
const LONGEST_DOCUMENT = 8192 - 250
/** Bytes; a beginning of the log shorter than this says nothing. */
const SHORTEST_LOG = 100
/** `topicRegex` and `sequenceIDRegex` of ntfy's server/server.go. */
const NAME = /^[-_A-Za-z0-9]{1,64}$/
/** What can stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/

/** Short codes of docs.ntfy.sh/emojis, shown before the title. */
const TAGS: Readonly<Record<Tone, string>> = {
  good: 'white_check_mark',
  bad: 'x',
  warning: 'warning',
  neutral: 'information_source',
}

/** From 1, which makes no sound, to 5, which breaks through quiet hours. */
const PRIORITIES: Readonly<Record<Tone, number>> = { good: 3, bad: 4, warning: 4, neutral: 2 }

const options = z
  .strictObject({
    server: httpUrl().default('https://ntfy.sh').describe('The ntfy server.'),
    topic: z
      .string()
      .regex(NAME, 'must be 1 to 64 letters, digits, - or _')
      .describe('The topic. Where the server asks for no token, whoever knows it can read along.'),
    priority: z
      .int()
      .min(1)
      .max(5)
      .optional()
      .describe('1 to 5 for every message; by default 4 for bad news and warnings, 3 for good news, else 2.'),
    tags: z
      .array(z.string().regex(/^[-+\w]{1,40}$/, 'must be 1 to 40 letters, digits, -, + or _'))
      .max(10)
      .default([])
      .describe('Tags to add to the one that shows how the news is; names of emojis show as such.'),
    template: templateOption,
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.server, policyOf(value)) ?? pathProblem(value.server)
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['server'], message: problem })
  })

type NtfyOptions = z.output<typeof options>

export const ntfyKind = defineNotifierKind({
  type: 'ntfy',
  summary: 'Sends a push notification through ntfy.sh or an ntfy server of your own.',
  reaches: 'http',
  mergedWhenSending: ['topic', 'sequence_id'],
  options,
  secrets: [
    { name: 'token', required: false, describe: 'An access token, `tk_…`, where the topic is protected.' },
  ],
  sample: (endpoint, secret) => ({
    options: { server: endpoint, topic: 'shop-builds' },
    secrets: { token: secret },
  }),
  create({ name, options, secrets }, { http }) {
    return {
      canGroup: true,
      render: (occasion) => rendered(occasion, options),
      async send(outgoing, { signal }) {
        const token = await revealed(name, secrets.token)
        const headers = {
          'content-type': 'application/json; charset=utf-8',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        }
        const { idempotencyKey } = outgoing
        return http.send(
          {
            url: options.server,
            method: 'POST',
            headers,
            body: addressed(outgoing, options),
            idempotencyKey,
          },
          { ...policyOf(options), signal, secrets: [options.topic, ...(token === undefined ? [] : [token])] },
        )
      },
    }
  },
})

/** The topic joins late, for on an open server it is as good as a password. */
function addressed({ body, idempotencyKey }: OutgoingDelivery, { topic }: NtfyOptions): string {
  const message: Record<string, unknown> = JSON.parse(body)
  const repeatable = NAME.test(idempotencyKey) ? { sequence_id: idempotencyKey } : {}
  return JSON.stringify({ ...message, topic, ...repeatable })
}

async function rendered(occasion: Occasion, { template, priority, tags }: NtfyOptions): Promise<string> {
  const message = messageOf(occasion)
  const text = (await ownText(occasion, template, safeText)) ?? told(message)
  let longest = LONGEST_MESSAGE
  let document = documentOf(message, excerptInBytes(text, longest), { priority, tags })
  while (Buffer.byteLength(document) > LONGEST_DOCUMENT && longest > SHORTEST_LOG) {
    longest = Math.floor(longest * 0.8)
    document = documentOf(message, excerptInBytes(text, longest), { priority, tags })
  }
  return document
}

function documentOf(
  message: Message,
  text: string,
  { priority, tags }: Pick<NtfyOptions, 'priority' | 'tags'>,
): string {
  return JSON.stringify({
    title: excerptInBytes(message.subject, LONGEST_TITLE),
    message: text,
    priority: priority ?? PRIORITIES[message.tone],
    tags: [TAGS[message.tone], ...tags],
    ...(message.link === undefined ? {} : { click: message.link }),
    markdown: false,
  })
}

function told({ words, facts, parts, logLines }: Message): string {
  const events = parts.map((part) => `${part.subject} ${part.words}`)
  const text = [words, ...events, ...facts.map(({ name, value }) => `${name}: ${value}`)].join('\n')
  // A character takes three bytes at most for each of its UTF-16 units.
  const room = Math.floor((LONGEST_MESSAGE - Buffer.byteLength(text) - 2) / 3)
  return logLines.length === 0 || room < SHORTEST_LOG ? text : `${text}\n\n${lastLines(logLines, room)}`
}

const ELLIPSIS = '…'

/** Never ends in half of a character. */
function excerptInBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  const room = new Uint8Array(maxBytes - Buffer.byteLength(ELLIPSIS))
  const { written } = new TextEncoder().encodeInto(text, room)
  return `${new TextDecoder().decode(room.subarray(0, written))}${ELLIPSIS}`
}

function pathProblem(server: string): string | undefined {
  const { pathname, search } = new URL(server)
  return pathname === '/' && search === '' ? undefined : 'must end with the host: topic names the topic'
}

async function revealed(name: string, secret: Secret | undefined): Promise<string | undefined> {
  const token = (await secret?.reveal())?.trim()
  if (token === undefined || TOKEN.test(token)) return token
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.token: must be an access token such as tk_… (ntfy token add makes one)`,
  )
}
