import type { Redis } from 'ioredis'
import { transitionEvent } from '../../../src/domain/event.js'
import { detectChange, UNRECORDED } from '../../../src/domain/transition.js'
import type { Followed, FollowedPosition } from '../../../src/follow/follow.js'
import { eventually } from '../../support/eventually.js'
import { KEYS, refOf, snapshotOf } from '../store/store-fixtures.js'

/** A log of data that has a name, and what ends whoever follows it. */
export async function namedLog(redis: Redis) {
  const writer = logWriter(redis)
  await writer.name('dataset-1')
  return { redis, writer, stop: new AbortController() }
}

/** Writes into the log as the record script does, without the rest of a recording: the n-th event is of build `build-<n>`. */
export function logWriter(redis: Redis) {
  let written = 0
  return {
    name: (dataset: string) => redis.hset(KEYS.meta, 'dataset', dataset),
    /** Answers the ids of the events. */
    async append(count: number): Promise<string[]> {
      const pipeline = redis.pipeline()
      const ids: string[] = []
      for (let each = 0; each < count; each += 1) {
        const event = eventOf(written)
        written += 1
        ids.push(event.id)
        const text = JSON.stringify(event)
        pipeline
          .xadd(KEYS.events, '*', 'event', text, 'routes', '[]')
          .publish(KEYS.channel(event.subject), text)
      }
      await pipeline.exec()
      return ids
    },
    written: () => written,
  }
}

function eventOf(n: number) {
  const snapshot = snapshotOf({ status: 'PENDING' }, refOf(`build-${n}`))
  const change = detectChange(UNRECORDED, snapshot)
  if (change.kind !== 'transition') throw new Error('a first status is a transition')
  return transitionEvent('default', snapshot, change.transition)
}

/** Of an event that the writer wrote. */
export function numberOf(id: string): number {
  return Number(/build-(\d+)#/.exec(id)?.[1])
}

export interface Tape {
  readonly items: (Followed | FollowedPosition)[]
  ids(): string[]
  gaps(): Extract<Followed, { kind: 'gap' }>[]
  positions(): FollowedPosition[]
  /** Resolves when the event of this id has come. */
  has(id: string | undefined, withinMs?: number): Promise<void>
  /** Resolves when the iteration has ended. */
  readonly ended: Promise<void>
}

/** Takes everything that comes. */
export function record(events: AsyncIterable<Followed | FollowedPosition>): Tape {
  const items: Tape['items'] = []
  const take = async (): Promise<void> => {
    for await (const item of events) items.push(item)
  }
  const ids = (): string[] => items.flatMap((item) => (item.kind === 'event' ? [item.event.id] : []))
  return {
    items,
    ids,
    gaps: () => items.filter((item) => item.kind === 'gap'),
    positions: () => items.filter((item) => item.kind === 'position'),
    async has(id, withinMs = 4000) {
      const what = `the event ${id}`
      await eventually(() => id !== undefined && ids().includes(id), {
        what,
        withinMs,
        evidence: () => JSON.stringify(items.slice(-3)),
      })
    },
    ended: take(),
  }
}

/** How many connections others than this client have. */
export async function otherClients(redis: Redis): Promise<number> {
  return (
    String(await redis.client('LIST'))
      .trim()
      .split('\n').length - 1
  )
}

/** Resolves when a follower hears rings, so that none of its own beginning helps it. */
export async function listening(redis: Redis): Promise<void> {
  const isHeard = async () => Number(await redis.pubsub('NUMPAT')) > 0
  await eventually(isHeard, { what: 'a subscription', withinMs: 4000 })
}

/** Resolves when a follower knows where it stands. */
export async function looked(redis: Redis): Promise<void> {
  const hasAsked = async () => String(await redis.client('LIST')).includes('cmd=hget')
  await eventually(hasAsked, { what: 'a look', withinMs: 4000 })
}
