/**
 * The domain's Logger on pino. Whatever a line is made of, it leaves through `finish`: there secrets are removed by value,
 * because redaction by field name misses messages, nested objects and error texts.
 */
import { type Logger as Pino, pino } from 'pino'
import type { Clock, Logger } from '../domain/ports.js'
import { safeText } from '../domain/safe-text.js'
import { withErrorFields } from './error-fields.js'
import type { Scrubber } from './scrubber.js'
import { wordsLine } from './words-line.js'

type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** `process.stderr`, or any writable stream. */
export type LogStream = Pick<NodeJS.WritableStream, 'write' | 'on'> & { readonly isTTY?: boolean }

export interface LoggerOptions {
  readonly level: LogLevel | 'silent'
  /** `auto`: plain words on a terminal, JSON otherwise. */
  readonly format: 'auto' | 'json' | 'words'
  readonly stream: LogStream
  readonly scrubber: Scrubber
  /** In `words` only; by default on a terminal unless NO_COLOR is set. */
  readonly colour?: boolean
  readonly clock?: Clock
}

export interface RootLogger extends Logger {
  /** Resolves when what was logged so far is written, or cannot be, or after a second. */
  flush(): Promise<void>
}

const FLUSH_MS = 1000

export function createLogger(options: LoggerOptions): RootLogger {
  const { stream, clock = { now: Date.now } } = options
  // Without a listener a reader that went away (EPIPE) would end the process. Logging is never worth that.
  stream.on('error', () => undefined)
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }), log: withErrorFields },
      // pino's own serialiser for this name knows neither codes nor causes.
      serializers: { err: (value: unknown) => value },
      hooks: { streamWrite: finishOf(options) },
    },
    { write: (line) => writeQuietly(stream, line) },
  )
  return { ...adapted(root), flush: () => flushed(stream) }
}

function adapted(logger: Pino): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => adapted(logger.child(withErrorFields({ ...fields }))),
  }
}

/** From pino's JSON line to what is written: scrubbed, in one piece, without control characters. */
function finishOf({ format, stream, colour, scrubber }: LoggerOptions): (line: string) => string {
  const onTerminal = stream.isTTY === true
  if (format === 'json' || (format === 'auto' && !onTerminal)) return (line) => jsonLine(line, scrubber)
  const style = {
    colour: colour ?? (onTerminal && (process.env.NO_COLOR ?? '') === ''),
    scrub: (text: string) => scrubber.scrub(text),
  }
  return (line) => wordsLine(line, style)
}

function jsonLine(line: string, scrubber: Scrubber): string {
  const json = line.trimEnd()
  const scrubbed = scrubber.scrub(json)
  // A value may begin inside an escape (`nsecret` in `\nsecret`); what then is no JSON any more is not worth printing.
  const sound = scrubbed === json || isJson(scrubbed)
  return `${safeText(sound ? scrubbed : unprintable(json))}\n`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function unprintable(json: string): string {
  const { level, time } = JSON.parse(json)
  return JSON.stringify({ level, time, msg: 'a line that could not be freed of a secret was left out' })
}

function writeQuietly(stream: LogStream, line: string): void {
  try {
    stream.write(line)
  } catch {
    // There is nowhere left to say so.
  }
}

function flushed(stream: LogStream): Promise<void> {
  return new Promise((resolve) => {
    // A reader that stopped reading must not hold up the way down.
    const timer = setTimeout(resolve, FLUSH_MS)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    try {
      stream.write('', done)
    } catch {
      done()
    }
  })
}
