/** The settings file, part by part. Each part is checked whatever became of the others. */
import { z } from 'zod'
import type { PollingStrategy } from '../domain/cadence.js'
import type { QuietHours, Route } from '../domain/route.js'
import type { StuckRules } from '../domain/stuck.js'
import type { PollingRails } from '../domain/target.js'
import {
  type AccountSettings,
  type DeliverySettings,
  type DigestSettings,
  type EngineSettings,
  type HttpSettings,
  LOG_LEVELS,
  type LogSettings,
  type MessageSettings,
  type NotifierSettings,
  type RedisSettings,
  type RetentionSettings,
} from './configuration.js'
import { msAt } from './duration-at.js'
import type { Environment } from './interpolate.js'
import { parseSection } from './parse-section.js'
import { resolveAccount } from './resolve-account.js'
import { resolveDigest } from './resolve-digest.js'
import { resolveDeliveries, resolveEngine } from './resolve-engine.js'
import { resolveMessages } from './resolve-messages.js'
import { type NotifierContext, resolveNotifier } from './resolve-notifier.js'
import { DEFAULT_RAILS, resolvePolling } from './resolve-polling.js'
import { resolveQuietHours } from './resolve-quiet-hours.js'
import { resolveRedis } from './resolve-redis.js'
import { refuseLongCatchUp, resolveRetention } from './resolve-retention.js'
import { type RouteDefaults, resolveRoutes } from './resolve-routes.js'
import { resolveStuck } from './resolve-stuck.js'
import type { Section } from './section.js'
import { SETTINGS_KEYS, settingsParts } from './settings-schema.js'
import { suggestion } from './suggest.js'
import { nameSchema } from './values-schema.js'

/** What could be read. Names hold those of refused entries too, so that nobody is blamed for naming one. */
export interface Settings {
  readonly redis: RedisSettings | undefined
  readonly accounts: ReadonlyMap<string, AccountSettings>
  readonly accountNames: readonly string[]
  readonly strategy: PollingStrategy
  readonly polling: PollingRails
  /** Of watches that set none of their own. */
  readonly catchUpMs: number
  readonly retention: RetentionSettings | undefined
  readonly stuck: StuckRules | undefined
  readonly messages: MessageSettings | undefined
  readonly digestSchedule: DigestSettings | undefined
  readonly engine: EngineSettings | undefined
  readonly deliveries: DeliverySettings | undefined
  readonly notifiers: ReadonlyMap<string, NotifierSettings>
  readonly notifierNames: readonly string[]
  readonly routes: readonly Route[]
  /** Of routes that set none of their own; `undefined` where there are none, and where they were refused. */
  readonly quietHours: QuietHours | undefined
  readonly watchlists: readonly Section[]
  readonly http: HttpSettings | undefined
  readonly log: LogSettings | undefined
}

/** `undefined` where the file is no map of settings at all. */
export async function resolveSettings(
  root: Section,
  context: NotifierContext,
): Promise<Settings | undefined> {
  parseSection(root, keysSchema)
  if (!root.isMap) return undefined
  const accounts = part(root, 'accounts')
  const notifiers = part(root, 'notifiers')
  checkMap(accounts)
  if (accounts.value === undefined || accounts.keys.length === 0) refuseNoAccounts(accounts)
  checkMap(notifiers)
  const retention = resolveRetention(part(root, 'retention'))
  const quietHours = resolveQuietHours(part(root, 'quiet_hours'))
  return {
    redis: resolveRedis(part(root, 'redis'), context),
    accounts: await resolveEach(accounts, (section) => resolveAccount(section, context)),
    accountNames: accounts.keys,
    ...pollingOf(part(root, 'polling')),
    catchUpMs: catchUpOf(root, retention),
    retention,
    stuck: resolveStuck(part(root, 'stuck')),
    messages: resolveMessages(part(root, 'messages')),
    digestSchedule: resolveDigest(part(root, 'digest'), notifiers.keys),
    engine: resolveEngine(part(root, 'engine')),
    deliveries: resolveDeliveries(part(root, 'deliveries')),
    notifiers: await resolveEach(notifiers, (section) => resolveNotifier(section, context)),
    notifierNames: notifiers.keys,
    routes: routesOf(part(root, 'notify'), { ...context, notifiers: notifiers.keys, quietHours }),
    quietHours,
    watchlists: watchlistsOf(part(root, 'watchlists')),
    http: httpOf(part(root, 'http')),
    log: logOf(part(root, 'log'), context.env),
  }
}

