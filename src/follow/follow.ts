/**
 * What other programs import as `buildwatchd/follow`. Nothing of the daemon is loaded with it, and ioredis only when the
 * first connection is opened.
 */
export type { BuildRef } from '../domain/build.js'
export type { BuildEvent, DigestEvent, StuckEvent, TroubleEvent, WatchEvent } from '../domain/event.js'
export type { Outcome } from '../domain/outcome.js'
export type { RedisPlace } from './connections.js'
export {
  type Followed,
  type FollowedPosition,
  followEvents,
} from './follow-events.js'
export type { Match } from './match.js'
export type { FollowOptions, FollowWithPositions, WaitOptions } from './options.js'
export { type BuildEnd, WaitTimedOut, waitForBuild } from './wait-for-build.js'
