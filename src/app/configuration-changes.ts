/** What differs between two versions of the configuration, for people: the log says it after each reload. */
import { isDeepStrictEqual } from 'node:util'
import type {
  AccountSettings,
  Configuration,
  NotifierSettings,
  RedisSettings,
} from '../config/configuration.js'
import type { Secret } from '../domain/ports.js'
import { type Target, targetsOf } from '../domain/target.js'

/** Names and ids; those left out had nothing to say. */
export type ConfigurationChanges = Readonly<
  Partial<
    Record<
      `${'watches' | 'notifiers' | 'accounts'}${'Added' | 'Removed' | 'Changed'}` | 'settingsChanged',
      readonly string[]
    >
  >
>

/** What is told by names, follows from what is, or takes a restart. */
type ToldApart =
  | ('watches' | 'notifiers' | 'accounts')
  | ('digest' | 'accountRoutes' | 'files' | 'badFiles')
  | FixedSection

/** All else that a configuration says, and the section of the file that says it. */
const SECTIONS = {
  polling: 'polling',
  strategy: 'polling',
  deliveries: 'deliveries',
  retention: 'retention',
  stuck: 'stuck',
  messages: 'messages',
  notify: 'notify',
  digestSchedule: 'digest',
} as const satisfies Record<Exclude<keyof Configuration, ToldApart>, string>

/** By name only: what has changed within may be secret. Never rejects. */
export async function configurationChanges(
  before: Configuration,
  after: Configuration,
): Promise<ConfigurationChanges> {
  const all = {
    ...differences('watches', watchesById(before), watchesById(after)),
    ...differences('notifiers', await notifiersOf(before), await notifiersOf(after)),
    ...differences('accounts', await accountsOf(before), await accountsOf(after)),
    settingsChanged: changedSections(before, after),
  }
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0))
}

function changedSections(before: Configuration, after: Configuration): string[] {
  const parts = Object.keys(SECTIONS).filter((part): part is keyof typeof SECTIONS => part in SECTIONS)
  const changed = parts.filter((part) => !isDeepStrictEqual(before[part], after[part]))
  return [...new Set(changed.map((part) => SECTIONS[part]))]
}

type Named = ReadonlyMap<string, unknown>

function differences(what: string, old: Named, now: Named): Record<string, readonly string[]> {
  return {
    [`${what}Added`]: missingIn(old, now),
    [`${what}Removed`]: missingIn(now, old),
    [`${what}Changed`]: [...now.keys()].filter(
      (name) => old.has(name) && !isDeepStrictEqual(old.get(name), now.get(name)),
    ),
  }
}

function missingIn(known: Named, named: Named): string[] {
  return [...named.keys()].filter((name) => !known.has(name))
}

/** Watches have no names of their own; what they follow has. */
function watchesById({ watches }: Configuration): ReadonlyMap<string, Target> {
  return new Map(targetsOf(watches).map((target) => [target.id, target]))
}

async function accountsOf({ accounts }: Configuration): Promise<Named> {
  const comparable = async ({ token, ...facts }: AccountSettings) => ({
    ...facts,
    token: await valueOf(token),
  })
  return new Map(
    await Promise.all(
      [...accounts].map(async ([name, account]) => [name, await comparable(account)] as const),
    ),
  )
}

async function notifiersOf({ notifiers }: Configuration): Promise<Named> {
  const comparable = async ({ secrets, ...facts }: NotifierSettings) => {
    const values = Object.entries(secrets).map(async ([name, secret]) => [name, await valueOf(secret)])
    return { ...facts, secrets: Object.fromEntries(await Promise.all(values)) }
  }
  return new Map(
    await Promise.all([...notifiers].map(async ([name, each]) => [name, await comparable(each)] as const)),
  )
}

/** `undefined` for one that cannot be read: whoever needs it says so. */
async function valueOf(secret: Secret): Promise<string | undefined> {
  return secret.reveal().catch(() => undefined)
}

const FIXED = ['redis', 'engine', 'http', 'log'] as const
/** What is opened at the start and cannot be moved while the daemon runs. */
export type FixedSection = (typeof FIXED)[number]

/** The sections that differ and take a restart. */
export async function changedForRestart(
  before: Configuration,
  after: Configuration,
): Promise<FixedSection[]> {
  const changed: FixedSection[] = FIXED.filter(
    (section) => section !== 'redis' && !isDeepStrictEqual(before[section], after[section]),
  )
  return (await isSameRedis(before.redis, after.redis)) ? changed : ['redis', ...changed]
}

async function isSameRedis(before: RedisSettings, after: RedisSettings): Promise<boolean> {
  if (before.kind !== 'server' || after.kind !== 'server') return isDeepStrictEqual(before, after)
  if (before.prefix !== after.prefix) return false
  const urls = await Promise.all([before.url.reveal(), after.url.reveal()]).catch(() => [])
  return urls.length === 2 && urls[0] === urls[1]
}

/** The new version as far as it can be had without a restart. */
export function withoutRestart(before: Configuration, after: Configuration): Configuration {
  const { redis, engine, http, log } = before
  return { ...after, redis, engine, http, log }
}
