/** What a failed attempt to send an email means for its delivery, and how it is said. */
import { isNativeError } from 'node:util/types'
import type { NodemailerError } from 'nodemailer'
import type { SendResult } from '../domain/delivery.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { Deadline } from './deadline.js'
import { failureWords, isRefusal } from './failure-words.js'
import type { HiddenValues } from './hidden-values.js'

const LONGEST_REPLY = 200

/**
 * Final by their first digit, but about the session and not the message: out of step, often because the server wants a login
 * first; authentication required; too weak; refused; encryption required (RFC 5321, 4.2; RFC 4954, 6). A password or setting
 * is soon mended, and the builds of the meantime are to be told then.
 */
const SESSION_CODES: ReadonlySet<number> = new Set([503, 530, 534, 535, 538])

interface FailureContext {
  readonly host: string
  readonly hidden: HiddenValues
  readonly deadline: Deadline
}

export function resultOfFailure(error: unknown, { host, hidden, deadline }: FailureContext): SendResult {
  if (isRefusal(error)) return { kind: 'refused', reason: failureWords(error) }
  const because = deadline.endedBecause()
  if (because !== undefined) return { kind: 'retry', reason: because }
  const failure: NodemailerError = isNativeError(error) ? error : new Error(String(error))
  return { kind: isFinal(failure) ? 'refused' : 'retry', reason: words(failure, { host, hidden }) }
}

/** RFC 5321, 4.2.1: 4yz may be tried again as it is, 5yz may not. Without a reply nothing is final. */
function isFinal(failure: NodemailerError): boolean {
  const { responseCode } = failure
  if (responseCode === undefined) return false
  return responseCode >= 500 && !SESSION_CODES.has(responseCode) && !isAboutSession(failure)
}

function isAboutSession({ command }: NodemailerError): boolean {
  return command === 'STARTTLS' || command?.startsWith('AUTH') === true
}

interface Wording {
  readonly host: string
  readonly hidden: HiddenValues
}

function words(failure: NodemailerError, { host, hidden }: Wording): string {
  const { command, response } = failure
  if (response !== undefined) {
    const reply = safeExcerpt(hidden.hide(hidden.hide(response).replaceAll(/\s+/g, ' ')), LONGEST_REPLY)
    return `${command === 'CONN' ? '' : `${command} `}answered ${reply}${cureOf(failure)}`.trim()
  }
  const code = failure.originalCode ?? failure.code ?? ''
  if (/CERT|VERIFY_LEAF/.test(code)) {
    return `TLS failed: ${code}; the certificate must be for ${host} and of a known authority (NODE_EXTRA_CA_CERTS adds one)`
  }
  if (/^ERR_SSL|^EPROTO$/.test(code)) return `TLS failed: ${code}; see that security fits the port`
  return `no answer: ${code === '' ? 'unknown' : code}`
}

function cureOf({ command, responseCode = 0 }: NodemailerError): string {
  if (command === 'STARTTLS') return '; use security: tls if the port speaks TLS from the start'
  if (command?.startsWith('AUTH') || SESSION_CODES.has(responseCode)) return '; check user and password'
  return ''
}
