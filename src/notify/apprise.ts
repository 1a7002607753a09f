/**
 * The Apprise API (caronc/apprise-api, README "API Details" and apprise_api/api/views.py, read in November 2026), which passes
 * a message on to services that buildwatchd has no kind of its own for. 424 says that one or more of the services were not
 * reached, not which: it is tried again, because a service that hears twice is better off than one that never hears.
 * 204 says that there was nobody to tell.
 */
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Occasion } from '../domain/occasion.js'
import type { Secret } from '../domain/ports.js'
import { safeText } from '../domain/safe-text.js'
import { escapedExcerpt, firstLines, lastLines, markupExcerpt } from './fitting.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import type { HttpResult } from './http-sender.js'
import { type Message, messageOf, type Tone } from './message.js'
import { defineNotifierKind, type NotifierSettings } from './notifier-kind.js'
import { type StatusTable, standardTable } from './status-table.js'
import { ownText, templateOption } from './template.js'

const LONGEST_TITLE = 250
/** Apprise splits or cuts by the limits of each service; this is only to be sensible. */
const LONGEST_BODY = 10_000
/** The server takes letters, digits, - and _; what else may stand there is encoded, and for it to refuse. */
const KEY = /^\S{1,128}$/

const TYPES: Readonly<Record<Tone, string>> = {
  good: 'success',
  bad: 'failure',
  warning: 'warning',
  neutral: 'info',
}

const options = z
  .strictObject({
    server: httpUrl().describe('Base URL of the Apprise API, such as https://apprise.example.com.'),
    tag: z
      .string()
      .regex(/^[\w-]+(?:[ ,]+[\w-]+)*$/, 'must be tags, with blanks (and) or commas (or) between them')
      .optional()
      .describe('Only the services with this tag: `a b` means both, `a, b` either.'),
    template: templateOption,
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.server, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['server'], message: problem })
  })

type AppriseOptions = z.output<typeof options>

export const appriseKind = defineNotifierKind({
  type: 'apprise',
  summary: 'Hands the message to an Apprise API server, which passes it on to any of the services it knows.',
  reaches: 'http',
  mergedWhenSending: ['urls'],
  options,
  secrets: [
    { name: 'key', required: false, describe: 'The key under which the server keeps the services to tell.' },
    {
      name: 'urls',
      required: false,
      describe:
        'Apprise URLs to tell, with commas between them, in place of key; without either the server tells its own.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: { server: endpoint },
    secrets: { key: secret },
  }),
  create(settings, { http }) {
    const { name, options, secrets } = settings
    if (secrets.key && secrets.urls)
      throw new BuildwatchdError(
        'CONFIG_INVALID',
        `notifiers.${name}.urls: key names services already; leave one of the two out`,
      )
    return {
      canGroup: true,
      render: (occasion) => rendered(occasion, options),
      async send({ body, idempotencyKey }, { signal }) {
        const { url, urls } = await target(settings)
        const headers = { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' }
        const sent = urls === undefined ? body : withUrls(body, urls)
        const hidden = urls === undefined ? [] : partsOf(urls)
        return explained(
          await http.send(
            { url, method: 'POST', headers, body: sent, idempotencyKey },
            { ...policyOf(options), statusTable: table, signal, secrets: hidden },
          ),
        )
      },
    }
  },
})

const table: StatusTable = (status, body) =>
  status === 204 || status === 424 ? 'retry' : standardTable(status, body)

/** An answer of 204 has no words of its own. */
function explained(result: HttpResult): HttpResult {
  if (result.kind !== 'retry' || result.reason !== 'HTTP 204') return result
  const reason = 'HTTP 204: nobody was told; the server knows no services under this key, or can use no URL'
  return { ...result, reason }
}

interface Target {
  readonly url: string
  readonly urls?: string
}

/** The path is hidden by the sender, so the key needs no more care. */
async function target({ name, options, secrets }: NotifierSettings<AppriseOptions>): Promise<Target> {
  const base = options.server.replace(/\/+$/, '')
  const urls = await revealed(secrets.urls)
  const key = await revealed(secrets.key)
  if (key === undefined) return { url: `${base}/notify`, ...(urls === undefined ? {} : { urls }) }
  if (KEY.test(key)) return { url: `${base}/notify/${encodeURIComponent(key)}` }
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.key: must be one word of up to 128 characters, as the server keeps it`,
  )
}

async function revealed(secret: Secret | undefined): Promise<string | undefined> {
  return (await secret?.reveal())?.trim()
}

/** Tokens stand in any part of such a URL, and a server may name one of them alone. */
function partsOf(urls: string): string[] {
  const parts = urls.split(/[\s,:/@?&=]+/)
  return [urls, ...urls.split(/[\s,]+/), ...parts, ...parts.map(decoded)]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function withUrls(body: string, urls: string): string {
  const message: Record<string, unknown> = JSON.parse(body)
  return JSON.stringify({ ...message, urls })
}

async function rendered(occasion: Occasion, { tag, template }: AppriseOptions): Promise<string> {
  const message = messageOf(occasion)
  const own = await ownText(occasion, template, escapeApprise)
  return JSON.stringify({
    title: escapedExcerpt(message.subject, LONGEST_TITLE, escapeApprise),
    body: own === undefined ? told(message) : markupExcerpt(own, LONGEST_BODY),
    type: TYPES[message.tone],
    format: 'text',
    ...(tag === undefined ? {} : { tag }),
  })
}

function told({ words, facts, parts, link, logLines }: Message): string {
  const events = parts.map((part) => escapeApprise(`${part.subject} ${part.words}`))
  const named = facts.map(({ name, value }) => escapeApprise(`${name}: ${value}`))
  const text = firstLines(
    [escapeApprise(words), ...events, ...named, ...(link === undefined ? [] : [link])],
    LONGEST_BODY,
  )
  const log = lastLines(logLines.map(escapeApprise), LONGEST_BODY - text.length - 2)
  return log === '' ? text : `${text}\n\n${log}`
}

/**
 * `format: text` keeps Apprise from reading mark-up, but some of its plug-ins look for mentions in any text and make them real:
 * `@everyone` and `<@1>` (USER_ROLE_DETECTION_RE in plugins/discord.py), `!channel>` and `&lt;!channel&gt;` (_re_channel_support
 * in plugins/slack.py). There is no escape for them, so the signs that they need stand as their look-alikes.
 */
export function escapeApprise(text: string): string {
  return safeText(text)
    .replaceAll('@', '＠')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/&(?=[a-z#])/gi, '＆')
}
