import { fieldsOf } from './parse-build.js'

interface Entry {
  readonly text: string
  /** Epoch ms; NaN where it cannot be read. */
  readonly at: number
}

/**
 * The lines of a log, oldest first; `undefined` when there is no list. Asked for backwards, the service answers with the newest
 * first; the instants decide where they are there, for several containers may have written. What `log` is is undocumented:
 * a text, or an object with a message in it. Never throws.
 */
export function parseLogLines(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const entries = value.flatMap(entryOf).toReversed()
  const isDated = entries.every(({ at }) => !Number.isNaN(at))
  if (isDated) entries.sort((a, b) => a.at - b.at)
  return entries.flatMap(({ text }) => text.replace(/\r?\n$/, '').split(/\r?\n/))
}

function entryOf(value: unknown): Entry[] {
  const fields = fieldsOf(value)
  const text = fields && textOf(fields.get('log'))
  const at = fields?.get('ts')
  return text === undefined ? [] : [{ text, at: typeof at === 'string' ? Date.parse(at) : Number.NaN }]
}

function textOf(log: unknown): string | undefined {
  if (typeof log === 'string') return log
  const message = fieldsOf(log)?.get('message')
  if (typeof message === 'string') return message
  return log === undefined || log === null ? undefined : JSON.stringify(log)
}
