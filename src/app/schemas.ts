import { settingsJsonSchema, watchlistJsonSchema } from '../config/json-schema.js'
import eventSchema from '../domain/event.schema.json' with { type: 'json' }
import { NOTIFIER_KINDS } from '../notify/registry.js'

/** The published JSON Schemas by name. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    settings: settingsJsonSchema(NOTIFIER_KINDS),
    watchlist: watchlistJsonSchema(),
    event: eventSchema,
  }
}
