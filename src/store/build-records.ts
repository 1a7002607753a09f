/**
 * Builds and their transitions. Everything that must hold together is in `lua/record.lua` and `lua/tell-stuck.lua`; here the
 * entry becomes their arguments, and what they answer is told to whom it concerns.
 */
import type { Redis } from 'ioredis'
import type { StuckEvent } from '../domain/event.js'
import type { BuildRecords, Logger, RecordEntry } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import { createActiveBuilds } from './active-builds.js'
import { readBuilds } from './build-hash.js'
import { EVENT_LOG_CAP } from './event-log-group.js'
import type { Keys } from './keys.js'
import { callOf } from './record-call.js'
import { DEFAULT_RETENTION, type RecordReply, type Retention, runRecord } from './record-script.js'
import { createRefusalLog, refusals } from './refusals.js'
import { runTellStuck } from './stuck-script.js'

export interface BuildRecordsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly logger: Logger
  /** Entries; the default is a million. */
  readonly eventLogCap?: number
  /** Defaults: builds 30 days, lines and durations 180. */
  readonly retention?: Retention
  /** Told after a terminal transition was written, for an engine that saves on demand. */
  readonly onDurable?: () => void
}

export function createBuildRecords(deps: BuildRecordsDeps): BuildRecords {
  const { redis, keys, eventLogCap = EVENT_LOG_CAP, retention = DEFAULT_RETENTION } = deps
  const reportPublish = createRefusalLog(deps.logger, {
    refused: 'transitions are recorded, but Redis refuses to publish them',
    over: 'transitions are published again',
  })
  const reportStuck = createRefusalLog(deps.logger, {
    refused: 'a build seems to be stuck, but Redis refuses to record it',
    over: 'stuck builds are recorded again',
  })

  async function record(entry: RecordEntry): Promise<RecordReply> {
    const { change } = entry
    const call = callOf(entry, { keys, eventLogCap, retention })
    const reply = await refusals(() => runRecord(redis, call))
    if (reply.kind === 'recorded' && change?.kind === 'news') {
      reportPublish(reply.publishRefused)
      if (change.transition.concluded) deps.onDurable?.()
    }
    return reply
  }

  /** Whoever asks sees the build again with the next probe: a refusal is no reason to give that up. */
  async function tellStuck(event: StuckEvent, routes: readonly Route[]): Promise<boolean> {
    const reply = await refusals(() => runTellStuck(redis, { keys, event, routes, eventLogCap }))
    reportStuck(reply.kind === 'refused' ? reply.reason : undefined)
    if (reply.kind !== 'told') return false
    reportPublish(reply.publishRefused)
    return true
  }

  return {
    read: (refs) => readBuilds(refs, deps),
    record,
    tellStuck,
    ...createActiveBuilds({ redis, keys, retention }),
  }
}
