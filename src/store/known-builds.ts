import type { Redis } from 'ioredis'
import { type BuildRef, type ResourceRef, resourceKey } from '../domain/build.js'
import type { RecordedBuild } from '../domain/transition.js'
import { readBuilds } from './build-hash.js'
import type { Keys } from './keys.js'
import { readLines } from './line-heads.js'
import { redisCall } from './redis-failure.js'

export interface KnownBuild {
  readonly ref: BuildRef
  readonly recorded: RecordedBuild
}

/** Of those that have ended; newer ones are among the active. */
const NEWEST_ENDED = 30

/** Builds of a job or service that are on record: those under way, newest first and those without a time last, the newest that have ended, the newest of each line. */
export async function readKnownBuilds(
  resource: ResourceRef,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<KnownBuild[]> {
  const key = resourceKey(resource)
  const [active, durations, lines] = await Promise.all([
    redisCall(`read ${keys.active(key)}`, () => redis.zrevrange(keys.active(key), '0', '-1')),
    redisCall(`read ${keys.durations(key)}`, () =>
      redis.zrevrange(keys.durations(key), '0', String(NEWEST_ENDED - 1)),
    ),
    readLines([key], { redis, keys }),
  ])
  const ended = durations.map((member) => member.slice(member.indexOf(':') + 1))
  const builds = new Set([...active, ...ended, ...lines.map(({ head }) => head.build)])
  const refs = [...builds].map((build) => ({ ...resource, build }))
  const records = await readBuilds(refs, { redis, keys })
  return refs.flatMap((ref, at) => {
    const recorded = records[at]
    return recorded?.latest === undefined ? [] : [{ ref, recorded }]
  })
}

/** Whether a daemon goes on with it. */
export async function isActive(
  ref: BuildRef,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<boolean> {
  const key = keys.active(resourceKey(ref))
  return (await redisCall(`read ${key}`, () => redis.zscore(key, ref.build))) !== null
}

/** How long the newest builds of a job or service took that have ended, ms, newest first. */
export async function readDurations(
  resource: ResourceRef,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<number[]> {
  const key = keys.durations(resourceKey(resource))
  const members = await redisCall(`read ${key}`, () => redis.zrevrange(key, '0', '99'))
  return members.map((member) => Number(member.slice(0, member.indexOf(':'))))
}
