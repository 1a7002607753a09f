/**
 * One notifier of each kind as a user would have it: from the smallest settings, read by the loader that the daemon has, with
 * what it makes of the sample events, and what leaves it.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import type { NotifierSettings } from '../../../src/config/configuration.js'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import { formatProblem } from '../../../src/config/problem.js'
import type { Briefing, Occasion } from '../../../src/domain/occasion.js'
import type { Notifier } from '../../../src/domain/ports.js'
import { sampleEvent } from '../../../src/domain/sample-events.js'
import type { HttpSender } from '../../../src/notify/http-sender.js'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { findPlugIn } from '../../../src/notify/plug-in-kind.js'
import { createNotifier, NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { type StatusTable, standardTable } from '../../../src/notify/status-table.js'
import { createMemoryMemos } from '../../support/memory-memos.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'
import { REPOSITORY } from './markdown.js'

const NAME = 'ops'
/** What each kind is shown telling. */
const WORDS = ['broke', 'fixed'] as const
export const KEY = 'the-idempotency-key'

const NOW = Date.UTC(2026, 2, 4, 10, 16, 31)
const SECRET = Buffer.alloc(32, 7).toString('base64')
const MINUTE = 60_000
const LINK = 'https://app.northflank.com/an-example'
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
  /** What an answer means by its status alone; absent where it does not speak HTTP. */
  readonly statusTable?: StatusTable
  /** Where in the body the text of a template comes to stand; empty where the kind has no use for one. */
  readonly templated: readonly string[]
}

/** Rejects when the settings that would be shown are not valid. */
export async function sampleOf(kind: NotifierKind): Promise<Sample> {
  const { settings, env } = settingsOf(kind)
  const requests: Request[] = []
  const tables: StatusTable[] = []
  const notifier = await notifierOf(settings, env, async (request, policy) => {
    requests.push(request)
    tables.push(policy.statusTable ?? standardTable)
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
  const facts = { kind, settings, notifier, told, templated: placesOf(MARKER, own) }
  const [statusTable] = tables
  return statusTable === undefined ? facts : { ...facts, statusTable }
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
    const byDefault = optionsOf(kind.options).find(({ name }) => name === key)?.byDefault
    return byDefault === undefined || !(value === byDefault || String(value).startsWith(endpoint))
  })
  const named = Object.entries(secrets).map(([name, value]) => ({
    name,
    value,
    variable: `${NAME}_${name}`.toUpperCase(),
  }))
  const references = named.map(({ name, variable }) => [name, `\${${variable}}`])
  const entry = { type: kind.type, ...Object.fromEntries([...needed, ...references]) }
  return {
    settings: stringify({ notifiers: { [NAME]: entry } }, { lineWidth: 0 }),
    env: Object.fromEntries(named.map(({ variable, value }) => [variable, value])),
  }
}

const schemaShape = z.object({
  properties: z
    .record(z.string(), z.object({ default: z.unknown().optional(), description: z.string() }))
    .default({}),
  required: z.array(z.string()).default([]),
})

export interface Option {
  readonly name: string
  readonly required: boolean
  /** `undefined` where there is none. */
  readonly byDefault: unknown
  readonly describe: string
}

export function optionsOf(options: z.ZodObject): Option[] {
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
  const { notifiers, problems } = await notifiersIn(settings, env)
  const configured = notifiers.find(({ name }) => name === NAME)
  if (configured === undefined) throw new Error(`${settings}\n${problems.join('\n')}`)
  return createNotifier(configured, {
    http: { send, close: async () => undefined },
    clock: { now: () => NOW },
    out: () => undefined,
    ...NO_OTHER_TOOLS,
    allowExec: true,
  })
}

interface Read {
  readonly notifiers: readonly NotifierSettings[]
  /** Warnings are some, too. */
  readonly problems: readonly string[]
}

/** What the loader makes of settings without accounts, that stand beside the modules that ship. */
export async function notifiersIn(settings: string, env: Readonly<Record<string, string>>): Promise<Read> {
  const dir = mkdtempSync(join(tmpdir(), 'buildwatchd-notifiers-'))
  try {
    cpSync(`${REPOSITORY}config/notifiers`, join(dir, 'notifiers'), { recursive: true })
    const file = join(dir, 'settings.yaml')
    writeFileSync(file, `accounts: { default: { token: "\${TOKEN}" } }\n${settings}`)
    const context = { env: { ...env, TOKEN: 'a-token' }, notifierKinds: NOTIFIER_KINDS, findPlugIn }
    const loaded = await loadConfiguration(file, context)
    const problems = [...(loaded.ok ? [] : loaded.problems), ...loaded.warnings].map(formatProblem)
    return { notifiers: loaded.ok ? [...loaded.configuration.notifiers.values()] : [], problems }
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
