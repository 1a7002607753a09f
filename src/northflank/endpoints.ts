import { type BuildRef, encodeSegment, type ResourceRef } from '../domain/build.js'
import { ApiError, BuildwatchdError } from '../domain/errors.js'
import { permissionToGet, permissionToList, permissionToReadLogs } from './permissions.js'

export interface Page {
  /** 1 to 100; the API's default is 50. */
  readonly perPage?: number
  readonly page?: number
  readonly cursor?: string
}

/** What a read asks for, and the right that it takes. */
export interface Endpoint {
  readonly url: URL
  /** As Northflank's roles name it; absent where any token will do. */
  readonly permission?: string
  /** The right base URL may well lead to no such path: its 404 says nothing about the route. */
  readonly isOptional?: true
  /** Bytes of the answer that are read at most; far above a page of builds where absent. */
  readonly largestBody?: number
}

export interface Endpoints {
  build(ref: BuildRef): Endpoint
  builds(ref: ResourceRef, page: Page): Endpoint
  /** The last lines of a build's log, the newest first. */
  buildLogs(ref: BuildRef, lines: number): Endpoint
  /** Whose the token is. */
  auth(): Endpoint
}

const LARGEST_LOG = 64 * 1024

/** The reads below a base URL, which may have a path of its own. Throws CONFIG_INVALID when it cannot be a base. */
export function createEndpoints(baseUrl: string): Endpoints {
  const base = parseBase(baseUrl)
  return {
    build: (ref) => ({
      url: urlOf(base, [...segmentsOf(ref, 'build'), ref.build]),
      permission: permissionToGet(ref),
    }),
    builds(ref, page) {
      const url = urlOf(base, segmentsOf(ref, 'build'))
      if (page.perPage !== undefined) url.searchParams.set('per_page', String(page.perPage))
      if (page.page !== undefined) url.searchParams.set('page', String(page.page))
      if (page.cursor !== undefined) url.searchParams.set('cursor', page.cursor)
      return { url, permission: permissionToList(ref) }
    },
    buildLogs(ref, lines) {
      const url = urlOf(base, segmentsOf(ref, 'build-logs'))
      const query = { queryType: 'range', buildId: ref.build, lineLimit: lines, direction: 'backward' }
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
      return { url, permission: permissionToReadLogs(ref), isOptional: true, largestBody: LARGEST_LOG }
    },
    auth: () => ({ url: urlOf(base, ['auth']), isOptional: true }),
  }
}

/** The path word is `build`, singular, for lists too. */
function segmentsOf({ team, project, kind, resource }: ResourceRef, what: 'build' | 'build-logs'): string[] {
  const teamPath = team === undefined ? [] : ['teams', team]
  return [...teamPath, 'projects', project, kind, resource, what]
}

/**
 * URL parsers walk up the path on `..` even where it is percent-encoded, and an empty id would ask for another thing (the
 * list in place of a build). What cannot be said in a path cannot exist there, so it is refused before any request.
 */
function urlOf(base: URL, segments: readonly string[]): URL {
  const unusable = segments.find((segment) => !canBeSegment(segment))
  if (unusable !== undefined) {
    const message = `${JSON.stringify(unusable)} cannot be an id at Northflank; check the ids of team, project, job or service, and build`
    throw new ApiError('API_NOT_FOUND', message, { retryable: false })
  }
  const url = new URL(base)
  const prefix = base.pathname.replace(/\/+$/, '')
  url.pathname = `${prefix}/v1/${segments.map(encodeSegment).join('/')}`
  return url
}

/** Whether a path can hold it, and so an id be it. */
export function canBeSegment(text: string): boolean {
  return text !== '' && !/^\.{1,2}$|\p{Cs}/u.test(text)
}

function parseBase(baseUrl: string): URL {
  // The parser's own error quotes the URL, and so would ours: a URL with credentials in it must not be repeated.
  const base = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (!base || !/^https?:$/.test(base.protocol) || base.username || base.password) {
    throw new BuildwatchdError(
      'CONFIG_INVALID',
      'the base URL must be http:// or https:// without credentials, such as https://api.northflank.com',
    )
  }
  base.search = ''
  base.hash = ''
  return base
}
