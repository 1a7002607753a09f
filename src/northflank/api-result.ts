/** What calls of {@link createClient} answer: in the shape of Northflank's own client, without the token anywhere in it. */
import { ApiError } from '../domain/errors.js'
import type { RateLimitFacts } from '../domain/ports.js'
import type { ApiBuild } from '../domain/snapshot.js'
import type { Exchanged } from './attempt.js'
import type { Pagination } from './parse-build.js'

/** What was asked. The `authorization` header is left out. */
export interface ApiRequest {
  readonly url: string
  readonly method: 'GET'
  readonly headers: Readonly<Record<string, string>>
  readonly body: undefined
}

/** The answer as it came. Its body has been read, and can be had as often as wanted. */
export interface RawResponse {
  readonly url: string
  readonly status: number
  /** The status is a 2xx. */
  readonly ok: boolean
  readonly headers: Headers
  /** Of an error answer 64 KiB at most. The token, where the answer repeats it, reads `[secret]`. */
  text(): Promise<string>
  /** Rejects with a SyntaxError where the body is no JSON. */
  json(): Promise<unknown>
}

interface Told {
  readonly rawResponse: RawResponse
  readonly request: ApiRequest
  /** What the answer's headers say of the account's hour. */
  readonly rateLimit: RateLimitFacts
}

export interface Answered<Data> extends Told {
  /** The JSON under `data`, verbatim: of its fields only the ids are checked. */
  readonly data: Data
  readonly error: undefined
}

export interface AnsweredPage<Data> extends Answered<Data> {
  readonly pagination: Pagination
}

/** The API answered, with a status other than 2xx. */
export interface Refused extends Told {
  readonly data: undefined
  readonly error: ApiError
  readonly pagination?: undefined
}

export interface BuildsData {
  readonly builds: readonly ApiBuild[]
}

export function answered<Data>(exchanged: Exchanged): Answered<Data> {
  // The same text has been read before: there is such an object in it.
  const body: { data: Data } = JSON.parse(exchanged.text)
  return { data: body.data, ...toldOf(exchanged), error: undefined }
}

export function refused(error: ApiError, exchanged: Exchanged): Refused {
  return { data: undefined, ...toldOf(exchanged), error }
}

function toldOf({ url, sent, status, headers, text, rateLimit }: Exchanged): Told {
  return {
    rawResponse: {
      url: url.href,
      status,
      ok: isOk(status),
      headers: new Headers([...headers]),
      text: async () => text,
      json: async () => JSON.parse(text),
    },
    request: { url: url.href, method: 'GET', headers: sent, body: undefined },
    rateLimit,
  }
}

/** The answer that an error speaks of was a refusal: other failures may strike after an answer, and are no result. */
export function isRefusal(error: unknown, { status }: Exchanged): error is ApiError {
  return error instanceof ApiError && error.status === status && !isOk(status)
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300
}
