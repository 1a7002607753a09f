/**
 * Tolerant reading of what the API says of a token. Nothing is documented of it but its path, so every field that can be
 * understood is a gain and none is needed. Text from here is for people: one printable line each, none too long.
 */
import { normaliseCreatedAt } from '../domain/instant.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { fieldsOf, word } from './parse-build.js'

export interface TokenFacts {
  /** Epoch ms. */
  readonly expiresAt?: number
  /** As Northflank's roles name them, `A > B > C`, or however the API does. */
  readonly permissions?: readonly string[]
  readonly account?: string
  readonly team?: string
}

type Fields = ReadonlyMap<string, unknown>

const LONGEST = 200
/** Nested deeper than any role. */
const DEEPEST = 8
const MOST_PERMISSIONS = 1000
const EARLIEST_AT = Date.UTC(2015, 0, 1)
const LATEST_AT = Date.UTC(9999, 11, 31)
/** Seconds stay below this until the year 5138; milliseconds are above it since 1973. */
const SECONDS_BELOW = 1e11

/** Of the answer's fields and those under its `data`, the latter first. Never throws. */
export function parseTokenFacts(fields: Fields): TokenFacts {
  const places = [fieldsOf(fields.get('data')) ?? new Map<string, unknown>(), fields]
  const expiresAt = first(places, ['expiresAt', 'expires_at', 'expiry', 'exp'], instantOf)
  const permissions = first(places, ['permissions', 'scopes'], permissionsOf)
  const account = first(places, ['account'], nameOf)
  const team = first(places, ['team'], nameOf)
  return {
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(account === undefined ? {} : { account }),
    ...(team === undefined ? {} : { team }),
  }
}

function first<T>(
  places: readonly Fields[],
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  return places
    .flatMap((fields) => names.map((name) => read(fields.get(name))))
    .find((value) => value !== undefined)
}

/** ISO 8601, or seconds or milliseconds since 1970, as a number or its digits. */
function instantOf(value: unknown): number | undefined {
  const at = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof at !== 'number') return normaliseCreatedAt(at)
  const ms = Math.round(at < SECONDS_BELOW ? at * 1000 : at)
  return ms >= EARLIEST_AT && ms <= LATEST_AT ? ms : undefined
}

function nameOf(value: unknown): string | undefined {
  const fields = fieldsOf(value)
  const name = word(value) ?? word(fields?.get('name')) ?? word(fields?.get('id'))
  return name === undefined ? undefined : safeExcerpt(name, LONGEST)
}

/** A list of names, or maps within maps whose leaves say whether each is granted. */
function permissionsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value) && !fieldsOf(value)) return undefined
  return [...grantedIn(value, { path: [], depth: 0 })].slice(0, MOST_PERMISSIONS)
}

interface Place {
  readonly path: readonly string[]
  readonly depth: number
}

function* grantedIn(value: unknown, { path, depth }: Place): Generator<string> {
  const name = word(value)
  const words = name === undefined ? path : [...path, name]
  if (words.length > 0 && (name !== undefined || value === true))
    yield safeExcerpt(words.join(' > '), LONGEST)
  if (depth === DEEPEST) return
  for (const [key, item] of itemsOf(value)) {
    yield* grantedIn(item, { path: key === undefined ? path : [...path, key], depth: depth + 1 })
  }
}

function itemsOf(value: unknown): Iterable<[string | undefined, unknown]> {
  if (Array.isArray(value)) return value.map((item: unknown) => [undefined, item])
  return fieldsOf(value) ?? []
}
