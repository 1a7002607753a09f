import { settingsJsonSchema, watchlistJsonSchema } from '../config/json-schema.js'
import eventSchema from '../domain/event.schema.json' with { type: 'json' }
import type { SchemaName } from '../domain/schema-names.js'
import { NOTIFIER_KINDS } from '../notify/registry.js'

/** The published JSON Schemas by name. */
export function jsonSchemas(): Readonly<Record<SchemaName, object>> {
  return {
    settings: settingsJsonSchema(NOTIFIER_KINDS),
    watchlist: watchlistJsonSchema(),
    event: eventSchema,
  }
}
