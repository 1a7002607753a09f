/**
 * What is wanted, in Redis, so that any replica can poll it. A target is a hash (its description, its pacing); the set of
 * wanted ids tells what must be taken away after a reload; the sorted set of open ones is what a sweep reads, so that it
 * costs a few round trips and not one per target.
 */
import type { Redis } from 'ioredis'
import type { Clock, Targets, WantedConfiguration, WantedTarget, WatchedTarget } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import type { Pacing } from '../domain/target.js'
import type { Keys } from './keys.js'
import { publishTargets } from './publish-targets.js'
import { DEFAULT_RETENTION, type Retention } from './record-script.js'
import { redisCall } from './redis-failure.js'
import { resumeTargets } from './resume-targets.js'
import { scanScores } from './scan.js'
import { loadScript } from './script.js'
import { pacingFields, storedTarget, TARGET_FIELDS } from './target-hash.js'

const CLAIM = loadScript('claim-configuration')
const PACE = loadScript('pace-target')
const CLOSE = loadScript('close-target')

/** A replica that has not claimed for this long is gone; sweeps come every few seconds. */
const LIVE_MS = 15_000

export interface TargetsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  /** Names this process among the replicas. */
  readonly replica: string
  /** How long the records of builds stay that are no longer wanted; the default is 30 days. */
  readonly retention?: Pick<Retention, 'buildsMs'>
}

export function createTargets(deps: TargetsDeps) {
  const { redis, keys } = deps
  const retention = deps.retention ?? DEFAULT_RETENTION

  async function find(id: string): Promise<WatchedTarget | undefined> {
    const key = keys.target(id)
    const values = await redisCall(`read ${key}`, () => redis.hmget(key, ...TARGET_FIELDS))
    const stored = storedTarget(values)
    if (stored?.state !== 'open') return undefined
    return { target: stored.target, pacing: stored.pacing }
  }

  async function pace(id: string, pacing: Pacing): Promise<boolean> {
    const reply = await PACE.run(redis, {
      keys: [keys.target(id), keys.openTargets],
      args: [id, pacing.nextProbeAt ?? '', ...pacingFields(pacing)],
    })
    return reply === 1
  }

  async function close(id: string, as: 'finished' | 'abandoned'): Promise<void> {
    await CLOSE.run(redis, { keys: [keys.target(id), keys.openTargets], args: [id, as] })
  }

  async function unfinished(): Promise<WantedTarget[]> {
    const open = await scanScores(redis, keys.openTargets)
    return [...open].map(([id, nextProbeAt]) => (nextProbeAt === 0 ? { id } : { id, nextProbeAt }))
  }

  async function accountRoutes(account: string): Promise<readonly Route[]> {
    const routes = await redisCall(`read ${keys.accounts}`, () => redis.hget(keys.accounts, account))
    return routes ? JSON.parse(routes) : []
  }

  return {
    find,
    pace,
    finish: (id) => close(id, 'finished'),
    abandon: (id) => close(id, 'abandoned'),
    async resume() {
      await resumeTargets({ redis, keys })
    },
    accountRoutes,
    unfinished,
    // The settings may have changed since the last time.
    publish: (configuration) => publishTargets(configuration, { redis, keys, buildsMs: retention.buildsMs }),
    ...createClaims(deps),
  } satisfies Targets & { withdraw(): Promise<void> }
}

/** Whose configuration is the newest among the replicas. */
function createClaims({ redis, keys, clock, replica }: TargetsDeps) {
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

  return { claim, withdraw }
}
