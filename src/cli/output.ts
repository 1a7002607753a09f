/**
 * Results as text. They hold foreign text, and a terminal obeys escapes, control characters and direction marks wherever
 * they stand: so none leaves here raw, in JSON and YAML as escapes of the format itself, which read back as they were.
 */
import { ApiError, BuildwatchdError } from '../domain/errors.js'
import { isoInstant } from '../domain/instant.js'
import { safeText } from '../domain/safe-text.js'

export const OUTPUT_FORMATS = ['json', 'yaml', 'table'] as const
/** Of `history`, which is read by spreadsheets and by `plan --history` too. */
export const HISTORY_FORMATS = ['json', 'csv', 'yaml', 'table'] as const
/** Of `tail`: one event a line. */
export const TAIL_FORMATS = ['words', 'json'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

export function outputFormat(text: string): OutputFormat {
  const format = OUTPUT_FORMATS.find((known) => known === text)
  if (format) return format
  throw new BuildwatchdError(
    'USAGE',
    `--output takes ${OUTPUT_FORMATS.join(', ')}, not ${JSON.stringify(text)}`,
  )
}

const INSTANT = /^(?:at|since|notBefore|.*At|.*Since)$/

/** Epoch milliseconds, told by the name of their field, as ISO 8601, as everywhere outside of the daemon. */
export function withIsoInstants(facts: object): object {
  return JSON.parse(
    JSON.stringify(facts, (name, value: unknown) =>
      typeof value === 'number' && INSTANT.test(name) && value > 0 ? isoInstant(value) : value,
    ),
  )
}

/** A result as text for stdout, ending in a newline. Rejects with API_BAD_RESPONSE when it is nested too deeply. */
export async function renderResult(result: object, format: OutputFormat): Promise<string> {
  refuseDeep(result)
  switch (format) {
    case 'json':
      return safeLines(`${JSON.stringify(result, null, 2)}\n`)
    case 'yaml':
      return renderYaml(result)
    case 'table':
      return renderTable(result)
  }
}

/** Far beyond any build. Whatever prints nested values does so recursively, and 2 MiB of brackets would end the stack. */
const DEEPEST = 64

function refuseDeep(result: object): void {
  let level: unknown[] = [result]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      const message = `the answer is nested more than ${DEEPEST} levels deep, which is no build; check base_url`
      throw new ApiError('API_BAD_RESPONSE', message, { retryable: false })
    }
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
}

/** Line breaks stay; in JSON and in double-quoted YAML they stand between values only. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n')
}

/** Many readers still go by YAML 1.1, to which a branch `on` is true and an instant no text: quoted, all read the same. */
const FOR_ALL_READERS = { compat: 'yaml-1.1' } as const

/** Plain where that is safe; else all texts in double quotes, the one style that has escapes. */
async function renderYaml(result: object): Promise<string> {
  const { stringify } = await import('yaml')
  const plain = stringify(result, FOR_ALL_READERS)
  if (safeLines(plain) === plain) return plain
  return safeLines(
    stringify(result, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE', lineWidth: 0 }),
  )
}

/** One line per field; nested objects show as `outer.inner`. */
function renderTable(result: object): string {
  const rows = flatten(result, '')
  const width = rows.reduce((widest, [name]) => Math.max(widest, name.length), 0)
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('')
}

function flatten(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]): [string, string][] => {
    const path = safeText(`${prefix}${name}`)
    return isNested(field) ? flatten(field, `${path}.`) : [[path, safeText(fieldText(field))]]
  })
}

function isNested(field: unknown): field is object {
  return typeof field === 'object' && field !== null && Object.keys(field).length > 0
}

function fieldText(field: unknown): string {
  if (typeof field === 'string') return field
  return field === null ? '-' : (JSON.stringify(field) ?? '-')
}
