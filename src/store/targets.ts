/**
 * What is wanted, in Redis, so that any replica can poll it. A target is a hash (its description, its pacing); the set of
 * wanted ids tells what must be taken away after a reload; the sorted set of open ones is what a sweep reads, so that it
 * costs a few round trips and not one per target.
 */
import type { Redis } from 'ioredis'
import type { Clock, Targets, WantedConfiguration, WantedTarget, WatchedTarget } from '../domain/ports.js'
import type { Pacing } from '../domain/target.js'
import type { Keys } from './keys.js'
import { publishTargets } from './publish-targets.js'
import { redisCall } from './redis-failure.js'
import { scanScores } from './scan.js'
import { loadScript } from './script.js'

const CLAIM = loadScript('claim-configuration')
const PACE = loadScript('pace-target')
const FINISH = loadScript('finish-target')

/** A replica that has not claimed for this long is gone; sweeps come every few seconds. */
const LIVE_MS = 15_000

export interface TargetsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  /** Names this process among the replicas. */
  readonly replica: string
}

export function createTargets({ redis, keys, clock, replica }: TargetsDeps) {
  async function find(id: string): Promise<WatchedTarget | undefined> {
    const key = keys.target(id)
    const [target, finished, polls, errors, nextProbeAt] = await redisCall(`read ${key}`, () =>
      redis.hmget(key, 'target', 'finished', 'polls', 'errors', 'nextProbeAt'),
    )
    if (!target || finished) return undefined
    const pacing = {
      polls: Number(polls ?? 0),
      errors: Number(errors ?? 0),
      ...(nextProbeAt ? { nextProbeAt: Number(nextProbeAt) } : {}),
    }
    return { target: JSON.parse(target), pacing }
  }

  async function pace(id: string, { polls, errors, nextProbeAt }: Pacing): Promise<boolean> {
    const reply = await PACE.run(redis, {
      keys: [keys.target(id), keys.openTargets],
      args: [id, polls, errors, nextProbeAt ?? ''],
    })
    return reply === 1
  }

  async function finish(id: string): Promise<void> {
    await FINISH.run(redis, { keys: [keys.target(id), keys.openTargets], args: [id] })
  }

  async function claim({ digest }: WantedConfiguration): Promise<boolean> {
    const reply = await CLAIM.run(redis, {
      keys: [keys.configuration, keys.seenConfigurations, keys.replicas],
      args: [digest, replica, clock.now(), LIVE_MS],
    })
    return reply === 1
  }

  /** A clean stop: whoever holds another configuration need not wait until this replica counts as gone. */
  async function withdraw(): Promise<void> {
    await redisCall('withdraw this replica', () => redis.hdel(keys.replicas, replica))
  }

  async function unfinished(): Promise<WantedTarget[]> {
    const open = await scanScores(redis, keys.openTargets)
    return [...open].map(([id, nextProbeAt]) => (nextProbeAt === 0 ? { id } : { id, nextProbeAt }))
  }

  return {
    find,
    pace,
    finish,
    claim,
    withdraw,
    unfinished,
    publish: (configuration) => publishTargets(configuration, { redis, keys }),
  } satisfies Targets & { withdraw: typeof withdraw }
}
