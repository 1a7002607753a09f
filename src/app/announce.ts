import { buildKey, resourceKey } from '../domain/build.js'
import type { Logger } from '../domain/ports.js'
import type { Watch } from '../domain/target.js'
import type { Keys } from '../store/keys.js'
import { redactUrl } from '../store/redis-url.js'

/** Beyond this many watches only the pattern for all of them is said. */
const LISTED_WATCHES = 20

export interface AnnounceMeans {
  readonly watches: readonly Watch[]
  readonly keys: Keys
  readonly url: string
  readonly logger: Logger
}

/** Says what is watched and how to listen to it. */
export function announce({ watches, keys, url, logger }: AnnounceMeans): void {
  const all = keys.channel('*')
  logger.info({ watches: watches.length, redis: redactUrl(url), psubscribe: all }, 'watching')
  if (watches.length === 0) logger.warn({}, 'there is nothing to watch: no watchlist names anything')
  announceEach(watches, { keys, logger })
}

/** The same of each watch, where they are few. */
export function announceEach(
  watches: readonly Watch[],
  { keys, logger }: Pick<AnnounceMeans, 'keys' | 'logger'>,
): void {
  const listed = new Map(watches.map((watch) => [subjectOf(watch), howToListen(watch, keys)]))
  if (listed.size > LISTED_WATCHES) return
  for (const [subject, fields] of listed) logger.info(fields, `watching ${subject}`)
}

/** What of `after` is followed now and was not by `before`. */
export function addedWatches(before: readonly Watch[], after: readonly Watch[]): Watch[] {
  const known = new Set(before.map(subjectOf))
  return after.filter((watch) => !known.has(subjectOf(watch)))
}

function subjectOf(watch: Watch): string {
  return watch.kind === 'build' ? buildKey(watch.ref) : resourceKey(watch.ref)
}

/** One build has a channel; the builds of a job or service have one each. */
function howToListen(watch: Watch, keys: Keys): object {
  return watch.kind === 'build'
    ? { subscribe: keys.channel(buildKey(watch.ref)) }
    : { psubscribe: keys.channel(`${resourceKey(watch.ref)}/*`) }
}
