/** Colour for people: on a terminal only, and not where NO_COLOR is set (https://no-color.org). */
import type { CliIo } from './io.js'

const STARTS = {
  good: '\u001b[32m',
  bad: '\u001b[31m',
  warning: '\u001b[33m',
  faint: '\u001b[90m',
} as const
const RESET = '\u001b[0m'

export type Paint = (text: string, as: keyof typeof STARTS | 'neutral') => string

export function paintFor({ stdout, env }: CliIo): Paint {
  const isColoured = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === ''
  return (text, as) => (isColoured && as !== 'neutral' ? `${STARTS[as]}${text}${RESET}` : text)
}
