/**
 * Liquid, held so that a template can do no more than say something: no files, no other templates, nothing of the process,
 * and every value escaped exactly once on its way out. Hence some tags and filters are taken away: those that read files,
 * `raw`, which would let foreign text through as it is, `capture`, whose text would be escaped a second time, and filters that
 * fail on what others may write: nobody keeps a message from being told by the name of his branch.
 *
 * Caps: length of the template, time, memory (counted by the engine, in characters and list entries), length of the text.
 * They are asked between two steps of a template, so a single filter may take longer; what it works on is capped by memory.
 */
import { createRequire } from 'node:module'
import type * as Engine from 'liquidjs'
import { BuildwatchdError } from '../domain/errors.js'

export const LONGEST_TEMPLATE = 10_000
/** Hundreds of times what a template of a screen takes, for the process may be busy. */
const RENDER_MS = 1000
const MEMORY_UNITS = 500_000
const LONGEST_TEXT = 20_000
/** Escaped, of one value: whoever writes a commit message may fill neither the text nor its cap. */
const LONGEST_VALUE = LONGEST_TEXT / 2
/** So many characters keep below that, whatever becomes of each: `\uXXXX` is the longest. */
const BEGINNING = Math.floor(LONGEST_VALUE / 6) - 1

const TAKEN_TAGS = ['include', 'render', 'layout', 'block', 'capture', 'tablerow']
const TAKEN_FILTERS = ['raw', 'url_decode', 'base64_decode']

/** Turns a plain text into the markup of a service, so that it reads as it is. */
export type Escape = (text: string) => string

export interface LiquidText {
  readonly text: string
  /** Why it is not all of it; absent: it is. */
  readonly cut?: string
}

/** Throws CONFIG_INVALID that names what is wrong, line and column, when the template cannot be read or rendered. */
export function renderLiquid(template: string, scope: object, escape: Escape): LiquidText {
  const liquid = load()
  const emitter = cappedEmitter()
  try {
    const engine = engineOf(liquid, escape)
    const context = new liquid.Context(copied(scope), engine.options, { sync: true })
    liquid.toValueSync(engine.renderer.renderTemplates(engine.parse(template), context, emitter))
    return { text: emitter.buffer }
  } catch (error) {
    const fault = faultOf(error, liquid)
    if (emitter.isFull()) return { text: `${emitter.buffer}…`, cut: fault }
    throw new BuildwatchdError('CONFIG_INVALID', fault)
  }
}

/** What a template names that is in no scope, such as a misspelt one: they would all be empty. Throws as {@link renderLiquid} does. */
export function unknownNames(template: string, known: readonly string[]): string[] {
  const liquid = load()
  try {
    const engine = engineOf(liquid, (text) => text)
    return engine.globalVariablesSync(engine.parse(template)).filter((name) => !known.includes(name))
  } catch (error) {
    throw new BuildwatchdError('CONFIG_INVALID', faultOf(error, liquid))
  }
}

/** Its own, with every text well-formed: some filters fail on half a character. */
function copied(scope: object): object {
  const text = JSON.stringify(scope, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{Cs}/gu, '\ufffd') : value,
  )
  return JSON.parse(text)
}

/** Loaded with the first template, because it takes as long as the rest of the notifiers together; in one go, for zod. */
function load(): typeof Engine {
  return createRequire(import.meta.url)('liquidjs')
}

function engineOf({ Liquid }: typeof Engine, escape: Escape): Engine.Liquid {
  const engine = new Liquid({
    outputEscape: (value: unknown) => shortEnough(plain(value), escape),
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: LONGEST_TEMPLATE,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY_UNITS,
    templates: {},
    // Neither where the daemon runs nor what language it speaks shows in a message.
    timezoneOffset: 0,
    locale: 'en',
  })
  for (const tag of TAKEN_TAGS) delete engine.tags[tag]
  for (const filter of TAKEN_FILTERS) delete engine.filters[filter]
  return engine
}

function shortEnough(text: string, escape: Escape): string {
  const whole = escape(text)
  if (whole.length <= LONGEST_VALUE) return whole
  return `${escape(text.slice(0, BEGINNING).replace(/[\ud800-\udbff]$/, ''))}…`
}

/** Ends it at the cap, but between two pieces: half of one may be markup that another was to close. */
function cappedEmitter(): Engine.Emitter & { buffer: string; isFull(): boolean } {
  let isFull = false
  return {
    buffer: '',
    isFull: () => isFull,
    write(piece: unknown) {
      const text = plain(piece)
      isFull = this.buffer.length + text.length > LONGEST_TEXT
      if (isFull) throw new Error(`its text is longer than ${LONGEST_TEXT} characters`)
      this.buffer += text
    },
  }
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null ? '' : (JSON.stringify(value) ?? '')
}

const CAPS: readonly (readonly [RegExp, string])[] = [
  [/^template render limit exceeded/, `it takes longer than ${RENDER_MS} ms`],
  [/^memory alloc limit exceeded/, 'it takes more memory than a template may'],
  [/^parse length limit exceeded/, `it is longer than ${LONGEST_TEMPLATE} characters`],
]

function faultOf(error: unknown, { LiquidError }: typeof Engine): string {
  const said = error instanceof Error ? error.message : String(error)
  const words = said.replace(/, line:\d+, col:\d+$/, '')
  const fault = CAPS.find(([pattern]) => pattern.test(words))?.[1] ?? withCure(words)
  if (!LiquidError.is(error)) return fault
  const [line, column] = positionOf(error)
  return `${fault} (line ${line}, column ${column})`
}

function withCure(words: string): string {
  const [, tag] = /^tag \{%-? *(\w+).* not closed$/s.exec(words) ?? []
  return tag === undefined ? words : `${words}; end it with {% end${tag} %}`
}

function positionOf({ token }: Engine.LiquidError): readonly number[] {
  return token.getPosition()
}
