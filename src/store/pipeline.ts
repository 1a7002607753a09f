import type { ChainableCommander, Redis } from 'ioredis'
import { redisCall } from './redis-failure.js'

/** Items per round trip: a few milliseconds of the server's time, with others served in between. */
const PAGE = 1000

/** Adds one command for an item, or as many for each. */
export type AddCommands<T> = (batch: ChainableCommander, item: T) => unknown

/** The same command for each of many, some on each round trip; the replies in order. `doing` names it where it fails. */
export async function forEach<T>(
  redis: Redis,
  items: readonly T[],
  { doing, add }: { readonly doing: string; readonly add: AddCommands<T> },
): Promise<unknown[]> {
  const replies: unknown[] = []
  for (let at = 0; at < items.length; at += PAGE) {
    const batch = redis.pipeline()
    for (const item of items.slice(at, at + PAGE)) add(batch, item)
    for (const reply of await redisCall(doing, () => repliesOf(batch))) replies.push(reply)
  }
  return replies
}

/** The replies of a pipeline in order; rejects with the first error among them. */
export async function repliesOf(batch: ChainableCommander): Promise<unknown[]> {
  const replies = (await batch.exec()) ?? []
  return replies.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}
