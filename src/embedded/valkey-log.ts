import { StringDecoder } from 'node:string_decoder'
import type { Logger } from '../domain/ports.js'

export interface ValkeyLog {
  readonly print: (piece: Uint8Array) => void
  /** The latest lines, for the message of an engine that has ended. */
  readonly lastWords: () => string
}

/** `42:M 01 Jan 2027 10:00:00.000 * Ready`: pid and role, time, level, words. */
const LINE = /^\d+:[A-Z] .+? ([.\-*#]) (.*)$/
/** Warnings that every start brings and that nobody can do anything about here. */
const EXPECTED = /^Warning: 32 bit instance detected|OnUnload|^Failed to unload module lua/
const LAST_LINES = 5

/** Turns what the engine prints into log lines: its warnings stay warnings, all else is for debugging. */
export function createValkeyLog(logger: Logger): ValkeyLog {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const last: string[] = []
  const line = (text: string): void => {
    const [, level, words = text] = LINE.exec(text) ?? []
    last.push(words)
    if (last.length > LAST_LINES) last.shift()
    if (level === '#' && !EXPECTED.test(words)) logger.warn({ engine: 'valkey' }, words)
    else logger.debug({ engine: 'valkey' }, words)
  }
  return {
    print(piece) {
      const lines = (rest + decoder.write(Buffer.from(piece))).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) if (text.trim() !== '') line(text)
    },
    lastWords: () => last.join(' / '),
  }
}
