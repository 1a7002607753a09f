import { BuildwatchdError } from '../domain/errors.js'
import { safeText } from '../domain/safe-text.js'

const FORMATS = ['json', 'yaml', 'table'] as const
export type OutputFormat = (typeof FORMATS)[number]

export function outputFormat(text: string): OutputFormat {
  const format = FORMATS.find((known) => known === text)
  if (format) return format
  throw new BuildwatchdError('USAGE', `--output takes ${FORMATS.join(', ')}, not ${JSON.stringify(text)}`)
}

/** A result as text for stdout, ending in a newline. */
export async function renderResult(result: object, format: OutputFormat): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`
    case 'yaml':
      return (await import('yaml')).stringify(result)
    case 'table':
      return renderTable(result)
  }
}

/** One line per field; nested objects show as `outer.inner`. Control characters of foreign text are neutralised. */
function renderTable(result: object): string {
  const rows = flatten(result, '')
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('')
}

function flatten(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]): [string, string][] => {
    const path = safeText(`${prefix}${name}`)
    if (typeof field === 'object' && field !== null) return flatten(field, `${path}.`)
    return [
      [
        path,
        field === null ? '-' : safeText(typeof field === 'string' ? field : (JSON.stringify(field) ?? '-')),
      ],
    ]
  })
}