const keysSchema = z.strictObject(
  Object.fromEntries(SETTINGS_KEYS.map((key) => [key, z.unknown().optional()])),
  { error: ({ input }) => (input === undefined ? EMPTY_FILE : undefined) },
)
const EMPTY_FILE =
  'is empty; write settings such as accounts: { default: { token: "${NORTHFLANK_API_TOKEN}" } }'

/** A key with nothing behind it, as when all lines below are commented out, is the same as no key. */
export function part(root: Section, key: string): Section {
  const section = root.at(key)
  if (section.value === null) section.replace(undefined)
  return section
}

function checkMap(section: Section): void {
  parseSection(section, z.record(z.string(), z.unknown()).optional())
}

function refuseNoAccounts(section: Section): void {
  if (section.broken || section.source) return
  section.refuse('is missing; write one, such as accounts: { default: { token: "${NORTHFLANK_API_TOKEN}" } }')
}

async function resolveEach<Entry>(
  section: Section,
  resolve: (section: Section) => Promise<Entry | undefined>,
): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for (const name of section.keys) {
    checkName(section.at(name), name)
    const entry = await resolve(section.at(name))
    if (entry !== undefined) entries.set(name, entry)
  }
  return entries
}

function checkName(section: Section, name: string): void {
  const [issue] = nameSchema.safeParse(name).error?.issues ?? []
  if (issue) section.refuseKey(issue.message.replace('{}', JSON.stringify(name.slice(0, 80))))
}

function pollingOf(section: Section): { strategy: PollingStrategy; polling: PollingRails } {
  const { strategy = 'learned' } = parseSection(section, settingsParts.polling) ?? {}
  const defaults = DEFAULT_RAILS[strategy]
  return { strategy, polling: resolvePolling(section, defaults) ?? defaults }
}

const DEFAULT_CATCH_UP_MS = 86_400_000

function catchUpOf(root: Section, retention: RetentionSettings | undefined): number {
  const catchUp = root.at('polling', 'catch_up')
  const catchUpMs = msAt(catchUp) ?? DEFAULT_CATCH_UP_MS
  const { buildsMs } = retention ?? {}
  if (buildsMs !== undefined)
    refuseLongCatchUp({ catchUp, builds: root.at('retention', 'builds') }, { catchUpMs, buildsMs })
  return catchUpMs
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

function httpOf(section: Section): HttpSettings | undefined {
  const http = parseSection(section, settingsParts.http)
  if (http && !LOOPBACK.test(http.host))
    section
      .at('host')
      .warn(
        'lets whoever reaches that address read everything: there is no authentication; see to it that nobody else can',
      )
  return http
}

function routesOf(section: Section, defaults: RouteDefaults): readonly Route[] {
  return resolveRoutes(section, parseSection(section, settingsParts.notify), defaults) ?? []
}

function watchlistsOf(section: Section): Section[] {
  parseSection(section, settingsParts.watchlists)
  return Array.isArray(section.value) ? section.value.map((_, index) => section.at(index)) : []
}

function logOf(section: Section, env: Environment): LogSettings | undefined {
  const log = parseSection(section, settingsParts.log)
  const wanted = env['LOG_LEVEL']
  if (wanted === undefined || wanted === '') return log
  const level = LOG_LEVELS.find((known) => known === wanted.toLowerCase())
  if (level === undefined) {
    section
      .at('level')
      .refuse(
        `the environment variable LOG_LEVEL is ${JSON.stringify(wanted)}; ${suggestion(wanted, LOG_LEVELS)}`,
      )
  }
  return log && level && { ...log, level }
}
