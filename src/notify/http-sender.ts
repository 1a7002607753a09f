/**
 * The one way by which notifiers speak HTTP. A notifier hands over a payload; deadlines, the egress guard, status tables,
 * Retry-After and the cleaning of what other servers say are done here, so that no two notifiers can differ in them.
 */
import type { SendResult } from '../domain/delivery.js'
import type { Clock } from '../domain/ports.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { type BodyExcerpt, readExcerpt } from './body-excerpt.js'
import { type Deadline, startDeadline } from './deadline.js'
import { assertUrlAllowed, type EgressPolicy, type Resolve, resolveBySystem } from './egress-guard.js'
import { failureWords, isRefusal } from './failure-words.js'
import { createGuardedDispatchers, type GuardedDispatchers } from './guarded-dispatchers.js'
import { createHiddenValues, type HiddenValues } from './hidden-values.js'
import { retryAfterMs } from './retry-after.js'
import { type StatusTable, standardTable, type Verdict } from './status-table.js'

const DEADLINE_MS = 15_000
const MAX_REASON = 300

interface HttpRequest {
  readonly url: string
  readonly method: 'POST' | 'PUT' | 'PATCH'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Sent as `Idempotency-Key`. */
  readonly idempotencyKey: string
}

export interface SendPolicy extends EgressPolicy {
  /** From the first step to the end of the answer; 15 s by default. */
  readonly deadlineMs?: number
  readonly statusTable?: StatusTable
  readonly signal: AbortSignal
  /** Revealed values that may not come back in a reason. The URL's path and query are hidden anyway. */
  readonly secrets: readonly string[]
}

/** `body` is the beginning of what an accepting answer said: foreign, up to 64 KiB, to be shown to nobody. */
export type HttpResult = SendResult & { readonly body?: string }

export interface HttpSender {
  /** Never rejects: whatever happens is a result. */
  send(request: HttpRequest, policy: SendPolicy): Promise<HttpResult>
  /** Drops all connections. */
  close(): Promise<void>
}

export interface HttpSenderDeps {
  readonly clock: Clock
  /** Value of the `User-Agent` header, `buildwatchd/<version>`. */
  readonly userAgent: string
  readonly resolve?: Resolve
  /** For the proxy variables; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export function createHttpSender(deps: HttpSenderDeps): HttpSender {
  const dispatchers = createGuardedDispatchers({
    resolve: deps.resolve ?? resolveBySystem,
    env: deps.env ?? process.env,
  })
  return {
    async send(request, policy) {
      // The parser's own message quotes the URL, which may be the secret.
      if (!URL.canParse(request.url)) return { kind: 'refused', reason: 'the URL cannot be parsed' }
      const url = new URL(request.url)
      const deadline = startDeadline(policy.deadlineMs ?? DEADLINE_MS, policy.signal)
      const hidden = createHiddenValues(policy.secrets, url)
      try {
        const answer = await exchange(
          { url, request, policy },
          { deadline, dispatchers, userAgent: deps.userAgent },
        )
        return resultOf(answer, { hidden, policy, now: deps.clock.now() })
      } catch (error) {
        return failed(error, { hidden, deadline })
      } finally {
        deadline.clear()
      }
    },
    close: () => dispatchers.close(),
  }
}

interface Outgoing {
  readonly url: URL
  readonly request: HttpRequest
  readonly policy: SendPolicy
}

interface Means {
  readonly deadline: Deadline
  readonly dispatchers: GuardedDispatchers
  readonly userAgent: string
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: BodyExcerpt
}

async function exchange({ url, request, policy }: Outgoing, means: Means): Promise<Answer> {
  assertUrlAllowed(url, policy)
  const dispatcher = await means.deadline.race(means.dispatchers.admit(url, policy))
  // As a plain object: the types that Node ships for this option lag behind those of undici itself.
  const through: object = { dispatcher }
  const response = await fetch(url, {
    ...through,
    method: request.method,
    headers: {
      'user-agent': means.userAgent,
      ...request.headers,
      'idempotency-key': request.idempotencyKey,
    },
    body: request.body,
    // Followed, a redirect would carry our headers and body to whatever place it names.
    redirect: 'manual',
    signal: means.deadline.signal,
  })
  return { status: response.status, headers: response.headers, body: await readExcerpt(response.body) }
}

interface Reading {
  readonly hidden: HiddenValues
  readonly policy: SendPolicy
  readonly now: number
}

function resultOf(answer: Answer, { hidden, policy, now }: Reading): HttpResult {
  const table = policy.statusTable ?? standardTable
  const kind: Verdict = table(answer.status, answer.body.text)
  if (kind === 'accepted') return { kind, detail: `HTTP ${answer.status}`, body: answer.body.text }
  const reason = reasonOf(answer, hidden)
  if (kind !== 'retry') return { kind, reason }
  const afterMs = retryAfterMs(answer.headers.get('retry-after'), now)
  return afterMs === undefined ? { kind, reason } : { kind, reason, retryAfterMs: afterMs }
}

function reasonOf({ status, headers, body }: Answer, hidden: HiddenValues): string {
  if (status >= 300 && status < 400 && headers.has('location')) {
    return `HTTP ${status}: a redirect, which is not followed; configure the final URL`
  }
  if (headers.get('content-type')?.includes('html') === true) return `HTTP ${status} (an HTML page)`
  const known = body.complete ? hidden.hide(body.text) : hidden.hideInBeginning(body.text)
  const words = cleaned(known, hidden)
  return words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words}`
}

/** Hidden once more after the line breaks are gone, for what those may have kept apart. */
function cleaned(text: string, hidden: HiddenValues): string {
  return safeExcerpt(hidden.hide(text.replaceAll(/\s+/g, ' ').trim()), MAX_REASON)
}

interface FailureContext {
  readonly hidden: HiddenValues
  readonly deadline: Deadline
}

function failed(error: unknown, { hidden, deadline }: FailureContext): SendResult {
  if (isRefusal(error)) return { kind: 'refused', reason: safeExcerpt(failureWords(error), MAX_REASON) }
  const reason = deadline.endedBecause() ?? cleaned(failureWords(error), hidden)
  return { kind: 'retry', reason }
}
