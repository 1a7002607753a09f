import type { Redis } from 'ioredis'
import type { BuildKey } from '../domain/build.js'
import type { BuildEvent } from '../domain/event.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

type Means = { readonly redis: Redis; readonly keys: Keys }

/** The recorded transitions of a build behind this `seq`, oldest first. */
export async function readTransitionsAfter(key: BuildKey, seq: number, means: Means): Promise<BuildEvent[]> {
  const stream = means.keys.transitions(key)
  const entries = await redisCall(`read ${stream}`, () => means.redis.xrange(stream, `${seq + 1}-0`, '+'))
  return entries.flatMap(eventIn)
}

/** The last one, where there is any. */
export async function readLastTransition(key: BuildKey, means: Means): Promise<BuildEvent[]> {
  const stream = means.keys.transitions(key)
  const entries = await redisCall(`read ${stream}`, () => means.redis.xrevrange(stream, '+', '-', 'COUNT', 1))
  return entries.flatMap(eventIn)
}

function eventIn([, fields]: readonly [string, readonly string[]]): BuildEvent[] {
  const text = fields[fields.indexOf('event') + 1]
  return text === undefined ? [] : [JSON.parse(text)]
}
