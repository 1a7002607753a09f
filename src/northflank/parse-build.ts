/**
 * Tolerant reading of the build object. Whatever the service adds, leaves out or mistypes must not end a watch, so a field
 * is either kept verbatim or dropped, and only a build without an id is no build. Source: *get job build*; the list reads
 * return the same object.
 *
 * Sizes: identifiers and words longer than {@link LONGEST_WORD} are dropped, for a shortened one would name another thing;
 * the message, which is prose, is cut at {@link LONGEST_MESSAGE}. Words that are no well-formed Unicode are dropped too,
 * because they can stand in no path, key or event id.
 */
import type { ApiBuild } from '../domain/snapshot.js'

export const LONGEST_WORD = 1024
export const LONGEST_MESSAGE = 8192

/** The build in `value`, or `undefined` when it is no object with an id. Never throws. */
export function parseBuild(value: unknown): ApiBuild | undefined {
  const fields = fieldsOf(value)
  const id = word(fields?.get('id'))
  if (!fields || id === undefined) return undefined
  return {
    id,
    ...kept('branch', word(fields.get('branch'))),
    ...kept('sha', word(fields.get('sha'))),
    ...kept('status', word(fields.get('status'))),
    ...kept('concluded', boolean(fields.get('concluded'))),
    ...kept('success', boolean(fields.get('success'))),
    ...kept('message', message(fields.get('message'))),
    ...kept('pullRequestId', pullRequestId(fields.get('pullRequestId'))),
    ...kept('createdAt', word(fields.get('createdAt'))),
    ...kept('buildConcludedAt', finite(fields.get('buildConcludedAt'))),
    ...kept('registry', registry(fields.get('registry'))),
  }
}

/** The own fields of a JSON object; `undefined` for anything else. Own, so that no prototype lends a field. */
export function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map<string, unknown>(Object.entries(value))
}

/**
 * The page's builds (entries that are none are left out), or `undefined` when there is no list, or one in which nothing can be
 * read: that is no empty list. Never throws.
 */
export function parseBuilds(value: unknown): ApiBuild[] | undefined {
  const entries = fieldsOf(value)?.get('builds')
  if (!Array.isArray(entries)) return undefined
  const builds = entries.map(parseBuild).filter((build) => build !== undefined)
  return entries.length > 0 && builds.length === 0 ? undefined : builds
}

export interface Pagination {
  readonly hasNextPage: boolean
  /** To be followed only while `hasNextPage` is true. */
  readonly cursor?: string
  /** Size of this page, not of the whole. */
  readonly count?: number
}

export function parsePagination(value: unknown): Pagination {
  const fields = fieldsOf(value)
  return {
    hasNextPage: fields?.get('hasNextPage') === true,
    ...kept('cursor', word(fields?.get('cursor'))),
    ...kept('count', finite(fields?.get('count'))),
  }
}

function kept<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  const field: { [N in Name]?: Value } = {}
  if (value !== undefined) field[name] = value
  return field
}

const LONE_SURROGATE = /\p{Cs}/u
/** Half of a character that a cut has parted. */
const HALF_AT_END = /[\uD800-\uDBFF]$/

/** A short, well-formed text; `undefined` for anything else. */
export function word(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_WORD) return undefined
  return LONE_SURROGATE.test(value) ? undefined : value
}

function message(value: unknown): string | null | undefined {
  if (value === null) return null
  if (typeof value !== 'string') return undefined
  return value.length > LONGEST_MESSAGE
    ? `${value.slice(0, LONGEST_MESSAGE - 1).replace(HALF_AT_END, '')}…`
    : value
}

function pullRequestId(value: unknown): number | string | null | undefined {
  return value === null ? null : (finite(value) ?? word(value))
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** JSON can hold numbers that JavaScript reads as Infinity: `1e999`. */
function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function registry(value: unknown): { uri: string } | undefined {
  const uri = word(fieldsOf(value)?.get('uri'))
  return uri === undefined ? undefined : { uri }
}
