/**
 * What went wrong below HTTP. `fetch` puts the code on one of its causes, test doubles on the error itself, and either may
 * stem from another realm: so codes are looked for along the chain, and nothing is asked to be an `instanceof Error`.
 */
import type { ApiError } from '../domain/errors.js'
import { type Asked, apiError, foreignText } from './fault.js'

const LONGEST_CHAIN = 5

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** Certificates do not change between two tries; the other faults may. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY_LEAF/
const NAME = /^(?:ENOTFOUND|EAI_AGAIN)$/
/** What answers speaks no HTTP, or compresses badly. */
const GIBBERISH =
  /^(?:HPE_|HTTPParserError|Z_|ERR__ERROR_FORMAT|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH)/

/** The error for a fault of `fetch` or of reading its body. */
export function connectionFailure(fault: unknown, asked: Asked): ApiError {
  const { code, words } = describe(fault)
  const known = foreignText({ text: code === '' ? words : `${words} (${code})`, whole: true }, asked)
  if (TIMEOUTS.has(code)) return timedOut(asked, known)
  if (GIBBERISH.test(code)) {
    const cure = 'check that base_url names the Northflank API and its scheme'
    return apiError('API_BAD_RESPONSE', asked, { what: `the answer cannot be read: ${known}`, cure })
  }
  const certificate = CERTIFICATE.test(code)
  return apiError('API_UNREACHABLE', asked, {
    what: `no connection: ${known}`,
    cure: cureOf(code),
    retryable: !certificate,
  })
}

export function timedOut(asked: Asked, what: string): ApiError {
  const cure = 'it is asked again later; if this lasts, check the network and any proxy, or raise the timeout'
  return apiError('API_TIMED_OUT', asked, { what, cure })
}

function cureOf(code: string): string {
  if (NAME.test(code)) return 'check the host name in base_url, and DNS on this machine'
  if (CERTIFICATE.test(code)) {
    return 'the certificate is not trusted: name the CA of your network in NODE_EXTRA_CA_CERTS'
  }
  return 'check base_url, the network and HTTPS_PROXY/NO_PROXY'
}

interface Description {
  /** `''` where there is none. */
  readonly code: string
  readonly words: string
}

function describe(fault: unknown): Description {
  const chain = causesOf(fault)
  const code = chain.map(codeOf).findLast((found) => found !== '') ?? ''
  const words = chain.map((link) => textOf(link, 'message')).findLast((found) => found !== '')
  return { code, words: words ?? 'unknown fault' }
}

function causesOf(fault: unknown): object[] {
  const chain: object[] = []
  let link = fault
  while (typeof link === 'object' && link !== null && chain.length < LONGEST_CHAIN) {
    chain.push(link)
    link = 'cause' in link ? link.cause : firstOf(link)
  }
  return chain
}

/** A name with several addresses fails once at each, and the error of them all has no words. */
function firstOf(link: object): unknown {
  return 'errors' in link && Array.isArray(link.errors) ? link.errors[0] : undefined
}

/** undici's parser names its errors without a code. */
function codeOf(link: object): string {
  const name = textOf(link, 'name')
  return textOf(link, 'code') || (name === 'HTTPParserError' ? name : '')
}

function textOf(from: object, name: 'code' | 'message' | 'name'): string {
  const value: unknown = Reflect.get(from, name)
  return typeof value === 'string' ? value : ''
}
