/** The package's public exports: the shapes of what the daemon publishes. The JSON Schema is `buildwatchd/event.schema.json`. */
export type { BuildKind, BuildRef } from './domain/build.js'
export { buildKey, parseBuildKey } from './domain/build.js'
export type { BuildEvent, BuildEventData } from './domain/event.js'
export { OUTCOMES, type Outcome } from './domain/outcome.js'
export type { ApiBuild } from './domain/snapshot.js'
