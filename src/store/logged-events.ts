/**
 * Events of the log with the routes that were in force when they were recorded. The log is long and in order of time, so each is
 * looked for about when it was observed; Redis dates by its own clock, which may be another, so a short log is read whole.
 */
import type { Redis } from 'ioredis'
import type { LoggedEvent } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { entriesOf, parseEntry } from './stream-entries.js'

/** Recording follows the answer at once, but clocks differ. */
const BEFORE_MS = 60_000
const AFTER_MS = 300_000
/** Entries per round trip, and in all about one instant: a fraction of a second's worth. */
const PAGE = 500
const MOST_LOOKED_AT = 50_000
/** A few pages: a build that is older than the log is asked for often, and an embedded engine has other things to do. */
const SHORT_LOG = 2000

interface Means {
  readonly redis: Redis
  readonly keys: Keys
}

/** `observedAt`: epoch ms. */
export interface SoughtEvent {
  readonly id: string
  readonly observedAt: number
}

/** By their ids, those that the log still has. */
export async function findLogged(
  sought: readonly SoughtEvent[],
  means: Means,
): Promise<ReadonlyMap<string, LoggedEvent>> {
  const found = new Map<string, LoggedEvent>()
  const missing = new Set(sought.map(({ id }) => id))
  const pick = (logged: LoggedEvent) => {
    if (missing.delete(logged.event.id)) found.set(logged.event.id, logged)
  }
  for (const { id, observedAt } of sought) {
    const span = { from: `${Math.max(0, observedAt - BEFORE_MS)}`, to: `${observedAt + AFTER_MS}` }
    await walk(span, { ...means, pick, wantsMore: () => missing.has(id) })
  }
  if (missing.size > 0 && (await isShort(means)))
    await walk({ from: '-', to: '+' }, { ...means, pick, wantsMore: () => missing.size > 0 })
  return found
}

async function isShort({ redis, keys }: Means): Promise<boolean> {
  return (await redisCall(`read ${keys.events}`, () => redis.xlen(keys.events))) <= SHORT_LOG
}

interface Walk extends Means {
  readonly pick: (logged: LoggedEvent) => void
  /** Asked before each page. */
  readonly wantsMore: () => boolean
}

async function walk(
  { from, to }: { readonly from: string; readonly to: string },
  { redis, keys, pick, wantsMore }: Walk,
): Promise<void> {
  let start = from
  for (let looked = 0; looked < MOST_LOOKED_AT && wantsMore(); looked += PAGE) {
    const page = await redisCall(`read ${keys.events}`, () =>
      redis.xrange(keys.events, start, to, 'COUNT', PAGE),
    )
    for (const entry of entriesOf(page)) {
      const logged = parseEntry(entry)
      if (logged) pick(logged)
    }
    const [last] = page.at(-1) ?? []
    if (last === undefined || page.length < PAGE) return
    start = `(${last}`
  }
}
