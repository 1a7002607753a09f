/** The vendor's client and ours, called alike, and what came of it in words that can be compared. */
import { isDeepStrictEqual } from 'node:util'
import { ApiClient, ApiClientInMemoryContextProvider } from '@northflank/js-client'
import { createClient } from '../../../src/index.js'

interface Page {
  readonly per_page?: number
  readonly page?: number
  readonly cursor?: string
}

/** One call, as data: both clients understand it. */
export interface Call {
  readonly kind: 'job' | 'service'
  /** `all`: every page. */
  readonly read: 'build' | 'builds' | 'all'
  readonly team?: string
  readonly project: string
  readonly resource: string
  /** With `build`. */
  readonly build?: string
  readonly options?: Page
}

export interface Result {
  readonly data: unknown
  readonly pagination?: object | undefined
  readonly error?: { readonly status?: number | undefined } | undefined
  readonly rawResponse?: { text(): Promise<string> } | undefined
  readonly rateLimit?: object | undefined
}

export interface Client {
  call(call: Call): Promise<Result>
  close(): Promise<void>
}

export interface Settings {
  readonly url: string
  readonly token: string
  /** Where HTTP errors are to be thrown. */
  readonly throws: boolean
}

export function officialClient({ url, token, throws }: Settings): Client {
  const contexts = new ApiClientInMemoryContextProvider()
  contexts.addContext({ name: 'local', token, host: url })
  const { get } = new ApiClient(contexts, { throwErrorOnHttpErrorCode: throws })
  const readers = {
    job: { one: get.job.build, page: get.job.builds, all: get.job.builds.all },
    service: { one: get.service.build, page: get.service.builds, all: get.service.builds.all },
  }
  return {
    async call(call) {
      const { parameters, options } = argumentsOf(call)
      const { one, page, all } = readers[call.kind]
      if (call.read === 'build') return one({ parameters })
      return call.read === 'all' ? all({ parameters, options }) : page({ parameters, options })
    },
    close: async () => undefined,
  }
}

export function ourClient({ url, token, throws }: Settings, timeoutMs: number): Client {
  const client = createClient({ token, baseUrl: url, timeoutMs, throwErrorOnHttpErrorCode: throws })
  const { job, service } = client.get
  return {
    async call(call) {
      const { parameters, options } = argumentsOf(call)
      const reads = call.kind === 'job' ? job : service
      if (call.read === 'build') return reads.build({ parameters })
      if (call.read === 'builds') return reads.builds({ parameters, options })
      const builds: unknown[] = []
      for await (const build of reads.builds.all({ parameters, options })) builds.push(build)
      return { data: { builds } }
    },
    close: () => client.close(),
  }
}

/** With the ids of both kinds, of which each reader takes its own. */
function argumentsOf({ team, project, resource, build = '', options = {} }: Call) {
  const ids = { projectId: project, jobId: resource, serviceId: resource, buildId: build }
  return { parameters: team === undefined ? ids : { ...ids, teamId: team }, options }
}

export type Outcome =
  | { readonly kind: 'settled'; readonly result: Result }
  | { readonly kind: 'rejected'; readonly error: unknown }
  | { readonly kind: 'pending' }

/** `pending` where it has not settled within the time. */
export async function outcomeOf(work: Promise<Result>, withinMs: number): Promise<Outcome> {
  const settled = work.then(
    (result): Outcome => ({ kind: 'settled', result }),
    (error: unknown): Outcome => ({ kind: 'rejected', error }),
  )
  const { promise, resolve } = withResolvers<Outcome>()
  const timer = setTimeout(() => resolve({ kind: 'pending' }), withinMs)
  return Promise.race([settled, promise]).finally(() => clearTimeout(timer))
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** What a caller sees first: whether there is something, and where to look for it. */
export function kindOf(outcome: Outcome): string {
  if (outcome.kind === 'pending') return NEVER
  if (outcome.kind === 'rejected') return 'rejects'
  return outcome.result.error ? 'an error in the result' : 'data'
}

export const NEVER = 'never settles'

/** What tells two of a kind apart: the ids of what came, or the status of a refusal. */
export function wordsOf(outcome: Outcome): string {
  if (outcome.kind === 'pending') return NEVER
  if (outcome.kind === 'rejected') return `rejects${statusIn(outcome.error)}`
  const { data, error } = outcome.result
  return error ? `an error${statusIn(error)}` : idsIn(data)
}

/** Of a refusal; that of a good answer which could not be read tells nothing. */
function statusIn(error: unknown): string {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined
  return typeof status === 'number' && status >= 300 ? ` with ${status}` : ''
}

function idsIn(data: unknown): string {
  const listed: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'builds') : undefined
  const ids = Array.isArray(listed) ? listed.map(idOf) : [idOf(data)]
  return ids.length === 0 ? 'no builds' : ids.join(', ')
}

function idOf(build: unknown): string {
  return String(typeof build === 'object' && build !== null ? Reflect.get(build, 'id') : build)
}

/** Whether data and pagination are the same; also where there are none. */
export function areAlike(one: Outcome, other: Outcome, ordered: boolean): boolean {
  const [first, second] = [one, other].map((outcome) => shownIn(outcome, ordered))
  return isDeepStrictEqual(first, second)
}

function shownIn(outcome: Outcome, ordered: boolean): unknown {
  if (outcome.kind !== 'settled' || outcome.result.error) return undefined
  const { data, pagination } = outcome.result
  const { getNextPage: _, ...facts } = { getNextPage: undefined, ...pagination }
  return { data: ordered ? data : sorted(data), facts }
}

function sorted(data: unknown): unknown {
  const listed: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'builds') : undefined
  return Array.isArray(listed) ? listed.map((build) => JSON.stringify(build)).sort() : data
}
