/**
 * One notifier of each kind as a user would have it: from the smallest settings, read by the loader that the daemon has, with
 * what it makes of the sample events, and what leaves it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import { checkSettings } from '../../../src/app/settings.js'
import type { Briefing, Occasion } from '../../../src/domain/occasion.js'
import type { Notifier } from '../../../src/domain/ports.js'
import { sampleEvent } from '../../../src/domain/sample-events.js'
import type { HttpSender } from '../../../src/notify/http-sender.js'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { createNotifier } from '../../../src/notify/registry.js'
import { createMemoryMemos } from '../../support/memory-memos.js'

export const NAME = 'ops'
/** What each kind is shown telling. */
export const WORDS = ['broke', 'fixed'] as const
export const KEY = 'the-idempotency-key'

const NOW = Date.UTC(2026, 2, 4, 10, 16, 31)
const SECRET = Buffer.alloc(32, 7).toString('base64')
const MINUTE = 60_000
const LINK =
  'https://app.northflank.com/t/example/project/example-project/jobs/example-job/builds/example-build-1'
const LOG_LINES = [
  '#12 [build 4/4] RUN npm test',
  '#12 38.4 Error: expected 200, got 500',
  '#12 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 1',
]
const MARKER = 'a text of your own'

export type Request = Parameters<HttpSender['send']>[0]

interface Told {
  readonly word: (typeof WORDS)[number]
  /** As it is frozen. */
  readonly body: string
  /** As it leaves, where that is HTTP; secrets as `…`. */
  readonly request?: Request
}

export interface Sample {
  readonly kind: NotifierKind
  /** YAML below `notifiers:`. */
  readonly settings: string
  readonly notifier: Notifier
  readonly told: readonly Told[]
  /** Where in the body the text of a template comes to stand; empty where the kind has no use for one. */
  readonly templated: readonly string[]
}

/** Rejects when the settings that would be shown are not valid. */
export async function sampleOf(kind: NotifierKind): Promise<Sample> {
  const { settings, env } = settingsOf(kind)
  const requests: Request[] = []
  const notifier = await notifierOf(settings, env, async (request) => {
    requests.push(request)
    return { kind: 'accepted' }
  })
  const hide = hiding(Object.values(env))
  const told: Told[] = []
  for (const word of WORDS) {
    const body = await notifier.render(occasionOf(word))
    const request = kind.reaches === 'http' ? await sent(notifier, { word, body, requests }) : undefined
    told.push({ word, body, ...(request === undefined ? {} : { request: hide(request) }) })
  }
  const own = await notifier.render({ ...occasionOf('broke'), template: MARKER })
  return { kind, settings, notifier, told, templated: placesOf(MARKER, own) }
}

const LONG_MS = 4 * MINUTE

function occasionOf(word: (typeof WORDS)[number]): Occasion {
  const briefing: Briefing = {
    link: LINK,
    usualMs: LONG_MS,
    ...(word === 'broke' ? { logLines: LOG_LINES } : {}),
  }
  return { event: sampleEvent(word, NOW), together: [], briefing }
}

interface Settings {
  readonly settings: string
  readonly env: Readonly<Record<string, string>>
}

/** The kind's own sample with references for its secrets, less what is so by default. */
function settingsOf(kind: NotifierKind): Settings {
  const endpoint = `https://${kind.type}.example.com`
  const { options, secrets } = kind.sample(endpoint, SECRET)
  const needed = Object.entries(options).filter(([key, value]) => {
    const byDefault = optionsOf(kind).find(({ name }) => name === key)?.byDefault
    return byDefault === undefined || !(value === byDefault || String(value).startsWith(endpoint))
  })
  const named = Object.entries(secrets).map(([name, value]) => ({
    name,
    value,
    variable: `${kind.type}_${name}`.toUpperCase().replaceAll('-', '_'),
  }))
  const references = named.map(({ name, variable }) => [name, `\${${variable}}`])
  const entry = { type: kind.type, ...Object.fromEntries([...needed, ...references]) }
  return {
    settings: stringify({ notifiers: { [NAME]: entry } }, { lineWidth: 0 }),
    env: Object.fromEntries(named.map(({ variable, value }) => [variable, value])),
  }
}

const schemaShape = z.object({
  properties: z.record(z.string(), z.object({ default: z.unknown(), description: z.string() })).default({}),
  required: z.array(z.string()).default([]),
})

export interface Option {
  readonly name: string
  readonly required: boolean
  /** `undefined` where there is none. */
  readonly byDefault: unknown
  readonly describe: string
}

export function optionsOf({ options }: NotifierKind): Option[] {
  const { properties, required } = schemaShape.parse(z.toJSONSchema(options, { io: 'input' }))
  return Object.entries(properties).map(([name, facts]) => ({
    name,
    required: required.includes(name),
    byDefault: facts.default,
    describe: facts.description,
  }))
}

async function notifierOf(
  settings: string,
  env: Readonly<Record<string, string>>,
  send: HttpSender['send'],
): Promise<Notifier> {
  const dir = mkdtempSync(join(tmpdir(), 'buildwatchd-notifiers-'))
  try {
    const file = join(dir, 'settings.yaml')
    writeFileSync(file, `accounts: { default: { token: "\${TOKEN}" } }\n${settings}`)
    const checked = await checkSettings(file, { ...env, TOKEN: 'a-token' }, { strict: true })
    if (checked.kind === 'invalid') throw new Error(checked.problems.join('\n'))
    const configured = checked.configuration.notifiers.get(NAME)
    if (configured === undefined) throw new Error(`no notifier ${NAME} in\n${settings}`)
    const http = { send, close: async () => undefined }
    return createNotifier(configured, { http, clock: { now: () => NOW }, out: () => undefined })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

interface Sending {
  readonly word: (typeof WORDS)[number]
  readonly body: string
  readonly requests: readonly Request[]
}

const LOGGER = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => LOGGER }

async function sent(notifier: Notifier, { word, body, requests }: Sending): Promise<Request> {
  const event = sampleEvent(word, NOW)
  const delivery = { id: `${event.id}->${NAME}`, notifier: NAME, event }
  const before = requests.length
  const result = await notifier.send(
    { delivery, body, idempotencyKey: KEY, attempt: 1 },
    { signal: new AbortController().signal, logger: LOGGER, memo: createMemoryMemos()(NAME) },
  )
  const request = requests[before]
  if (request !== undefined) return request
  throw new Error(`nothing was sent: ${JSON.stringify(result)}`)
}

function nothing(): void {}

/** Hides secrets as they are, and as they stand in URLs. */
function hiding(secrets: readonly string[]): (request: Request) => Request {
  const parts = [SECRET, encodeURIComponent(SECRET), ...secrets.filter((secret) => !secret.includes('://'))]
  const hide = (text: string): string => parts.reduce((left, part) => left.replaceAll(part, '…'), text)
  return (request) => ({ ...request, url: hide(request.url), body: hide(request.body) })
}

/** Paths such as `embeds[0].title` to the texts that hold it; `body` where that is no JSON. */
function placesOf(text: string, body: string): string[] {
  try {
    return pathsTo(text, JSON.parse(body), '')
  } catch {
    return body.includes(text) ? ['body'] : []
  }
}

export function pathsTo(text: string, value: unknown, path: string): string[] {
  if (typeof value === 'string') return value.includes(text) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((each, at) => pathsTo(text, each, `${path}[${at}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    pathsTo(text, each, path === '' ? key : `${path}.${key}`),
  )
}
