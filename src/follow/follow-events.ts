import type { WatchEvent } from '../domain/event.js'
import { checkFollowOptions } from './check-options.js'
import { eventIn } from './log-event.js'
import { type Match, matcherOf, subscriptionsOf } from './match.js'
import { cursorOf, type GapReason, type Look, nextStep, type Position, type Step } from './next-step.js'
import type { FollowOptions, FollowWithPositions } from './options.js'
import { type PublicKeys, publicKeys } from './public-keys.js'
import { lookAt } from './read-log.js'
import { openSession, type Session, stoppedBy } from './session.js'
import { locate, type StartingPoint, startingPoint } from './starting-point.js'

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

/**
 * Everything up to the cursor has been told, and there was more of it than the item before says: where it begins, and whenever
 * a look has found events that do not match. Looks come with each event that might match, and every 5 s.
 */
export interface FollowedPosition {
  readonly kind: 'position'
  readonly cursor: string
}

type Item = Followed | FollowedPosition

/**
 * Entries of one round trip, at most; they are kept in memory until the reader has taken them. What a round trip costs besides is
 * little beside so many.
 */
const PAGE_SIZE = 500

/**
 * The events of the log, one by one, then those to come. Each once and in the order of the log, between gaps. Throws on
 * options that there are not, or that are malformed, a TypeError or RangeError; failures of Redis are waited out.
 */
export function followEvents(options: FollowWithPositions): AsyncIterableIterator<Followed | FollowedPosition>
export function followEvents(options: FollowOptions): AsyncIterableIterator<Followed>
export function followEvents(options: FollowOptions | FollowWithPositions): AsyncIterableIterator<Item> {
  checkFollowOptions(options)
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
    async throw(reason) {
      stop.abort()
      return walk.throw(reason)
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
  readonly positions: boolean
  readonly start: StartingPoint
  readonly until: 'caught_up' | undefined
}

function wantedOf(options: FollowOptions | FollowWithPositions): Wanted {
  const { prefix, match = {}, until, positions = false, ...beginning } = options
  return {
    keys: publicKeys(prefix),
    match,
    isWanted: matcherOf(match),
    positions,
    start: startingPoint(beginning),
    until,
  }
}

interface Walk {
  readonly options: FollowOptions | FollowWithPositions
  readonly wanted: Wanted
  readonly stop: AbortController
}

async function* follow({ options, wanted, stop }: Walk): AsyncGenerator<Item, undefined> {
  const { redis, onError } = options
  const subscriptions = subscriptionsOf(wanted.match, wanted.keys)
  try {
    if (stop.signal.aborted) return
    const session = await openSession({ redis, subscriptions, onError, stop: stop.signal })
    // By the page: an item that passes through several asynchronous generators pays for each.
    for await (const page of pagesOf(session, wanted, stop.signal)) for (const item of page) yield item
  } finally {
    stop.abort()
  }
}

async function* pagesOf(session: Session, wanted: Wanted, stop: AbortSignal): AsyncGenerator<Iterable<Item>> {
  const { keys, start, isWanted, until } = wanted
  let position = await session.ask((redis) => locate(start, { redis, keys }, isWanted))
  const teller: Teller = {
    wanted,
    stop,
    cursor: start.kind === 'position' ? cursorOf(start.position) : undefined,
  }
  while (position !== undefined) {
    // The entry itself is asked for too.
    const page = { from: position.id, pageSize: PAGE_SIZE + 1 }
    const look = await session.ask((redis) => lookAt(redis, keys, page))
    if (look === undefined) return
    const step = nextStep(position, look)
    if (step.kind !== 'wait') {
      yield itemsOf(position, step, teller)
      position = step.position
    }
    if (!isAtEnd(step, look)) continue
    if (until === 'caught_up') return
    await session.doorbell.rung()
  }
}

function isAtEnd({ kind }: Step, { entries }: Look): boolean {
  return kind === 'wait' || (kind === 'entries' && entries.length <= PAGE_SIZE)
}

interface Teller {
  readonly wanted: Wanted
  readonly stop: AbortSignal
  /** The last that the reader was given, or gave. */
  cursor: string | undefined
}

function itemsOf(before: Position, step: Exclude<Step, { kind: 'wait' }>, teller: Teller): Iterable<Item> {
  if (step.kind === 'entries') return told(step, teller)
  teller.cursor = cursorOf(step.position)
  return [gapBetween(before, step)]
}

function gapBetween(before: Position, { because, position }: Extract<Step, { kind: 'gap' }>): Followed {
  const after = cursorOf(before)
  return { kind: 'gap', because, cursor: cursorOf(position), ...(after === undefined ? {} : { after }) }
}

function* told({ entries, position }: Extract<Step, { kind: 'entries' }>, teller: Teller): Generator<Item> {
  const { isWanted, positions } = teller.wanted
  for (const { id, text } of entries) {
    if (teller.stop.aborted) return
    const event = eventIn(text)
    if (text === undefined || !event || !isWanted(event)) continue
    teller.cursor = cursorOf({ ...position, id })
    yield { kind: 'event', cursor: teller.cursor, event, text }
  }
  const cursor = cursorOf(position)
  if (!positions || cursor === teller.cursor || teller.stop.aborted) return
  teller.cursor = cursor
  yield { kind: 'position', cursor }
}
