import type { Redis } from 'ioredis'
import { resourceKey } from '../domain/build.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { scanMembers } from './scan.js'
import { wantedTargets } from './wanted-targets.js'
import { fieldOf } from './watermark-fields.js'

/** What the watches want, by name. */
export interface Wanted {
  /** Ids of targets. */
  readonly ids: ReadonlySet<string>
  /** Keys of the jobs and services that the targets tell of. */
  readonly resources: ReadonlySet<string>
  /** Keys of builds. */
  readonly named: ReadonlySet<string>
  /** Fields of the watermarks. */
  readonly interests: ReadonlySet<string>
  readonly accounts: ReadonlySet<string>
}

interface Means {
  readonly redis: Redis
  readonly keys: Keys
}

export async function readWanted(means: Means): Promise<Wanted> {
  const { redis, keys } = means
  const accounts = new Set(await redisCall(`read ${keys.accounts}`, () => redis.hkeys(keys.accounts)))
  const named = await scanMembers(redis, keys.named)
  const ids = new Set<string>()
  const resources = new Set<string>()
  const interests = new Set<string>()
  for await (const { target } of wantedTargets(means)) {
    ids.add(target.id)
    resources.add(resourceKey(target.ref))
    accounts.add(target.account)
    if (target.kind === 'feed') for (const { id } of target.interests) interests.add(fieldOf(target.id, id))
  }
  return { ids, resources, named, interests, accounts }
}

/** `false` while the newest configuration is being written: then nobody can say what is not wanted. */
export async function isPublishedWhole({ redis, keys }: Means): Promise<boolean> {
  const [digest, published] = await redisCall(`read ${keys.configuration}`, () =>
    redis.hmget(keys.configuration, 'digest', 'published'),
  )
  return digest !== null && digest === published
}
