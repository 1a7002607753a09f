import type { Redis } from 'ioredis'
import type { Clock } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/** What a daemon says of itself; `facts` is whatever `health` wants to show, without secrets. */
export interface Heartbeat {
  readonly replica: string
  /** Epoch ms. */
  readonly at: number
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
  return {
    async beat(facts: Heartbeat['facts']): Promise<void> {
      const heartbeat: Heartbeat = { replica, at: clock.now(), facts }
      await redisCall(`write ${key}`, async () => {
        await redis.sadd(keys.heartbeats, replica)
        await redis.set(key, JSON.stringify(heartbeat), 'PX', ttlMs)
      })
    },
    /** A clean stop: `health` need not wait for the expiry. */
    async stop(): Promise<void> {
      await redisCall(`remove ${key}`, async () => {
        await redis.del(key)
        await redis.srem(keys.heartbeats, replica)
      })
    },
  }
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
