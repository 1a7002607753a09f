import type { Redis } from 'ioredis'
import type { Keys } from './keys.js'
import { readEach } from './read-each.js'
import { asList, asText } from './reply.js'
import { scanMembers } from './scan.js'
import { type StoredTarget, storedTarget, TARGET_FIELDS } from './target-hash.js'

/** So many are held at once: ten thousand descriptions are tens of megabytes. */
const PAGE = 1000

/** All that is wanted, finished and abandoned targets included; page by page. */
export async function* wantedTargets({
  redis,
  keys,
}: {
  readonly redis: Redis
  readonly keys: Keys
}): AsyncGenerator<StoredTarget> {
  const ids = [...(await scanMembers(redis, keys.targets))]
  for (let at = 0; at < ids.length; at += PAGE) {
    const page = ids.slice(at, at + PAGE)
    const replies = await readEach(redis, page.map(keys.target), ['hmget', ...TARGET_FIELDS])
    for (const values of replies) {
      const target = storedTarget(asList(values).map((value) => (value === null ? null : asText(value))))
      if (target) yield target
    }
  }
}
