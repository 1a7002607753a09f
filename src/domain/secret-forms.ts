/**
 * The shapes in which a known secret can turn up in a log line or in another server's answer. Redaction works on values,
 * not on field names, because a secret leaks where nobody thought of a field: in messages, URLs, echoes and dumps.
 */
import { safeText } from './safe-text.js'

/** Shorter values are words of everyday text; hiding them would make lines unreadable and protect nothing. */
const SHORTEST_SECRET = 6

/** What stands in a secret's place. */
export const HIDDEN = '[secret]'

/** Every text to hide for `value`: as it is, escaped for JSON or HTML, percent-encoded, base64, hex. Empty when the value is too short. */
export function secretForms(value: string): string[] {
  if (value.length < SHORTEST_SECRET) return []
  const escaped = [...jsonForms(value), ...htmlForms(value), ...urlForms(value)]
  const forms = [value, safeText(value), ...escaped, ...base64Forms(value), hexOf(value)]
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_SECRET)
}

/**
 * Twice too: JSON text that is itself logged as a JSON string. And as other languages write it: PHP escapes the slash, Python and
 * Ruby what is not ASCII, Go what could begin a tag.
 */
function jsonForms(value: string): string[] {
  const once = JSON.stringify(value).slice(1, -1)
  const slashed = once.replaceAll('/', String.raw`\/`)
  const others = [slashed, inAscii(once), inAscii(slashed), once.replace(/[&<>]/g, unicodeEscape)]
  return [once, JSON.stringify(once).slice(1, -1), ...others]
}

function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, unicodeEscape)
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** With the names that everyone uses for quotes, or without: in a text they need none. */
function htmlForms(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = text.replaceAll('"', '&quot;')
  return [text, quoted, quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&#x27;')]
}

function hexOf(value: string): string {
  const bytes = new TextEncoder().encode(value)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function urlForms(value: string): string[] {
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(value))
  const encoded = encodeURIComponent(wellFormed)
  const lowerCased = encoded.replace(/%[\dA-F]{2}/g, (octet) => octet.toLowerCase())
  const inForm = new URLSearchParams([['', wellFormed]]).toString().slice(1)
  return [encoded, lowerCased, inForm, encodeURI(wellFormed)]
}

/**
 * Base64 reads three bytes at a time, so a value inside a longer text (`user:secret` of Basic authentication) shows in
 * one of three shapes, by where it starts. Of each only the characters that its neighbours cannot change are taken.
 */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const shapes = [0, 1, 2].map((offset) => stableBase64(bytes, offset))
  return shapes.flatMap((shape) => [shape, shape.replaceAll('+', '-').replaceAll('/', '_')])
}

function stableBase64(bytes: Uint8Array, offset: number): string {
  const padded = Array.from([...new Uint8Array(offset), ...bytes], (byte) => String.fromCharCode(byte)).join(
    '',
  )
  const firstWhole = Math.ceil((offset * 8) / 6)
  const wholeChars = Math.floor((padded.length * 8) / 6)
  return btoa(padded).slice(firstWhole, wholeChars)
}

/** Matches any of the forms, longest first so that nothing of a longer one is left over; `undefined` for none. */
export function formsPattern(forms: Iterable<string>): RegExp | undefined {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  if (longestFirst.length === 0) return undefined
  return new RegExp(longestFirst.map(literally).join('|'), 'g')
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
