/**
 * JSON Schemas for editors, made from the very schemas that the loader checks with. Editors see the file before
 * references are expanded, so that every value with a form of its own may also be a text with a reference in it.
 */
import { z } from 'zod'
import type { NotifierSchema } from './configuration.js'
import { notifierSchema, settingsSchema } from './settings-schema.js'
import { watchlistSchema } from './watch-schema.js'

export type JsonSchema = z.core.JSONSchema.BaseSchema

export function settingsJsonSchema(notifierKinds: readonly NotifierSchema[]): JsonSchema {
  const kinds = notifierKinds.map(notifierSchema)
  const [first, ...others] = kinds
  return editorSchema(settingsSchema(first ? z.union([first, ...others]) : z.never()))
}

export function watchlistJsonSchema(): JsonSchema {
  return editorSchema(watchlistSchema)
}

function editorSchema(schema: z.ZodType): JsonSchema {
  const whole = z.toJSONSchema(schema, { io: 'input', override: allowReference })
  for (const [key, part] of Object.entries(whole.properties ?? {})) {
    if (!whole.required?.includes(key)) allowNothing(part)
  }
  return whole
}

/** As the loader takes it: a key below which all lines are commented out, as in the files that ship, is no key. */
function allowNothing(part: z.core.JSONSchema._JSONSchema): void {
  if (typeof part === 'boolean' || part.type === undefined) return
  const types: unknown[] = [part.type, 'null']
  Object.assign(part, { type: types })
}

const REFERENCE = { type: 'string', pattern: '\\$\\{' } as const
const NOTES = new Set(['title', 'description', 'default', 'examples'])

interface Overridden {
  readonly jsonSchema: JsonSchema
  readonly path: readonly (string | number)[]
}

/**
 * Wraps the schema of a formed scalar, in place: `{…}` becomes `{anyOf: [{…}, a text with a reference]}`. Keys are
 * never expanded.
 */
function allowReference({ jsonSchema, path }: Overridden): void {
  if (!isFormed(jsonSchema) || path.includes('propertyNames')) return
  const form: JsonSchema = {}
  for (const [key, value] of Object.entries(jsonSchema)) {
    if (NOTES.has(key)) continue
    form[key] = value
    delete jsonSchema[key]
  }
  jsonSchema.anyOf = [form, REFERENCE]
}

const FORMS = ['pattern', 'allOf', 'enum', 'format']

function isFormed(schema: JsonSchema): boolean {
  const { type } = schema
  if (type === 'number' || type === 'integer' || type === 'boolean') return true
  return type === 'string' && FORMS.some((key) => key in schema)
}
