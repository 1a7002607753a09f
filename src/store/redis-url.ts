import { isIP } from 'node:net'
import type { RedisOptions } from 'ioredis'
import { BuildwatchdError } from '../domain/errors.js'

/** ioredis types the client by how it maps replies; here all take the default. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>

/** The address without what is secret in it, for logs and messages. */
export function redactUrl(url: string): string {
  const parsed = parse(url)
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : '(unreadable address)'
}

/**
 * `redis://[user][:password]@host[:port][/db]` as ioredis options; `rediss://` asks for TLS, where Node's own authorities and
 * NODE_EXTRA_CA_CERTS are trusted. Throws CONFIG_INVALID, without the address: it may hold a password.
 */
export function parseRedisUrl(url: string): ClientOptions {
  const parsed = parse(url)
  if (!parsed)
    throw new BuildwatchdError(
      'CONFIG_INVALID',
      'redis.url is no address that begins with redis:// or rediss://, such as redis://user:password@host:6379/0',
    )
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    db: databaseOf(parsed.pathname),
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(parsed.protocol === 'rediss:' ? { tls: isIP(host) ? {} : { servername: host } } : {}),
  }
}

function parse(url: string): URL | undefined {
  try {
    const parsed = new URL(url)
    const isRedis = parsed.protocol === 'redis:' || parsed.protocol === 'rediss:'
    return isRedis && parsed.hostname !== '' ? parsed : undefined
  } catch {
    return undefined
  }
}

function databaseOf(path: string): number {
  const name = path.replace(/^\//, '')
  if (!/^\d*$/.test(name))
    throw new BuildwatchdError(
      'CONFIG_INVALID',
      'The path of redis.url must be a database number, such as /0',
    )
  return Number(name)
}
