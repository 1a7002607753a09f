import { readFileSync } from 'node:fs'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export const EVENT_SCHEMA: AnySchemaObject = JSON.parse(
  readFileSync(new URL('../../../src/domain/event.schema.json', import.meta.url), 'utf8'),
)

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false })
addFormats.default(ajv)
const isEvent = ajv.compile(EVENT_SCHEMA)

/** What the published schema has against an event, in words; empty when it is one. */
export function schemaErrors(event: unknown): string[] {
  return isEvent(event) ? [] : (isEvent.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}
