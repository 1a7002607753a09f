/** What is kept of a job's or service's builds beside their own records: which are followed, and how long they have taken. */
import type { Redis } from 'ioredis'
import { type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import type { BuildRecords } from '../domain/ports.js'
import type { Keys } from './keys.js'
import type { Retention } from './record-script.js'
import { redisCall } from './redis-failure.js'
import { loadScript } from './script.js'

const FORGET = loadScript('forget-build')
const PUT_OFF = loadScript('put-off-expiry')

export interface ActiveBuildsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly retention: Retention
}

export function createActiveBuilds({ redis, keys, retention }: ActiveBuildsDeps) {
  const ownKeys = (ref: BuildRef) => [keys.build(buildKey(ref)), keys.transitions(buildKey(ref))]

  return {
    async active(ref) {
      const key = keys.active(resourceKey(ref))
      const builds = await redisCall(`read ${key}`, () => redis.zrange(key, '0', '-1'))
      return builds.map((build) => ({ ...ref, build }))
    },
    async forget(ref) {
      await FORGET.run(redis, {
        keys: [...ownKeys(ref), keys.active(resourceKey(ref))],
        args: [ref.build, retention.buildsMs],
      })
    },
    async keep(refs) {
      if (refs.length > 0)
        await PUT_OFF.run(redis, { keys: refs.flatMap(ownKeys), args: [retention.buildsMs] })
    },
    async durations(ref) {
      const key = keys.durations(resourceKey(ref))
      const known = await redisCall(`read ${key}`, () => redis.zrange(key, '0', '-1'))
      const each = known.map((member) => Number(member.slice(0, member.indexOf(':'))))
      return { count: each.length, longestMs: Math.max(0, ...each) }
    },
  } satisfies Pick<BuildRecords, 'active' | 'forget' | 'keep' | 'durations'>
}
