import { existsSync } from 'node:fs'
import type { Redis } from 'ioredis'
import type { RedisSettings } from '../config/configuration.js'
import { redisUrlRefusal } from '../config/resolve-redis.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'
import { readEndpoint } from '../embedded/endpoint-file.js'
import { connectRedis } from '../store/connect.js'
import { createKeys, type Keys } from '../store/keys.js'
import { createOutageLog } from '../store/outage-log.js'
import { redactUrl } from '../store/redis-url.js'
import { inRedisWords, type RedisPlace } from './redis-words.js'
import { RefusedSettings } from './refused-settings.js'
import { type CheckedSettings, checkSettings, type Environment } from './settings.js'

export interface RedisRequest {
  /** The settings file that the user named, if any: only then does it win over REDIS_URL. */
  readonly file: string | undefined
  readonly defaultFile: string
  readonly env: Environment
}

export interface RedisAccess {
  readonly redis: Redis
  readonly keys: Keys
  readonly place: RedisPlace
  /** The last thing that the connection has complained of. */
  complaint(): string | undefined
  /** Whether it would be looked for at another address by now: an embedded engine may come back on another port. */
  hasMoved(): Promise<boolean>
  close(): void
}

const DEFAULT_PREFIX = 'buildwatch'
const SILENT = { error: () => undefined, info: () => undefined }

/** Runs `read` on that Redis. Rejects as {@link openRedisAccess} does, and with REDIS_UNREACHABLE or REDIS_REFUSED. */
export async function readingRedis<T>(
  request: RedisRequest,
  read: (access: RedisAccess) => Promise<T>,
): Promise<T> {
  const access = await openRedisAccess(request)
  try {
    return await read(access)
  } catch (error) {
    throw inRedisWords(error, access.place, access.complaint())
  } finally {
    access.close()
  }
}

/**
 * The Redis of a running daemon, for commands that read it; an embedded engine is found, never started. Rejects with
 * REDIS_UNREACHABLE when no daemon runs the engine, USAGE when nothing says where Redis is.
 */
export async function openRedisAccess(
  request: RedisRequest,
  /** Told when Redis goes away, and when it is back. */
  logger: Pick<Logger, 'error' | 'info'> = SILENT,
): Promise<RedisAccess> {
  const { url, prefix, source } = await locate(request)
  const where = redactUrl(url)
  const outageLog = createOutageLog({ logger, clock: { now: Date.now }, where })
  const redis = connectRedis({ url, role: 'ordinary', outageLog })
  let complaint: string | undefined
  redis.on('error', (error: Error & { code?: string }) => {
    complaint = error.message || (error.code ?? error.name)
  })
  return {
    redis,
    keys: createKeys(prefix),
    place: { where, source },
    complaint: () => complaint,
    hasMoved: () =>
      locate(request).then(
        (now) => now.url !== url,
        () => false,
      ),
    close: () => redis.disconnect(),
  }
}

interface Location {
  readonly url: string
  readonly prefix: string
  /** What leads there, for who has to correct it. */
  readonly source: string
}

async function locate({ file, defaultFile, env }: RedisRequest): Promise<Location> {
  const url = file === undefined ? urlFrom(env) : undefined
  if (url !== undefined) return { url, prefix: await prefixIn(defaultFile, env), source: 'REDIS_URL' }
  if (file === undefined && !existsSync(defaultFile))
    throw new BuildwatchdError('USAGE', 'no Redis: set REDIS_URL, or name a settings file with -c')
  const checked = await checkSettings(file ?? defaultFile, env)
  const redis = redisOf(checked)
  if (!redis) throw new RefusedSettings(checked.problems)
  const source = redis.kind === 'server' ? 'redis.url in' : 'redis.data_dir in'
  return { url: await urlOf(redis), prefix: redis.prefix, source: `${source} ${file ?? defaultFile}` }
}

/** `undefined` when nothing is said, or `embedded`, whose address the settings lead to. */
function urlFrom(env: Environment): string | undefined {
  const text = env['REDIS_URL']
  if (!text || text === 'embedded') return undefined
  const refusal = redisUrlRefusal(text)
  if (refusal === undefined) return text
  throw new BuildwatchdError('CONFIG_INVALID', `REDIS_URL ${refusal}`)
}

/**
 * What else is wrong with the file is no matter to who only looks: a token that is not set in this shell, or an edit that the
 * running daemon has refused, too.
 */
function redisOf(checked: CheckedSettings): RedisSettings | undefined {
  return checked.kind === 'valid' ? checked.configuration.redis : checked.redis
}

/** Rejects where the file does not tell: the default might show another installation as this one. */
async function prefixIn(defaultFile: string, env: Environment): Promise<string> {
  if (!existsSync(defaultFile)) return DEFAULT_PREFIX
  const checked = await checkSettings(defaultFile, env)
  const redis = redisOf(checked)
  if (redis) return redis.prefix
  throw new RefusedSettings(checked.problems)
}

async function urlOf(settings: RedisSettings): Promise<string> {
  if (settings.kind === 'server') return settings.url.reveal()
  const endpoint = await readEndpoint(settings.dataDir)
  if (endpoint) return endpoint.url
  throw new BuildwatchdError(
    'REDIS_UNREACHABLE',
    `no daemon with an embedded Redis runs on ${settings.dataDir}; start it with buildwatchd run, or set REDIS_URL`,
  )
}
