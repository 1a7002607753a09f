import type { Redis } from 'ioredis'
import type { RedisEngine } from '../../support/redis-engines.js'

const NAME = 'limited'
const EVERYTHING = ['~*', '&*', '+@all']

/** A client of a user who may do everything but what `rules` take away. */
export async function limitedUser(admin: Redis, engine: RedisEngine, ...rules: string[]): Promise<Redis> {
  return userWith(admin, engine, ...EVERYTHING, ...rules)
}

/** A client of a user who may do what `rules` give and nothing else. */
export async function userWith(admin: Redis, engine: RedisEngine, ...rules: string[]): Promise<Redis> {
  await admin.acl('SETUSER', NAME, 'reset', 'on', '>secret', ...rules)
  return engine.connect({ username: NAME, password: 'secret' })
}

/** Redis answers as well when there is none. */
export async function removeLimitedUser(admin: Redis): Promise<void> {
  await admin.acl('DELUSER', NAME)
}
