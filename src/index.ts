/**
 * The package's public exports: a client of the API, what follows the daemon's events, the shapes of what it publishes, and of
 * notifiers of one's own. The JSON Schema is `buildwatchd/event.schema.json`. undici and ioredis are loaded when they are used.
 */
export type { BuildKind, BuildRef } from './domain/build.js'
export { buildKey, parseBuildKey } from './domain/build.js'
export type { SendResult } from './domain/delivery.js'
export { ApiError, type ApiErrorCode, BuildwatchdError, type ErrorCode } from './domain/errors.js'
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
export type { RateLimitFacts } from './domain/ports.js'
export type { ApiBuild } from './domain/snapshot.js'
export type { StuckReason } from './domain/stuck.js'
export { type Scope, TROUBLES, type Trouble } from './domain/trouble.js'
export type { RedisPlace } from './follow/connections.js'
export { type Followed, type FollowedPosition, followEvents } from './follow/follow-events.js'
export type { Match } from './follow/match.js'
export type { FollowOptions, FollowWithPositions, WaitOptions } from './follow/options.js'
export { type BuildEnd, WaitTimedOut, waitForBuild } from './follow/wait-for-build.js'
export type {
  CallLimits,
  GetBuild,
  JobParameters,
  ListAllBuilds,
  ListBuilds,
  ListOptions,
  ProjectParameters,
  ReadBuilds,
  ResourceReads,
  ServiceParameters,
} from './northflank/api-calls.js'
export { type ApiClient, type ApiClientOptions, createClient } from './northflank/api-client.js'
export type {
  Answered,
  AnsweredPage,
  ApiRequest,
  BuildsData,
  RawResponse,
  Refused,
} from './northflank/api-result.js'
export type { Pagination } from './northflank/parse-build.js'
export type {
  NotifierPlugIn,
  PlugInContext,
  PlugInDelivery,
  PlugInNotifier,
  StandardSchema,
} from './notify/plug-in.js'
