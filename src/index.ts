/** The package's public exports: the shapes of what the daemon publishes. The JSON Schema is `buildwatchd/event.schema.json`. */
export type { BuildKind, BuildRef } from './domain/build.js'
export { buildKey, parseBuildKey } from './domain/build.js'
export type {
  BuildEvent,
  BuildEventData,
  DigestData,
  DigestEvent,
  FailingLine,
  StuckData,
  StuckEvent,
  TroubleData,
  TroubleEvent,
  WatchEvent,
} from './domain/event.js'
export { VERDICTS, type Verdict } from './domain/line.js'
export { OUTCOMES, type Outcome } from './domain/outcome.js'
export type { ApiBuild } from './domain/snapshot.js'
export type { StuckReason } from './domain/stuck.js'
export { type Scope, TROUBLES, type Trouble } from './domain/trouble.js'
