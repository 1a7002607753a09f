/** The package's public exports: the shapes of what the daemon publishes, and of notifiers of one's own. The JSON Schema is `buildwatchd/event.schema.json`. */
export type { BuildKind, BuildRef } from './domain/build.js'
export { buildKey, parseBuildKey } from './domain/build.js'
export type { SendResult } from './domain/delivery.js'
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
export type { Briefing, Occasion } from './domain/occasion.js'
export { OUTCOMES, type Outcome } from './domain/outcome.js'
export type { ApiBuild } from './domain/snapshot.js'
export type { StuckReason } from './domain/stuck.js'
export { type Scope, TROUBLES, type Trouble } from './domain/trouble.js'
export type {
  NotifierPlugIn,
  PlugInContext,
  PlugInDelivery,
  PlugInNotifier,
  StandardSchema,
} from './notify/plug-in.js'
