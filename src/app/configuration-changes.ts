/** What differs between two versions of the configuration, for people: the log says it after each reload. */
import { isDeepStrictEqual } from 'node:util'
import type { Configuration, RedisSettings } from '../config/configuration.js'
import { type Target, targetsOf } from '../domain/target.js'

/** Names and ids; those left out had nothing to say. */
export type ConfigurationChanges = Readonly<
  Partial<
    Record<
      | 'watchesAdded'
      | 'watchesRemoved'
      | 'watchesChanged'
      | 'notifiersAdded'
      | 'notifiersRemoved'
      | 'accountsAdded'
      | 'accountsRemoved',
      readonly string[]
    >
  >
>

export function configurationChanges(before: Configuration, after: Configuration): ConfigurationChanges {
  const [old, now] = [byId(before), byId(after)]
  const changed = [...now.keys()].filter((id) => old.has(id) && !isDeepStrictEqual(old.get(id), now.get(id)))
  const all = {
    watchesAdded: missingIn(old, now),
    watchesRemoved: missingIn(now, old),
    watchesChanged: changed,
    notifiersAdded: missingIn(before.notifiers, after.notifiers),
    notifiersRemoved: missingIn(after.notifiers, before.notifiers),
    accountsAdded: missingIn(before.accounts, after.accounts),
    accountsRemoved: missingIn(after.accounts, before.accounts),
  }
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0))
}

/** Watches have no names of their own; what they follow has. */
function byId({ watches }: Configuration): ReadonlyMap<string, Target> {
  return new Map(targetsOf(watches).map((target) => [target.id, target]))
}

function missingIn(known: ReadonlyMap<string, unknown>, named: ReadonlyMap<string, unknown>): string[] {
  return [...named.keys()].filter((name) => !known.has(name))
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
