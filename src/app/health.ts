import { hostname } from 'node:os'
import { type Heartbeat, readHeartbeats } from '../store/heartbeat.js'
import { type RedisRequest, readingRedis } from './redis-access.js'
import { VERSION } from './version.js'

/** What a daemon tells of itself with every beat. */
export function heartbeatFacts(): Record<string, unknown> {
  return { version: VERSION, pid: process.pid, host: hostname() }
}

/** The live daemons, of this host unless all are asked for. Rejects as {@link readingRedis} does. */
export function liveDaemons(request: RedisRequest & { readonly anyHost: boolean }): Promise<Heartbeat[]> {
  return readingRedis(request, async (access) => {
    const heartbeats = await readHeartbeats(access)
    return request.anyHost ? heartbeats : heartbeats.filter(({ facts }) => facts['host'] === hostname())
  })
}
