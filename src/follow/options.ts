import type { RedisPlace } from './connections.js'
import type { Match } from './match.js'
import type { Beginning } from './starting-point.js'

/** Where to begin is said in one way at most; with none from the first `next()` on. */
export interface FollowOptions extends Beginning {
  /** Two connections are opened there, and closed at the end. A client that is given stays open. */
  readonly redis: RedisPlace
  /** `redis.prefix` of the daemon's settings; `buildwatch` where it is absent. */
  readonly prefix?: string
  readonly match?: Match
  /** Ends the iteration when all that is in the log has been told. */
  readonly until?: 'caught_up'
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal
  /** Told of each failure; it is tried again by itself, for ever. */
  readonly onError?: (error: Error) => void
  readonly positions?: false
}

export interface FollowWithPositions extends Omit<FollowOptions, 'positions'> {
  /**
   * Items of kind `position` come too. Without them a reader has no cursor until its first event, and one whose match is narrow
   * goes on at an old one, which may meet a gap where it has missed nothing.
   */
  readonly positions: true
}

export interface WaitOptions {
  /** Two connections are opened there, and closed at the end. A client that is given stays open. */
  readonly redis: RedisPlace
  /** `redis.prefix` of the daemon's settings; `buildwatch` where it is absent. */
  readonly prefix?: string
  /** Milliseconds; absent: for ever. */
  readonly timeoutMs?: number
  /** Rejects with its reason. */
  readonly signal?: AbortSignal
  /** Told of each failure; it is tried again by itself. */
  readonly onError?: (error: Error) => void
}
