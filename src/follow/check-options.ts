/**
 * What a program gives, checked before anything is opened: types hold nobody who writes JavaScript, and what is passed over in
 * silence is found much later, as events that never come.
 */
import { EVENT_TYPES } from '../domain/event.js'
import { DIGEST_TRIGGER, TRIGGERS } from '../domain/route.js'
import type { RedisPlace } from './connections.js'
import type { Match } from './match.js'
import type { FollowWithPositions, WaitOptions } from './options.js'

type Checks<Options> = { readonly [Name in keyof Required<Options>]: (value: unknown) => void }

const MATCH: Checks<Match> = {
  team: named('match.team'),
  project: named('match.project'),
  job: named('match.job'),
  service: named('match.service'),
  branch: isBranches,
  types: listOf('match.types', EVENT_TYPES),
  on: listOf('match.on', [...TRIGGERS, DIGEST_TRIGGER]),
}

const COMMON = { redis: isPlace, prefix: isPrefix, signal: isSignal, onError: isFunction }
const FOLLOW: Checks<FollowWithPositions> = {
  ...COMMON,
  match: (value) => checkAll('match', MATCH, value),
  // Where to begin is checked where it is read.
  after: pass,
  since: pass,
  last: pass,
  until: isUntil,
  positions: pass,
}
const WAIT: Checks<WaitOptions> = { ...COMMON, timeoutMs: isTime }

/** Throws a TypeError that names what is wrong, and what there is. */
export function checkFollowOptions(options: unknown): void {
  checkOptions('followEvents', FOLLOW, options)
}

/** Throws as {@link checkFollowOptions} does, and a RangeError on a time that is none. */
export function checkWaitOptions(options: unknown): void {
  checkOptions('waitForBuild', WAIT, options)
}

function checkOptions(name: string, checks: Checks<{ redis: RedisPlace }>, options: unknown): void {
  checkAll(`the options of ${name}`, checks, options)
  // Absent is not passed over: a variable that is not set comes so.
  isPlace(Object(options).redis)
}

function checkAll(what: string, checks: Readonly<Record<string, (value: unknown) => void>>, given: unknown) {
  const known = Object.keys(checks)
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what} must be an object of: ${known.join(', ')}`)
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name))
      throw new TypeError(`${what} has "${name}", which there is not; known are: ${known.join(', ')}`)
    if (value !== undefined) checks[name]?.(value)
  }
}

const PLACES = 'an address such as redis://127.0.0.1:6379, options for ioredis, or a client of ioredis'

/** Whatever is no client would be taken for options without a host, which is this machine. Shows nothing of it: it may hold a password. */
function isPlace(place: unknown): void {
  if (typeof place === 'string' && place.trim() !== '') return isAddress(place)
  const isObject = typeof place === 'object' && place !== null
  if (!isObject) throw new TypeError(`redis is ${place === '' ? 'empty' : shown(place)}; it takes ${PLACES}`)
  if (place instanceof URL) throw new TypeError(`redis is a URL object; it takes ${PLACES}: give its href`)
  const { duplicate, status, isCluster }: { duplicate?: unknown; status?: unknown; isCluster?: unknown } =
    place
  if (isCluster === true)
    throw new TypeError(`redis is a client of a cluster, which is not followed; it takes ${PLACES}`)
  if (typeof duplicate === 'function' && typeof status !== 'string')
    throw new TypeError(`redis is a client of another package than ioredis; it takes ${PLACES}`)
}

/** As ioredis reads it, which would throw the address as a whole. */
function isAddress(address: string): void {
  const hasScheme = address.includes('://')
  const isOurs = hasScheme ? /^rediss?:\/\//i.test(address) : true
  if (isOurs && (address.startsWith('/') || URL.canParse(hasScheme ? address : `redis://${address}`))) return
  throw new TypeError(`redis is a text that is no address; it takes ${PLACES}`)
}

/** Its shape is checked where keys are made of it. */
function isPrefix(value: unknown): void {
  if (typeof value !== 'string')
    throw new TypeError(
      `prefix is ${shown(value)}; it takes redis.prefix of the daemon's settings, or is left out`,
    )
}

function named(name: string) {
  return (value: unknown): void => {
    if (typeof value !== 'string' || value.trim() === '')
      throw new TypeError(`${name} is ${shown(value)}; it takes a name as Northflank has it`)
  }
}

function isBranches(value: unknown): void {
  const globs: unknown[] = Array.isArray(value) ? value : [value]
  if (!globs.every((glob) => typeof glob === 'string'))
    throw new TypeError(
      `match.branch is ${shown(value)}; it takes a glob such as "release/*", or a list of them`,
    )
}

function listOf(name: string, known: readonly string[]) {
  return (value: unknown): void => {
    if (!Array.isArray(value))
      throw new TypeError(`${name} is ${shown(value)}; it takes a list of: ${known.join(', ')}`)
    for (const word of value)
      if (!known.includes(word))
        throw new TypeError(`${name} has ${shown(word)}, which there is not; known are: ${known.join(', ')}`)
  }
}

function isUntil(value: unknown): void {
  if (value !== 'caught_up')
    throw new TypeError(`until is ${shown(value)}; it takes "caught_up", or is left out`)
}

function isSignal(value: unknown): void {
  const { aborted, addEventListener }: { aborted?: unknown; addEventListener?: unknown } = Object(value)
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function')
    throw new TypeError(
      `signal is ${shown(value)}; it takes an AbortSignal, such as the signal of an AbortController`,
    )
}

function isFunction(value: unknown): void {
  if (typeof value !== 'function')
    throw new TypeError(`onError is ${shown(value)}; it takes a function of an Error`)
}

/** Node takes what is no number for no time at all. */
function isTime(value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0))
    throw new RangeError(
      `timeoutMs is ${shown(value)}; it takes milliseconds, not below 0; left out it waits for ever`,
    )
}

function pass(): void {}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
