/**
 * One HTTP attempt, under one deadline. Global fetch (so that tests can stand in for the network) over a keep-alive
 * undici dispatcher; redirects are never followed, for they would carry the token to whatever place they name.
 */
import type { Dispatcher } from 'undici'
import { type Deadline, startDeadline } from './deadline.js'
import type { DispatcherSource } from './dispatcher.js'
import { type Body, readBody } from './read-body.js'

export interface ExchangeRequest {
  readonly url: URL
  /** Absent: the request goes without an `Authorization` header. */
  readonly token: string | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Bytes of a good answer that are read at most. */
  readonly largestBody?: number | undefined
}

export type ExchangeResult =
  | Answer
  /** No headers came. */
  | { readonly kind: 'failed'; readonly fault: unknown }
  /** No headers came within the deadline. */
  | { readonly kind: 'timed_out' }

export interface Answer {
  readonly kind: 'answered'
  readonly status: number
  readonly headers: Headers
  readonly body: Body
  /** The deadline passed while the body was read. */
  readonly late: boolean
}

export type Exchange = (request: ExchangeRequest) => Promise<ExchangeResult>

export interface ExchangeDeps {
  readonly dispatcher: DispatcherSource
  readonly userAgent: string
}

/** The exchange rejects only with the reason of the caller's signal. */
export function createExchange(deps: ExchangeDeps): Exchange {
  return async (request) => {
    // Before the deadline starts: the first time this loads undici, which is not the API's fault.
    const dispatcher = await deps.dispatcher.get()
    request.signal?.throwIfAborted()
    const deadline = startDeadline(request.timeoutMs, request.signal)
    try {
      const response = await send(request, deadline, { dispatcher, userAgent: deps.userAgent })
      const body = await readBody(response, request.largestBody)
      request.signal?.throwIfAborted()
      const { status, headers } = response
      return { kind: 'answered', status, headers, body, late: body.end === 'broken' && deadline.passed() }
    } catch (fault) {
      request.signal?.throwIfAborted()
      return deadline.passed() ? { kind: 'timed_out' } : { kind: 'failed', fault }
    } finally {
      deadline.clear()
    }
  }
}

interface Means {
  readonly dispatcher: Dispatcher
  readonly userAgent: string
}

async function send({ url, token }: ExchangeRequest, deadline: Deadline, means: Means): Promise<Response> {
  // As a plain object: the types that Node ships for this option lag behind those of undici itself.
  const through: object = { dispatcher: means.dispatcher }
  return fetch(url, {
    ...through,
    headers: {
      accept: 'application/json',
      'user-agent': means.userAgent,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    redirect: 'manual',
    signal: deadline.signal,
  })
}
