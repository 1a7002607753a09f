/**
 * A short connection to a Redis of the user's own. Nothing is tried again here: whether a command was carried out that
 * nobody answered is unknown, and whoever called knows what a repeat would do.
 */
import { Redis } from 'ioredis'
import type { RedisCommand, UserRedis, UserRedisPlace } from '../domain/user-redis.js'
import { isReply } from './redis-failure.js'
import { type ClientOptions, parseRedisUrl } from './redis-url.js'

/** For each address, so that one that swallows everything leaves time for the next. */
const CONNECT_TIMEOUT_MS = 5000

const ONCE: ClientOptions = {
  // HELLO, with which version 3 begins, is refused before AUTH.
  protocol: 2,
  lazyConnect: true,
  connectTimeout: CONNECT_TIMEOUT_MS,
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // What the server needs time for it says itself, in answer to the first command; INFO may be forbidden.
  enableReadyCheck: false,
  disableClientInfo: true,
}

export interface UserRedisTrust {
  /** Certificates of authorities, PEM, in place of those that Node knows. */
  readonly authorities?: string
}

export async function openUserRedis(
  { url, addresses, signal }: UserRedisPlace,
  { authorities }: UserRedisTrust = {},
): Promise<UserRedis> {
  const { username, password, db, tls, ...options } = parseRedisUrl(url)
  const trusted = authorities === undefined ? {} : { ca: authorities }
  // Said, because NODE_TLS_REJECT_UNAUTHORIZED would be heeded otherwise.
  const secured = tls === undefined ? {} : { tls: { ...tls, ...trusted, rejectUnauthorized: true } }
  const redis = await connectToAny(addresses, { ...options, ...secured, ...ONCE }, signal)
  try {
    // By hand: the client would print a warning of its own to stderr when the server asks for no password.
    if (password !== undefined)
      await redis.call('AUTH', ...(username === undefined ? [] : [username]), password)
    if (db) await redis.call('SELECT', String(db))
    return { write: (commands) => write(redis, commands), close: () => leave(redis) }
  } catch (error) {
    leave(redis)
    throw error
  }
}

/** Rejects with what the last of the addresses had to say. */
async function connectToAny(
  addresses: readonly string[],
  options: ClientOptions,
  signal: AbortSignal,
): Promise<Redis> {
  let failure: unknown = new Error('the host has no address')
  for (const host of addresses) {
    signal.throwIfAborted()
    try {
      return await connectTo({ ...options, host }, signal)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function connectTo(options: ClientOptions, signal: AbortSignal): Promise<Redis> {
  const redis = new Redis(options)
  let cause: unknown
  // The cause is told here only; `connect` knows no more than that the connection is closed.
  redis.on('error', (error) => {
    cause = error
  })
  const stop = (): void => leave(redis)
  signal.addEventListener('abort', stop, { once: true })
  redis.once('end', () => signal.removeEventListener('abort', stop))
  try {
    await redis.connect()
    return redis
  } catch (error) {
    stop()
    throw cause ?? error
  }
}

/** A client that has ended would be given two seconds to end again, and hold the process for them. */
function leave(redis: Redis): void {
  if (redis.status !== 'end') redis.disconnect()
}

async function write(redis: Redis, commands: readonly RedisCommand[]): Promise<void> {
  const [only, ...others] = commands
  if (only && others.length === 0) return void (await redis.call(...only))
  await redis.call('MULTI')
  for (const command of commands) await redis.call(...command)
  const replies = await redis.call('EXEC')
  const refusal = Array.isArray(replies) ? replies.find(isReply) : undefined
  if (refusal) throw refusal
}
