/**
 * The client that other programs import: calls and results as Northflank's own client has them, over the parts that the
 * daemon trusts: one deadline for each request, aborts, kept connections, errors with codes, and the token in nothing that
 * is handed out.
 */
import type { Dispatcher } from 'undici'
import type { Secret } from '../domain/ports.js'
import type { JobParameters, ResourceReads, ServiceParameters } from './api-calls.js'
import { jobOf, readsOf, serviceOf } from './api-reads.js'
import type { Refused } from './api-result.js'
import { createNorthflankClient } from './client.js'

export interface ApiClientOptions {
  /** A function is asked before every request, so that a changed token takes effect at once. */
  readonly token: string | (() => string | Promise<string>)
  /** `https://api.northflank.com` by default; may have a path of its own, without `/v1`. */
  readonly baseUrl?: string | undefined
  /** For one HTTP request, from connecting to the end of the body; 15 s by default. */
  readonly timeoutMs?: number | undefined
  /** Answers with a status other than 2xx reject with their ApiError; by default they are results with an `error`. */
  readonly throwErrorOnHttpErrorCode?: boolean | undefined
  /** A dispatcher of undici in place of an own one. It stays open. */
  readonly dispatcher?: Dispatcher | undefined
}

/**
 * All calls reject with ApiError where no answer came, or none that can be read; with what the token's function rejects
 * with; with the signal's reason; and with a TypeError for parameters that are no text, which `all` throws at once.
 */
export interface ApiClient<Refusal = Refused> {
  readonly get: {
    readonly job: ResourceReads<JobParameters, Refusal>
    readonly service: ResourceReads<ServiceParameters, Refusal>
  }
  /** Drops the connections; calls under way and later ones reject. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const PUBLIC_API = 'https://api.northflank.com'

/** Throws CONFIG_INVALID when the base URL, or a proxy variable of the environment, cannot be used. */
export function createClient(
  options: ApiClientOptions & { readonly throwErrorOnHttpErrorCode: true },
): ApiClient<never>
export function createClient(options: ApiClientOptions): ApiClient
export function createClient(options: ApiClientOptions): ApiClient {
  const { token, baseUrl = PUBLIC_API, timeoutMs, dispatcher, throwErrorOnHttpErrorCode = false } = options
  const client = createNorthflankClient({
    baseUrl,
    token: secretOf(token),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  })
  let isClosed = false
  const means = { client, throws: throwErrorOnHttpErrorCode, isClosed: () => isClosed }
  async function close(): Promise<void> {
    isClosed = true
    await client.close()
  }
  return {
    get: {
      job: readsOf<JobParameters>(means, jobOf),
      service: readsOf<ServiceParameters>(means, serviceOf),
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** In a closure, where nobody who looks at the client finds it. What is no text cannot be sent, and is said to be empty. */
function secretOf(token: ApiClientOptions['token']): Secret {
  return {
    async reveal() {
      const value: unknown = typeof token === 'function' ? await token() : token
      return typeof value === 'string' ? value : ''
    },
  }
}
