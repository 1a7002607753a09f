import type { WatchEvent } from '../domain/event.js'
import type { RedisPlace } from './connections.js'
import { eventIn } from './log-event.js'
import { type Match, matcherOf, subscriptionsOf } from './match.js'
import { cursorOf, type GapReason, type Look, nextStep, type Position, type Step } from './next-step.js'
import { type PublicKeys, publicKeys } from './public-keys.js'
import { lookAt } from './read-log.js'
import { openSession, type Session, stoppedBy } from './session.js'
import { type Beginning, locate, type StartingPoint, startingPoint } from './starting-point.js'

/** Where to begin is said in one way at most; with none from the first `next()` on. */
export interface FollowOptions extends Beginning {
  /** Two connections are opened there, and closed at the end. A client that is given stays open. */
  readonly redis: RedisPlace
  /** `redis.prefix` of the daemon's settings; `buildwatch` where it is absent. */
  readonly prefix?: string
  readonly match?: Match
  /** Ends the iteration when all that is in the log has been told. */
  readonly until?: 'caught_up'
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal
  /** Told of each failure; it is tried again by itself, for ever. */
  readonly onError?: (error: Error) => void
}

export type Followed =
  | {
      readonly kind: 'event'
      /** `<dataset>:<stream id>`: what to give as `after` to go on behind this event. */
      readonly cursor: string
      readonly event: WatchEvent
      /** The same as it stands in the log. */
      readonly text: string
    }
  | {
      /**
       * Events may be missing here. `trimmed`: the log no longer reaches back to where the reader was. `dataset_changed`: Redis lost
       * its data, or went back to an earlier state of it; what follows may repeat events under the ids that they had. Either way it
       * goes on with the oldest event that is there.
       */
      readonly kind: 'gap'
      readonly because: GapReason
      readonly cursor: string
      /** Behind which events may be missing; absent where nothing had been seen of named data. */
      readonly after?: string
    }

/** Entries of one round trip, at most; they are kept in memory until the reader has taken them. */
const PAGE_SIZE = 100

/**
 * The events of the log, one by one, then those to come. Each once and in the order of the log, between gaps. Throws on a
 * malformed prefix, beginning or match; failures of Redis are waited out.
 */
export function followEvents(options: FollowOptions): AsyncIterableIterator<Followed> {
  const wanted = wantedOf(options)
  const stop = stoppedBy(options.signal)
  const walk = follow({ options, wanted, stop })
  return {
    next: () => walk.next(),
    // By hand: a generator would first wait for the event that it is waiting for.
    async return() {
      stop.abort()
      return walk.return(undefined)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

interface Wanted {
  readonly keys: PublicKeys
  readonly match: Match
  readonly isWanted: (event: WatchEvent) => boolean
  readonly start: StartingPoint
  readonly until: 'caught_up' | undefined
}

function wantedOf({ prefix, match = {}, until, ...beginning }: FollowOptions): Wanted {
  return {
    keys: publicKeys(prefix),
    match,
    isWanted: matcherOf(match),
    start: startingPoint(beginning),
    until,
  }
}

interface Walk {
  readonly options: FollowOptions
  readonly wanted: Wanted
  readonly stop: AbortController
}

async function* follow({ options, wanted, stop }: Walk): AsyncGenerator<Followed, undefined> {
  const { redis, onError } = options
  const subscriptions = subscriptionsOf(wanted.match, wanted.keys)
  try {
    if (stop.signal.aborted) return
    const session = await openSession({ redis, subscriptions, onError, stop: stop.signal })
    yield* walkThrough(session, wanted, stop.signal)
  } finally {
    stop.abort()
  }
}

async function* walkThrough(session: Session, wanted: Wanted, stop: AbortSignal): AsyncGenerator<Followed> {
  const { keys, start, isWanted, until } = wanted
  let position = await session.ask((redis) => locate(start, { redis, keys }, isWanted))
  while (position !== undefined) {
    // The entry itself is asked for too.
    const page = { from: position.id, pageSize: PAGE_SIZE + 1 }
    const look = await session.ask((redis) => lookAt(redis, keys, page))
    if (look === undefined) return
    const step = nextStep(position, look)
    if (step.kind === 'gap') yield gapBetween(position, step)
    if (step.kind === 'entries') yield* told(step, wanted, stop)
    if (step.kind !== 'wait') position = step.position
    if (!isAtEnd(step, look)) continue
    if (until === 'caught_up') return
    await session.doorbell.rung()
  }
}

function isAtEnd({ kind }: Step, { entries }: Look): boolean {
  return kind === 'wait' || (kind === 'entries' && entries.length <= PAGE_SIZE)
}

function gapBetween(before: Position, { because, position }: Extract<Step, { kind: 'gap' }>): Followed {
  const after = cursorOf(before)
  return { kind: 'gap', because, cursor: cursorOf(position), ...(after === undefined ? {} : { after }) }
}

function* told(
  { entries, position }: Extract<Step, { kind: 'entries' }>,
  { isWanted }: Wanted,
  stop: AbortSignal,
): Generator<Followed> {
  for (const { id, text } of entries) {
    if (stop.aborted) return
    const event = eventIn(text)
    if (text === undefined || !event || !isWanted(event)) continue
    yield { kind: 'event', cursor: cursorOf({ ...position, id }), event, text }
  }
}
