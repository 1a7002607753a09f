/**
 * Secrets in a log do not keep to its lines: what prints them wraps them, prints one of many lines alone, or takes a URL apart.
 * So known values are looked for as if there were no line breaks, and their parts as well.
 */
import { formsPattern, HIDDEN, secretForms } from '../domain/secret-forms.js'

/** Shorter parts are words, such as `services` in the path of a webhook. */
const SHORTEST_PART = 12

/** Hides the values and their parts, also where line breaks stand in them. */
export function hideValues(lines: readonly string[], values: readonly string[]): string[] {
  const forms = values.flatMap((value) => [value, ...partsOf(value)].flatMap(secretForms)).map(unbroken)
  const pattern = formsPattern(new Set(forms.filter((form) => form !== '')))
  if (!pattern) return [...lines]
  const found = [...lines.join('').matchAll(pattern)].map(
    ({ index, 0: { length } }): Span => ({ from: index, to: index + length }),
  )
  let at = 0
  return lines.map((line) => {
    const from = at
    at += line.length
    return without(
      line,
      found.map((span) => ({ from: span.from - from, to: span.to - from })),
    )
  })
}

/** `to` is the first place behind it. */
interface Span {
  readonly from: number
  readonly to: number
}

/** What begins in this line shows that it was there; what goes on from the one before it does not again. */
function without(line: string, spans: readonly Span[]): string {
  let text = ''
  let at = 0
  for (const { from, to } of spans) {
    if (to <= 0 || from >= line.length) continue
    text += line.slice(at, Math.max(at, from)) + (from < 0 ? '' : HIDDEN)
    at = Math.min(to, line.length)
  }
  return text + line.slice(at)
}

function unbroken(text: string): string {
  return text.replaceAll(/[\r\n]/g, '')
}

/** Lines of a key, the password and other members of URLs, what stands behind `whsec_`. */
function partsOf(value: string): string[] {
  const parts = [...value.split(/\s+/), ...value.split(/[\s,:/@?&=#]+|whsec_/)].filter(
    (part) => part.length >= SHORTEST_PART && /\d/.test(part),
  )
  const passwords = [...value.matchAll(/:\/\/[^\s:/@]*:([^\s/@]+)@/g)].map(([, password = '']) => password)
  const found = [...parts, ...passwords]
  return [unbroken(value), ...found, ...found.map(decoded)]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/
const END = /-----END [A-Z ]{0,40}PRIVATE KEY-----/
/** Ends in base64, perhaps behind what a builder prints before each line. */
const KEY_LINE = /[A-Za-z\d+/=]{40,}\s*$/
const LAST_LINE = /[A-Za-z\d+/=]{4,}\s*$/
/** Of the lines after the beginning also the last, which may be short, and headers such as `DEK-Info:`. */
const KEY_REST = /^\s*$|^\S{1,100}$|^[\w-]{1,40}: /

/** Hides private keys of several lines: from their beginning on, and before an end whose beginning is not there. */
export function hideKeys(lines: readonly string[]): string[] {
  const shown = [...lines]
  let isInside = false
  for (const [at, line] of lines.entries()) {
    if (END.test(line)) {
      if (!isInside) hideBefore(at, shown)
      shown[at] = HIDDEN
      isInside = false
    } else if (isInside) {
      isInside = KEY_LINE.test(line) || KEY_REST.test(line)
      if (isInside) shown[at] = HIDDEN
    }
    // What stands before it, and the line itself, is left to who hides what looks like a secret.
    const begins = line.lastIndexOf('-----BEGIN ')
    if (begins > line.lastIndexOf('-----END ') && BEGIN.test(line.slice(begins))) isInside = true
  }
  return shown
}

/** The last line of a key, right before its end, is the rest of it. */
function hideBefore(end: number, shown: string[]): void {
  const isKey = (at: number) => (at === end - 1 ? LAST_LINE : KEY_LINE).test(shown[at] ?? '')
  for (let at = end - 1; at >= 0 && isKey(at); at -= 1) shown[at] = HIDDEN
}
