/**
 * What a refusal says where a schema has no text of its own. A text is "what is wrong; what would be right"; `{}` in it
 * is replaced by the value as it was written, `{quoted}` by it in quotes, `{absent}` by how it says nothing. Schemas of
 * this room and of the notifiers may bring texts of the same form.
 */
import type { z } from 'zod'
import { suggestion } from './suggest.js'

type RawIssue = Parameters<z.core.$ZodErrorMap>[0]

/** For {@link z.core.ParseContext.error}. Empty where the issue itself carries more specific ones. */
export function defaultText(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue.expected, issue.input)
    case 'unrecognized_keys':
      return knownKeys(issue).join(' ')
    case 'invalid_value':
      return `{} is not known; ${suggestion(String(issue.input), issue.values.map(String))}`
    case 'too_small':
      return `{} is too small; ${sizeText(issue.origin, 'at least', issue.minimum)}`
    case 'too_big':
      return `{} is too large; ${sizeText(issue.origin, 'at most', issue.maximum)}`
    case 'invalid_format':
      return formatText(issue)
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      return ''
    default:
      return '{} is not accepted here; see docs/configuration.md for what is'
  }
}

/** What each type of value is called, and how to write one. */
const TYPES: Readonly<Record<string, readonly [name: string, cure: string]>> = {
  string: ['text', 'write a text'],
  number: ['number', 'write a number without quotes'],
  int: ['whole number', 'write a whole number without quotes'],
  boolean: ['truth value', 'write true or false, without quotes'],
  array: ['list', 'write [one, another], or one "- item" a line'],
  object: ['map', 'write "key: value" lines below it'],
  record: ['map', 'write "key: value" lines below it'],
}

function typeText(expected: string, input: unknown): string {
  const [name, cure] = TYPES[expected] ?? [expected, `write a value of the type ${expected}`]
  if (input === undefined) return `is missing; ${cure}`
  if (input === null)
    return `{absent}; ${cure}${expected === 'string' ? ', in quotes if it reads like something else' : ''}`
  if (expected !== 'string' || typeof input === 'object') return `{} is no ${name}; ${cure}`
  return `{} is read as a ${typeof input === 'number' ? 'number' : 'truth value'}; put it in quotes: {quoted}`
}

function sizeText(origin: string, limit: string, size: number | bigint): string {
  if (origin === 'string') return `write ${limit} ${size} characters`
  if (origin === 'number' || origin === 'int') return `write ${limit} ${size}`
  return `give ${limit} ${size}`
}

function formatText(issue: Extract<RawIssue, { code: 'invalid_format' }>): string {
  return issue.format === 'url'
    ? '{} is no URL; write one such as https://example.com/path'
    : `{} does not have the right form; it must be a ${issue.format}${issue.pattern ? ` (${issue.pattern})` : ''}`
}

/** The keys that the refusing map knows; the caller makes one refusal of each unknown key. */
function knownKeys({ inst }: RawIssue): string[] {
  const shape = inst && 'shape' in inst._zod.def ? inst._zod.def.shape : undefined
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : []
}

export function unknownKeyText(key: string, known: readonly string[]): string {
  return `is no known key; ${suggestion(key, known)}`
}
