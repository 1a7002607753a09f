import type { Redis } from 'ioredis'
import type { Keys } from './keys.js'
import { readEach } from './read-each.js'
import { asList, asNumber, asText } from './reply.js'
import type { BuildOf } from './settle-builds.js'

export interface ActiveBuild extends BuildOf {
  /** Epoch ms, where the API tells. */
  readonly createdAt?: number
}

/** The active builds of many jobs and services; those of each, oldest first. */
export async function readActive(
  resources: readonly string[],
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<ActiveBuild[]> {
  const replies = await readEach(redis, resources.map(keys.active), ['zrange', 0, -1, 'WITHSCORES'])
  return resources.flatMap((resource, at) => membersOf(resource, asList(replies[at])))
}

/** Members and their scores in turn. */
function membersOf(resource: string, flat: readonly unknown[]): ActiveBuild[] {
  return Array.from({ length: flat.length / 2 }, (_, pair) => {
    const createdAt = asNumber(flat[2 * pair + 1])
    return { resource, build: asText(flat[2 * pair]), ...(createdAt === 0 ? {} : { createdAt }) }
  })
}
