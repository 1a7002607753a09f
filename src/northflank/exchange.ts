/** One HTTP attempt, under one deadline, over either transport. */
import { startDeadline } from './deadline.js'
import { type Body, type ByteSource, readBody } from './read-body.js'

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

export interface AnswerHead {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

export interface Answer extends AnswerHead {
  readonly kind: 'answered'
  /** The headers that went out, but for the token. */
  readonly sent: Readonly<Record<string, string>>
  readonly body: Body
  /** The deadline passed while the body was read. */
  readonly late: boolean
}

export type Exchange = (request: ExchangeRequest) => Promise<ExchangeResult>

/** An answer whose body is still to come, decompressed. */
interface Opened extends AnswerHead {
  /** Absent where the answer has none. */
  readonly body: ByteSource | undefined
}

/** Sends a GET with these headers; the signal ends it, reading the body included. Follows no redirect. */
type Send = (url: URL, headers: Record<string, string>, signal: AbortSignal) => Promise<Opened>

export interface Transport {
  /** The first time this may load a library. */
  ready(): Promise<Send>
  /** Drops all connections; requests under way end with an error. */
  close(): Promise<void>
}

/** The exchange rejects only with the reason of the caller's signal. */
export function createExchange(transport: Transport, userAgent: string): Exchange {
  return async (request) => {
    // Before the deadline starts: what it loads the first time is not the API's fault.
    const send = await transport.ready()
    request.signal?.throwIfAborted()
    const deadline = startDeadline(request.timeoutMs, request.signal)
    const sent = { accept: 'application/json', 'user-agent': userAgent }
    try {
      const { body: source, ...head } = await send(request.url, headersOf(request, sent), deadline.signal)
      const isGood = head.status >= 200 && head.status < 300
      const body = await readBody(source, isGood, request.largestBody)
      request.signal?.throwIfAborted()
      const late = body.end === 'broken' && deadline.passed()
      return { kind: 'answered', sent, ...head, body, late }
    } catch (fault) {
      request.signal?.throwIfAborted()
      return deadline.passed() ? { kind: 'timed_out' } : { kind: 'failed', fault }
    } finally {
      deadline.clear()
    }
  }
}

function headersOf({ token }: ExchangeRequest, sent: Record<string, string>): Record<string, string> {
  return token === undefined ? sent : { ...sent, authorization: `Bearer ${token}` }
}
