/**
 * The event log for who looks on: what is in it, then what comes, in words or as it stands. Redis may come and go meanwhile,
 * which is said and waited out.
 */

import { BuildwatchdError } from '../domain/errors.js'
import { EVENT_TYPES, type WatchEvent } from '../domain/event.js'
import { followEvents } from '../follow/follow-events.js'
import type { Match } from '../follow/match.js'
import type { GapReason } from '../follow/next-step.js'
import type { Beginning } from '../follow/starting-point.js'
import { type EventLine, eventLine } from '../notify/event-line.js'
import { isReply, redisCall, redisFailure } from '../store/redis-failure.js'
import { openRedisAccess, type RedisAccess, type RedisRequest, readingRedis } from './redis-access.js'
import { inRedisWords } from './redis-words.js'

export type { EventLine } from '../notify/event-line.js'

export interface TailRequest extends RedisRequest {
  readonly begin: Beginning
  readonly match: Match
  /** End when all that is in the log has been told. A Redis that is away, or goes away, is an error then. */
  readonly until?: 'caught_up'
  readonly stop: AbortController
  /** One line for people: Redis is away, is back, refuses. */
  readonly say: (line: string) => void
}

export type Tailed =
  | {
      readonly kind: 'event'
      readonly cursor: string
      /** The event's JSON as it stands in the log. */
      readonly text: string
      /** Absent where there are no words for it: a newer daemon's, or somebody else's. */
      readonly line?: EventLine
    }
  | { readonly kind: 'gap'; readonly because: GapReason; readonly cursor: string }

/**
 * Rejects as {@link readingRedis} does where Redis refuses from the start or, with `until`, is away. Ends with `stop`.
 */
export async function* tailEvents(request: TailRequest): AsyncGenerator<Tailed, undefined> {
  await firstLook(request)
  let { begin } = request
  for (let isBack = false; ; isBack = true) {
    const access = await openRedisAccess(request, outageWords(request))
    if (isBack) request.say(`Redis is back, at ${access.place.where}`)
    try {
      const end = yield* followed(access, { ...request, begin })
      if (end.kind === 'over') return
      if (end.cursor !== undefined) begin = { after: end.cursor }
    } finally {
      access.close()
    }
  }
}

/** What no waiting cures is found here, before anything is said to be waited for. */
async function firstLook(request: TailRequest): Promise<void> {
  try {
    await readingRedis(request, ({ redis, keys }) =>
      redisCall('read the event log', async () => {
        await redis.hget(keys.meta, 'dataset')
        await redis.xrange(keys.events, '+', '+', 'COUNT', 1)
      }),
    )
  } catch (error) {
    const mayPass = error instanceof BuildwatchdError && error.retryable
    if (!mayPass || request.until === 'caught_up') throw error
  }
}

function outageWords({ until, say }: TailRequest) {
  return {
    error: (fields: object) => {
      if (until === undefined) say(`Redis is away${detailOf(fields)}; going on when it is back`)
    },
    info: () => {
      if (until === undefined) say('Redis is back')
    },
  }
}

function detailOf(fields: object): string {
  const { redis, reason }: { redis?: unknown; reason?: unknown } = { ...fields }
  return ` (${String(redis)}: ${String(reason)})`
}

type FollowEnd =
  | { readonly kind: 'over' }
  /** The Redis is elsewhere by now; the cursor is absent where nothing was seen. */
  | { readonly kind: 'moved'; readonly cursor: string | undefined }

async function* followed(access: RedisAccess, request: TailRequest): AsyncGenerator<Tailed, FollowEnd> {
  const { begin, match, until, stop, say } = request
  let failure: Error | undefined
  let seen: string | undefined
  const moved = new AbortController()
  const refused = new Set<string>()
  const onError = (error: Error): void => {
    if (isReply(error)) {
      if (!refused.has(error.message)) say(`Redis refuses: ${error.message}; trying again`)
      refused.add(error.message)
    } else if (until === 'caught_up') {
      failure = error
      stop.abort()
    } else void leaveMoved(access, moved)
  }
  const { redis, keys } = access
  const signal = AbortSignal.any([stop.signal, moved.signal])
  const options = { redis, prefix: keys.prefix, ...begin, match, signal, onError, positions: true } as const
  for await (const item of followEvents(until === undefined ? options : { ...options, until })) {
    refused.clear()
    seen = item.cursor
    if (item.kind === 'gap') yield { kind: 'gap', because: item.because, cursor: item.cursor }
    else if (item.kind === 'event') {
      const { cursor, text, event } = item
      const line = lineOf(event)
      yield { kind: 'event', cursor, text, ...(line && { line }) }
    }
  }
  if (failure)
    throw inRedisWords(redisFailure('read the event log', failure), access.place, access.complaint())
  return moved.signal.aborted && !stop.signal.aborted ? { kind: 'moved', cursor: seen } : { kind: 'over' }
}

async function leaveMoved(access: RedisAccess, moved: AbortController): Promise<void> {
  if (await access.hasMoved()) moved.abort()
}

function lineOf(event: WatchEvent): EventLine | undefined {
  try {
    return EVENT_TYPES.includes(event.type) ? eventLine(event) : undefined
  } catch {
    // Anybody who may write to the log can write half an event; that ends nobody's tail.
    return undefined
  }
}
