/** The published JSON Schemas. Apart from them, for they take long to make. */
export const SCHEMA_NAMES = ['settings', 'watchlist', 'event'] as const
export type SchemaName = (typeof SCHEMA_NAMES)[number]
