import { ApiError, type ApiErrorCode } from '../domain/errors.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { formsPattern, HIDDEN, secretForms } from '../domain/secret-forms.js'
import type { Endpoint } from './endpoints.js'

/** One attempt as its errors speak of it. */
export interface Asked extends Endpoint {
  /** What the attempt was made with, to be kept out of every message. */
  readonly token: string
}

export interface Fault {
  /** What happened. Foreign text in it has passed {@link foreignText}. */
  readonly what: string
  /** What a person can do. */
  readonly cure: string
  readonly status?: number
  readonly resetInMs?: number | undefined
  readonly permission?: string | undefined
  /** By the code, where absent. */
  readonly retryable?: boolean
}

/** These end by themselves or with the next answer; the others wait for a person. */
const HEALS: ReadonlySet<ApiErrorCode> = new Set<ApiErrorCode>([
  'API_UNREACHABLE',
  'API_TIMED_OUT',
  'API_THROTTLED',
  'API_BAD_RESPONSE',
])

/** There is no `cause`: errors of fetch and of test doubles may quote the request's headers, and so the token. */
export function apiError(code: ApiErrorCode, { url }: Asked, fault: Fault): ApiError {
  const { what, cure, status, resetInMs, permission } = fault
  const message = `GET ${url.origin}${url.pathname}${url.search}: ${what}; ${cure}`
  return new ApiError(code, message, {
    retryable: fault.retryable ?? HEALS.has(code),
    ...(status === undefined ? {} : { status }),
    ...(resetInMs === undefined ? {} : { resetInMs }),
    ...(permission === undefined ? {} : { permission }),
  })
}

/** Longer excerpts help nobody and flood a log. */
const LONGEST_EXCERPT = 300

/** What another server said, as one printable line without the token in any of its shapes. */
export function foreignText({ text, whole }: { text: string; whole: boolean }, { token }: Asked): string {
  const forms = secretForms(token)
  const pattern = formsPattern(forms)
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const hidden = pattern ? line.replace(pattern, HIDDEN) : line
  return safeExcerpt(whole ? hidden : withoutTail(hidden, forms), LONGEST_EXCERPT)
}

/** Where a text broke off, its end may be the beginning of the token. */
function withoutTail(text: string, forms: readonly string[]): string {
  const longest = Math.max(0, ...forms.map((form) => form.length))
  return text.slice(0, Math.max(0, text.length - longest))
}
