/**
 * Where a reader begins that has no cursor. It stands behind the entry before the first that it wants, for while that one is
 * there nothing behind it can be missing: so what is trimmed before it is read is told as a gap like any other.
 */
import type { Redis } from 'ioredis'
import type { WatchEvent } from '../domain/event.js'
import { eventIn } from './log-event.js'
import { type Position, parseCursor, positionNow, START } from './next-step.js'
import type { PublicKeys } from './public-keys.js'
import { entryOf, lookAt } from './read-log.js'

export interface Beginning {
  /** The cursor of what was seen last, or `beginning` for all that is in the log. */
  readonly after?: string
  /** With what Redis was given at this instant, epoch ms, or later. */
  readonly since?: number
  /** With so many of the events that are there and wanted, the newest. */
  readonly last?: number
}

export type StartingPoint =
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'now' }
  | { readonly kind: 'since'; readonly at: number }
  | { readonly kind: 'last'; readonly count: number }

/** Throws a TypeError where more than one is said, a RangeError on what is no cursor, instant or number. */
export function startingPoint({ after, since, last }: Beginning): StartingPoint {
  if ([after, since, last].filter((each) => each !== undefined).length > 1)
    throw new TypeError('after, since and last each say where to begin: give one of them')
  if (after !== undefined)
    return { kind: 'position', position: after === 'beginning' ? { id: START } : parseCursor(after) }
  if (since !== undefined) return { kind: 'since', at: whole('since', since, 'epoch milliseconds') }
  if (last !== undefined && last !== 0)
    return { kind: 'last', count: whole('last', last, 'a number of events') }
  return { kind: 'now' }
}

function whole(name: string, value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`${name} is ${value}; it takes ${what}, whole and not below 0`)
}

export interface LogPlace {
  readonly redis: Redis
  readonly keys: PublicKeys
}

/** Nothing but the state of the log. */
const NO_ENTRY = { from: '+', pageSize: 1 }
/** What is wanted last is mostly near the end; what is not may be anywhere, and each page is a round trip. */
const FIRST_PAGE = 100
const LATER_PAGES = 1000

export async function locate(
  start: StartingPoint,
  place: LogPlace,
  isWanted: (event: WatchEvent) => boolean,
): Promise<Position> {
  switch (start.kind) {
    case 'position':
      return start.position
    case 'now':
      return positionNow(await lookAt(place.redis, place.keys, NO_ENTRY))
    case 'since':
      return inOneDataset(place, () => beforeInstant(start.at, place))
    case 'last':
      return inOneDataset(place, () => beforeLast(start.count, place, isWanted))
  }
}

async function inOneDataset({ redis, keys }: LogPlace, find: () => Promise<Position>): Promise<Position> {
  for (;;) {
    const before = await redis.hget(keys.meta, 'dataset')
    const found = await find()
    const dataset = await redis.hget(keys.meta, 'dataset')
    if (before === dataset) return dataset === null ? found : { ...found, dataset }
  }
}

/** Where nothing is left from before, what is gone may have been wanted: so it counts from the first that there ever was. */
async function beforeInstant(at: number, place: LogPlace): Promise<Position> {
  const id = await idBefore(`${at}-0`, place)
  return id === undefined ? { id: START, added: 0 } : { id }
}

async function beforeLast(
  count: number,
  place: LogPlace,
  isWanted: (event: WatchEvent) => boolean,
): Promise<Position> {
  let left = count
  for (let [end, size] = ['+', FIRST_PAGE]; ; size = LATER_PAGES) {
    const page = await place.redis.xrevrange(place.keys.events, end, '-', 'COUNT', size)
    for (const entry of page) {
      const { id, text } = entryOf(entry)
      const event = eventIn(text)
      if (event && isWanted(event)) left -= 1
      if (left === 0) return { id: (await idBefore(id, place)) ?? START }
      end = `(${id}`
    }
    if (page.length < size) return { id: START }
  }
}

async function idBefore(id: string, { redis, keys }: LogPlace): Promise<string | undefined> {
  // Nothing is before it, and Redis takes that for a fault.
  if (id === START) return undefined
  const [entry] = await redis.xrevrange(keys.events, `(${id}`, '-', 'COUNT', 1)
  return entry?.[0]
}
