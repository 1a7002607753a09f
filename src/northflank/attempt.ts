import type { Clock, RateLimitFacts, Secret } from '../domain/ports.js'
import { connectionFailure, timedOut } from './connection-failure.js'
import { untilAborted } from './deadline.js'
import type { Endpoint } from './endpoints.js'
import type { Answer, Exchange, ExchangeRequest, ExchangeResult } from './exchange.js'
import { type Asked, apiError } from './fault.js'
import { createTokenHiding } from './hidden-token.js'
import { rateLimitFacts } from './rate-limit.js'
import { readJson } from './read-json.js'
import { refusal, wrongRoute } from './refusal.js'
import { createRouteCheck } from './route-check.js'

export interface AttemptDeps {
  readonly exchange: Exchange
  readonly token: Secret
  readonly clock: Clock
  readonly timeoutMs: number
}

/** One request with the token and what came of it, neither of which holds the token. */
export interface Exchanged {
  readonly url: URL
  readonly sent: Readonly<Record<string, string>>
  readonly status: number
  readonly headers: Answer['headers']
  /** As much of the body as was read. */
  readonly text: string
  readonly rateLimit: RateLimitFacts
}

interface AttemptOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  mayRetry(): Promise<boolean>
  onAnswer?(facts: RateLimitFacts): Promise<void> | void
  onExchanged?(exchanged: Exchanged): void
}

interface Attempted {
  readonly fields: ReadonlyMap<string, unknown>
  readonly asked: Asked
  readonly status: number
  readonly rateLimit: RateLimitFacts
}

export type Attempt = (endpoint: Endpoint, options: AttemptOptions) => Promise<Attempted>

/** One request with the token and what became of it; a 404 may take a second request, without the token. */
export function createAttempt({ exchange, token, clock, timeoutMs }: AttemptDeps): Attempt {
  const route = createRouteCheck()
  const hideToken = createTokenHiding()

  async function isWrongRoute(request: ExchangeRequest, options: AttemptOptions): Promise<boolean> {
    const verdict = await route.verdict(async () => {
      if (!(await options.mayRetry())) return undefined
      // Not told to `onAnswer`: without the token its rate limit is not the account's.
      const result = await exchange({ ...request, token: undefined })
      return result.kind === 'answered' ? result.status : undefined
    })
    request.signal?.throwIfAborted()
    return verdict === 'wrong'
  }

  return async (endpoint, options) => {
    const asked: Asked = { ...endpoint, token: await untilAborted(token.reveal(), options.signal) }
    assertSendable(asked)
    const request: ExchangeRequest = {
      url: asked.url,
      token: asked.token,
      timeoutMs: options.timeoutMs ?? timeoutMs,
      signal: options.signal,
      largestBody: endpoint.largestBody,
    }
    const answer = hideToken(answerOf(await exchange(request), asked), asked.token)
    const rateLimit = rateLimitFacts(answer, clock.now())
    // Before the answer is judged: what it says of the budget holds even where it is good for nothing else.
    await options.onAnswer?.(rateLimit)
    const { sent, status, headers, body } = answer
    options.onExchanged?.({ url: asked.url, sent, status, headers, text: body.text, rateLimit })
    route.note(status)
    if (status >= 200 && status < 300) return { fields: readJson(answer, asked), asked, status, rateLimit }
    if (status === 404 && !asked.isOptional && (await isWrongRoute(request, options))) throw wrongRoute(asked)
    throw refusal(answer, asked, rateLimit)
  }
}

/** Fetch's own error for an impossible header value would quote the token. */
function assertSendable(asked: Asked): void {
  if (/^[\x21-\x7e]+$/.test(asked.token)) return
  const flaw =
    asked.token === '' ? 'is empty' : 'holds characters that cannot be sent, such as blanks or line breaks'
  throw apiError('API_UNAUTHORIZED', asked, {
    what: `the token ${flaw}`,
    cure: 'check the variable or file that holds it',
  })
}

function answerOf(result: ExchangeResult, asked: Asked): Answer {
  if (result.kind === 'answered') return result
  throw result.kind === 'timed_out'
    ? timedOut(asked, 'no answer within the deadline')
    : connectionFailure(result.fault, asked)
}
