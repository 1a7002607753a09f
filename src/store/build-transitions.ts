import type { Redis } from 'ioredis'
import type { BuildKey } from '../domain/build.js'
import { type BuildEvent, isBuildEvent, type WatchEvent } from '../domain/event.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

type Means = { readonly redis: Redis; readonly keys: Keys }

/** The recorded transitions of a build, oldest first. */
export async function readTransitions(key: BuildKey, means: Means): Promise<BuildEvent[]> {
  const stream = means.keys.transitions(key)
  const entries = await redisCall(`read ${stream}`, () => means.redis.xrange(stream, '-', '+'))
  return entries.flatMap(eventIn)
}

function eventIn([, fields]: readonly [string, readonly string[]]): BuildEvent[] {
  const at = fields.indexOf('event')
  try {
    const event: WatchEvent | null = JSON.parse(fields[at + 1] ?? 'null')
    return at >= 0 && event !== null && isRecorded(event) ? [event] : []
  } catch {
    return []
  }
}

/** Whoever may write to Redis can write here too, and nobody's look at a build may end in that. */
function isRecorded(event: WatchEvent): event is BuildEvent {
  return (
    isBuildEvent(event) &&
    typeof event.data?.observedAt === 'string' &&
    Object(event.data.build) === event.data.build
  )
}
