import type { Redis } from 'ioredis'
import { type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import type { EndedBuild } from '../domain/usual-duration.js'
import type { Keys } from './keys.js'
import { readEach } from './read-each.js'
import { redisCall } from './redis-failure.js'

/** Older ones say less of what is usual now. */
const NEWEST = 30

/**
 * The newest builds of the same job or service, but for this one, whose durations are kept, and whether they succeeded, as far
 * as their records are kept too. Rejects as every Redis call does.
 */
export async function readEndedBuilds(
  ref: BuildRef,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<EndedBuild[]> {
  const key = keys.durations(resourceKey(ref))
  const members = await redisCall(`read ${key}`, () => redis.zrevrange(key, '0', String(NEWEST)))
  const others = members.map(partsOfDuration).filter(({ build }) => build !== ref.build)
  const builds = others.map(({ build }) => keys.build(buildKey({ ...ref, build })))
  const outcomes = await readEach(redis, builds, ['hget', 'outcome'])
  return others.map(({ durationMs }, at) => ({ durationMs, succeeded: outcomes[at] === 'success' }))
}

/** A member of what is kept of durations: `<duration in ms>:<build id>`. */
export function partsOfDuration(member: string): { durationMs: number; build: string } {
  const colon = member.indexOf(':')
  return { durationMs: Number(member.slice(0, colon)), build: member.slice(colon + 1) }
}
