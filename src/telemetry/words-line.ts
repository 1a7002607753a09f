/**
 * A log line for people, `12:34:56 info  message  key=value`, made from the JSON line that machines would have got: one
 * source for both formats, and nothing can be in the one that is not in the other.
 */
import { safeText } from '../domain/safe-text.js'

export interface WordsStyle {
  readonly colour: boolean
  readonly scrub: (text: string) => string
}

const COLOURS: Readonly<Record<string, string>> = {
  debug: '\u001b[90m',
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
}
const RESET = '\u001b[0m'
const PLAIN_VALUE = /^[^\s"=]+$/

/** `json` is a line of the logger's own making; the result ends in a line break and holds no other. */
export function wordsLine(json: string, style: WordsStyle): string {
  const { time, level, msg, ...fields } = record(JSON.parse(json))
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${fieldWords(value, style)}`)
  const rest = safeText(style.scrub(`${text(msg)}  ${pairs.join(' ')}`.trim()))
  return `${text(time).slice(11, 19)} ${levelWord(text(level), style.colour)} ${rest}\n`
}

function levelWord(level: string, colour: boolean): string {
  const padded = level.padEnd(5)
  const start = COLOURS[level]
  return colour && start !== undefined ? `${start}${padded}${RESET}` : padded
}

/** Scrubbed before it is quoted too: each layer of quotes would disguise a secret further. */
function fieldWords(value: unknown, { scrub }: WordsStyle): string {
  const words = scrub(valueWords(value))
  return PLAIN_VALUE.test(words) ? words : JSON.stringify(words)
}

function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueWords).join(', ')
  return typeof value === 'object' && value !== null ? objectWords(value) : text(value)
}

function objectWords(value: object): string {
  return 'message' in value && 'name' in value ? errorWords(value) : JSON.stringify(value)
}

/** `API_UNREACHABLE: no answer; caused by ECONNREFUSED: connect …`, with the place in the code for a defect. */
function errorWords(error: object): string {
  const { name, code, message, cause, stack } = record(error)
  const place = /^\s+at (.+)$/m.exec(text(stack))?.[1]
  const words = `${text(code ?? name)}: ${text(message)}${place === undefined ? '' : ` at ${place}`}`
  if (cause === undefined) return words
  return `${words}; caused by ${typeof cause === 'object' && cause ? errorWords(cause) : text(cause)}`
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}
