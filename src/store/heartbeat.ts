import type { Redis } from 'ioredis'
import type { Clock, Replicas } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/** What a daemon says of itself; `facts` is whatever `health` wants to show, without secrets. */
export interface Heartbeat {
  readonly replica: string
  /** Epoch ms. */
  readonly at: number
  /** Those it serves; absent until it knows them, and from versions that do not tell. */
  readonly notifiers?: readonly string[]
  readonly facts: Readonly<Record<string, unknown>>
}

export interface HeartbeatDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  readonly replica: string
  /** How long a beat counts; the default is 30 s. */
  readonly ttlMs?: number
}

const TTL_MS = 30_000

/** The sign of life of one daemon: a key that expires when nobody renews it. */
export function createHeartbeat({ redis, keys, clock, replica, ttlMs = TTL_MS }: HeartbeatDeps) {
  const key = keys.heartbeat(replica)
  let notifiers: readonly string[] | undefined
  return {
    async beat(facts: Heartbeat['facts']): Promise<void> {
      const heartbeat: Heartbeat = {
        replica,
        at: clock.now(),
        ...(notifiers === undefined ? {} : { notifiers }),
        facts,
      }
      await redisCall(`write ${key}`, async () => {
        // In this order: a name without a beat is forgotten by whoever reads.
        await redis.set(key, JSON.stringify(heartbeat), 'PX', ttlMs)
        await redis.sadd(keys.heartbeats, replica)
      })
    },
    /** Told with each beat from here on. */
    serves(names: readonly string[]): void {
      notifiers = names
    },
    async notifiersOfOthers(): Promise<readonly string[] | undefined> {
      const beats = await readHeartbeats({ redis, keys })
      const others = beats.filter((beat) => beat.replica !== replica)
      if (others.some((beat) => beat.notifiers === undefined)) return undefined
      return others.flatMap((beat) => beat.notifiers ?? [])
    },
    /** A clean stop: `health` need not wait for the expiry. */
    async stop(): Promise<void> {
      await redisCall(`remove ${key}`, async () => {
        await redis.del(key)
        await redis.srem(keys.heartbeats, replica)
      })
    },
  } satisfies Replicas & Record<string, unknown>
}

/** Those of all live daemons. Names whose beat has expired are forgotten on the way. */
export async function readHeartbeats({ redis, keys }: { redis: Redis; keys: Keys }): Promise<Heartbeat[]> {
  return redisCall('read the heartbeats', async () => {
    const replicas = await redis.smembers(keys.heartbeats)
    if (replicas.length === 0) return []
    const beats = await redis.mget(replicas.map(keys.heartbeat))
    const gone = replicas.filter((_, at) => !beats[at])
    if (gone.length > 0) await redis.srem(keys.heartbeats, ...gone)
    return beats.flatMap((beat) => (beat ? [JSON.parse(beat)] : []))
  })
}
