/**
 * Keeps what is in Redis for as long as the settings say, and no longer. Most keys get their expiry where they are written;
 * what is left to do from time to time is here, and what a crash between two steps has left undone. Only the event log is
 * bounded while it is written, too.
 */
import type { Redis } from 'ioredis'
import type { Clock } from '../domain/ports.js'
import {
  careForActiveBuilds,
  careForBudgets,
  careForBuilds,
  careForLines,
  careForTroubles,
} from './caretakers.js'
import { trimEventLog } from './event-log-trim.js'
import { walkKeys } from './key-walk.js'
import type { Keys } from './keys.js'
import type { Retention } from './record-script.js'
import { redisCall } from './redis-failure.js'
import { retainWatermarks } from './retain-watermarks.js'
import { isPublishedWhole, readWanted } from './wanted.js'

export interface RetentionSettings extends Retention {
  /** Age and number of the events that are kept; those that dispatch has not acknowledged are kept whatever these say. */
  readonly eventsMs: number
  readonly maxEvents: number
}

export interface RetentionDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  readonly retention: RetentionSettings
}

/** What one run had to do. */
export interface RetentionReport {
  /** Events dropped. */
  readonly events: number
  /** Lines forgotten. */
  readonly lines: number
  /** Builds that began to expire. */
  readonly builds: number
  /** Records of trouble that began to expire. */
  readonly troubles: number
  /** Keys of allowances that began to expire. */
  readonly budgets: number
  /** Watermarks that were marked as unwanted, taken away, or wanted again. */
  readonly watermarks: number
}

export function createRetention(deps: RetentionDeps) {
  const { redis, keys, clock } = deps
  const { buildsMs, eventsMs, maxEvents, linesMs } = deps.retention

  /** Rejects as every Redis call does; another run begins anew. */
  async function run(): Promise<RetentionReport> {
    const now = clock.now()
    const events = await redisCall('trim the event log', () =>
      trimEventLog(deps, { olderThan: now - eventsMs, most: maxEvents }),
    )
    const careOfLines = careForLines(deps, now - linesMs)
    if (!(await isPublishedWhole(deps))) {
      const [lines = 0] = await walkKeys(deps, [careOfLines])
      return { ...NOTHING, events, lines }
    }
    const wanted = await readWanted(deps)
    const settling = { redis, keys, buildsMs }
    const [lines = 0, ended = 0, active = 0, troubles = 0, budgets = 0] = await walkKeys(deps, [
      careOfLines,
      careForBuilds(settling, wanted),
      careForActiveBuilds(settling),
      careForTroubles(deps, wanted),
      careForBudgets(deps, wanted),
    ])
    const watermarks = await retainWatermarks(deps, { interests: wanted.interests, now })
    return { events, lines, builds: ended + active, troubles, budgets, watermarks }
  }

  return { run }
}

const NOTHING: RetentionReport = { events: 0, lines: 0, builds: 0, troubles: 0, budgets: 0, watermarks: 0 }
