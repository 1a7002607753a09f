/**
 * Answers that are no 2xx, as errors. Which ids exist and what a token may do is the service's to say; here its status is
 * turned into a public code, its words into one clean line, and a cure is put beside them.
 */
import type { ApiError, ApiErrorCode } from '../domain/errors.js'
import type { RateLimitFacts } from '../domain/ports.js'
import { timedOut } from './connection-failure.js'
import type { Answer } from './exchange.js'
import { type Asked, apiError, type Fault, foreignText } from './fault.js'
import { fieldsOf } from './parse-build.js'
import type { Body } from './read-body.js'

interface Refusal extends Omit<Fault, 'status'> {
  readonly code: ApiErrorCode
}

const NOT_FOUND: Refusal = {
  code: 'API_NOT_FOUND',
  what: 'the API knows no such thing',
  cure: 'check the ids of team, project, job or service, and build',
}

const UNEXPECTED: Refusal = {
  code: 'API_BAD_RESPONSE',
  what: 'the API refuses this request',
  cure: 'check the ids and base_url',
  retryable: false,
}

const SERVER_FAULT: Refusal = {
  code: 'API_UNREACHABLE',
  what: 'the API, or a proxy before it, has a fault',
  cure: "it is asked again later; if this lasts, see Northflank's status page",
}

/** What needs no more than the status to be named. */
const PLAIN: Readonly<Record<number, Refusal>> = {
  401: {
    code: 'API_UNAUTHORIZED',
    what: 'the API does not accept the token',
    cure: 'check that it is complete, not expired and not revoked, or make a new one',
  },
  404: NOT_FOUND,
  405: {
    code: 'API_WRONG_ROUTE',
    what: 'the Northflank API does not answer so',
    cure: 'check base_url, commonly https://api.northflank.com',
  },
  407: {
    code: 'API_UNREACHABLE',
    what: 'the proxy wants credentials',
    cure: 'put them into its address: http://user:password@proxy.example.com:3128',
    retryable: false,
  },
  408: { code: 'API_TIMED_OUT', what: 'the API gave up waiting', cure: 'it is asked again later' },
  410: NOT_FOUND,
}

/** The error for an answer that is no 2xx; `facts` are what its headers said. */
export function refusal(answer: Answer, asked: Asked, facts: RateLimitFacts): ApiError {
  const { status } = answer
  if (status >= 500 && answer.late) {
    return timedOut(asked, `the answer (HTTP ${status}) did not end within the deadline`)
  }
  const redirected = status >= 300 && status < 400
  const { code, ...fault } = redirected ? redirect(answer, asked) : byStatus(status, asked, facts)
  const said = redirected ? '' : foreignText(wordsOf(answer.body), asked)
  const what = `${fault.what} (HTTP ${status}${said && `: ${said}`})`
  return apiError(code, asked, { ...fault, what, status })
}

/** For a 404 that the route check has traced to the base URL. */
export function wrongRoute(asked: Asked): ApiError {
  const doubled = asked.url.pathname.includes('/v1/v1/') ? ', without /v1 at its end' : ''
  return apiError('API_WRONG_ROUTE', asked, {
    what: 'HTTP 404, even without a token: the base URL does not lead to the Northflank API',
    cure: `check base_url, commonly https://api.northflank.com${doubled}`,
    status: 404,
  })
}

function byStatus(status: number, { permission }: Asked, facts: RateLimitFacts): Refusal {
  if (status === 403) return forbidden(permission)
  if (status === 429) return throttled(facts)
  return PLAIN[status] ?? (status >= 500 ? SERVER_FAULT : UNEXPECTED)
}

function forbidden(permission: string | undefined): Refusal {
  const cure =
    permission === undefined ? 'see what its role permits' : `give its role the permission "${permission}"`
  return { code: 'API_FORBIDDEN', what: 'the token may not do this read', cure, permission }
}

function throttled({ resetInMs }: RateLimitFacts): Refusal {
  const until = resetInMs === undefined ? '' : `wait ${Math.ceil(resetInMs / 1000)} s, and `
  return {
    code: 'API_THROTTLED',
    what: 'the account has no requests left in this hour',
    cure: `${until}poll less often or ask Northflank for a higher limit`,
    resetInMs,
  }
}

function redirect({ headers }: Answer, asked: Asked): Refusal {
  const to = foreignText({ text: headers.get('location') ?? 'nowhere', whole: true }, asked)
  return {
    code: 'API_BAD_RESPONSE',
    what: `the answer redirects to ${to}, which is not followed because the token would go along`,
    cure: 'name the final address in base_url, and check that no login page stands between',
  }
}

interface Words {
  readonly text: string
  readonly whole: boolean
}

/** `error.message`, then `message`, then a string `error`, then the text as it is; of an HTML page just that it is one. */
function wordsOf({ text, end }: Body): Words {
  const whole = end === 'whole'
  if (/^\s*</.test(text)) return { text: 'an HTML page', whole: true }
  const said = saidIn(text)
  return said === undefined ? { text, whole } : { text: said, whole: true }
}

function saidIn(text: string): string | undefined {
  const fields = fieldsOf(parsed(text))
  const error = fields?.get('error')
  return [fieldsOf(error)?.get('message'), fields?.get('message'), error].find(isWords)
}

function isWords(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
