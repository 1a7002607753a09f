/**
 * What each kind of key needs when nobody writes it any more. All of it only brings Redis to what it would be if no step had
 * ever been cut short: run at any time, by any replica, twice.
 */
import type { Redis } from 'ioredis'
import { accountSubject } from '../domain/trouble.js'
import { callsFor, sumOf } from './batches.js'
import type { Caretaker } from './key-walk.js'
import type { Keys } from './keys.js'
import { forEach } from './pipeline.js'
import { readActive } from './read-active.js'
import { readEach } from './read-each.js'
import { loadScript } from './script.js'
import { buildOf, type SettleDeps, settleBuilds } from './settle-builds.js'
import { TROUBLE_TTL_MS } from './troubles.js'
import type { Wanted } from './wanted.js'

const DROP_LINES = loadScript('drop-lines')
const LET_TROUBLES_GO = loadScript('let-troubles-go', ['trouble-anew'])
const LET_KEYS_GO = loadScript('let-keys-go')

/** Above the longest window of an allowance. */
const BUDGET_TTL_MS = 2 * 86_400_000
/** One run of the script holds Redis up; what is left goes with the next. */
const LINES_AT_ONCE = 1000

interface Means {
  readonly redis: Redis
  readonly keys: Keys
}

/** Lines that have last moved before `unmovedSince` (epoch ms) go. */
export function careForLines({ redis, keys }: Means, unmovedSince: number): Caretaker {
  const suffix = keys.linesMoved('').slice(keys.lines('').length)
  return {
    prefix: keys.lines(''),
    async tend(names) {
      const moved = names.filter((name) => name.endsWith(suffix))
      const calls = callsFor(moved, (batch) => ({
        keys: batch.flatMap((name) => [keys.lines(name.slice(0, -suffix.length)), keys.lines(name)]),
        args: [unmovedSince, LINES_AT_ONCE],
      }))
      return sumOf(redis, DROP_LINES, calls)
    },
  }
}

/** Builds that should expire and do not, and named ones that would. */
export function careForBuilds(deps: SettleDeps, { named }: Wanted): Caretaker {
  const { redis, keys } = deps
  return {
    prefix: keys.build(''),
    async tend(builds) {
      const lives = await readEach(redis, builds.map(keys.build), ['pttl'])
      const doubtful = builds.filter((key, at) => lives[at] === -1 || named.has(key))
      return settleBuilds(
        doubtful.flatMap((key) => buildOf(key) ?? []),
        deps,
      )
    },
  }
}

/** Active builds that nobody follows, and those whose record is gone. */
export function careForActiveBuilds(deps: SettleDeps): Caretaker {
  return {
    prefix: deps.keys.active(''),
    tend: async (resources) => settleBuilds(await readActive(resources, deps), deps),
  }
}

/** Trouble of targets, accounts and builds that are watched no more. */
export function careForTroubles({ redis, keys }: Means, wanted: Wanted): Caretaker {
  /** A build that is followed through its job or service is watched as long as it is active. */
  async function followed(subjects: readonly string[]): Promise<ReadonlySet<string>> {
    const builds = subjects.flatMap((subject) => {
      const build = buildOf(subject)
      return build && wanted.ids.has(build.resource) ? [{ subject, ...build }] : []
    })
    const scores = await forEach(redis, builds, {
      doing: 'read active builds',
      add: (batch, { resource, build }) => batch.zscore(keys.active(resource), build),
    })
    return new Set(builds.filter((_, at) => scores[at] !== null).map(({ subject }) => subject))
  }

  return {
    prefix: keys.trouble(''),
    async tend(subjects) {
      const unwanted = subjects.filter((subject) => !isWanted(subject, wanted))
      const active = await followed(unwanted)
      const calls = callsFor(
        unwanted.filter((subject) => !active.has(subject)),
        (batch) => ({ keys: batch.map(keys.trouble), args: [TROUBLE_TTL_MS] }),
      )
      return sumOf(redis, LET_TROUBLES_GO, calls)
    },
  }
}

function isWanted(subject: string, { ids, named, accounts }: Wanted): boolean {
  const ofAccount = accountSubject('')
  // A project may have the name "accounts" too.
  if (subject.startsWith(ofAccount) && accounts.has(subject.slice(ofAccount.length))) return true
  return ids.has(subject) || named.has(subject)
}

/** Allowances of accounts that no target uses. */
export function careForBudgets({ redis, keys }: Means, { accounts }: Wanted): Caretaker {
  const suffix = keys.permits('').slice(keys.budget('').length)
  const accountOf = (name: string): string => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name)
  return {
    prefix: keys.budget(''),
    async tend(names) {
      const isUsed = (name: string): boolean => accounts.has(accountOf(name))
      await forEach(redis, names.filter(isUsed), {
        doing: 'keep the budgets',
        add: (batch, name) => batch.persist(keys.budget(name)),
      })
      const calls = callsFor(
        names.filter((name) => !isUsed(name)),
        (batch) => ({ keys: batch.map(keys.budget), args: [BUDGET_TTL_MS] }),
      )
      return sumOf(redis, LET_KEYS_GO, calls)
    },
  }
}
