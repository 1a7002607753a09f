/**
 * Builds and their transitions. Everything that must hold together is in `lua/record.lua`; here the entry becomes hash
 * fields and back. The hash is a public contract: texts as they stand in events, `concluded` as true or false, `visits`
 * and `latest` as JSON. Fields of a transition are only ever added to, so none needs deleting: `from` is absent in the
 * first transition alone, and nothing follows the terminal one.
 */
import type { Redis } from 'ioredis'
import { type BuildRef, buildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { isoInstant } from '../domain/instant.js'
import type { BuildRecords, Logger, RecordEntry } from '../domain/ports.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { type RecordedBuild, UNRECORDED } from '../domain/transition.js'
import type { Keys } from './keys.js'
import { type RecordCall, type RecordReply, runRecord } from './record-script.js'
import { redisCall } from './redis-failure.js'

/** Undispatched events are kept up to this many; then recording is refused, for memory is not endless. */
const EVENT_LOG_CAP = 1_000_000

export interface BuildRecordsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly logger: Logger
  /** Entries; the default is a million. */
  readonly eventLogCap?: number
  /** Told after a terminal transition was written, for an engine that saves on demand. */
  readonly onDurable?: () => void
}

export function createBuildRecords(deps: BuildRecordsDeps): BuildRecords {
  const { redis, keys } = deps
  const reportPublish = publishReporter(deps.logger)

  async function read(ref: BuildRef): Promise<RecordedBuild> {
    const hash = keys.build(buildKey(ref))
    const [seq, status, concluded, visits, latest] = await redisCall(`read ${hash}`, () =>
      redis.hmget(hash, 'seq', 'status', 'concluded', 'visits', 'latest'),
    )
    if (!seq) return UNRECORDED
    return {
      seq: Number(seq),
      concluded: concluded === 'true',
      visits: parseVisits(visits),
      ...(status ? { status } : {}),
      ...parseLatest(latest),
    }
  }

  async function record(entry: RecordEntry): Promise<RecordReply> {
    const { change, expectedSeq } = entry
    const reply = await refusals(() =>
      runRecord(redis, {
        keys: keys.record(buildKey(entry.snapshot.ref)),
        expectedSeq,
        eventLogCap: deps.eventLogCap ?? EVENT_LOG_CAP,
        fields: { ...detailFields(entry), ...(change ? transitionFields(change) : {}) },
        ...(change ? { change: changeOf(change) } : {}),
      }),
    )
    if (reply.kind === 'recorded' && change) {
      reportPublish(reply.publishRefused)
      if (change.transition.concluded) deps.onDurable?.()
    }
    return reply
  }

  return { read, record }
}

/** A server that refuses the script as a whole (a missing right to read, say) has written nothing either. */
async function refusals(run: () => Promise<RecordReply>): Promise<RecordReply> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof BuildwatchdError && error.code === 'REDIS_REFUSED')
      return { kind: 'refused', reason: error.message }
    throw error
  }
}

function changeOf({
  transition,
  event,
  routes,
}: NonNullable<RecordEntry['change']>): NonNullable<RecordCall['change']> {
  return { id: transition.id, event: JSON.stringify(event), routes: JSON.stringify(routes) }
}

function detailFields({ snapshot, expectedSeq }: RecordEntry): RecordCall['fields'] {
  const latest = { latest: JSON.stringify(snapshot.build), latestAt: isoInstant(snapshot.observedAt) }
  // A build may be served without a status at first: a hash that holds details but no seq would read as unrecorded.
  return { ...latest, seq: expectedSeq }
}

function transitionFields({ transition, event }: NonNullable<RecordEntry['change']>): RecordCall['fields'] {
  const { seq, id, from, to, concluded, outcome, visits } = transition
  const { observedAt, concludedAt, durationMs, detectedAfterMs } = event.data
  return present({
    seq,
    id,
    type: event.type,
    source: event.source,
    time: event.time,
    from,
    to,
    status: to,
    concluded: String(concluded),
    outcome,
    visits: JSON.stringify(visits),
    observedAt,
    concludedAt,
    durationMs,
    detectedAfterMs,
  })
}

function present(
  fields: Record<string, string | number | null | undefined>,
): Record<string, string | number> {
  const set = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value] as const],
  )
  return Object.fromEntries(set)
}

function parseVisits(text: string | null | undefined): Record<string, number> {
  const value: unknown = text ? JSON.parse(text) : {}
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** Whatever is there was written by this file; a foreign object would merely differ from the next snapshot. */
function parseLatest(text: string | null | undefined): { latest?: ApiBuild } {
  return text ? { latest: JSON.parse(text) } : {}
}

/** Each refusal would be a line per transition: told once, and once when it is over. */
function publishReporter(logger: Logger): (refused: string | undefined) => void {
  let reported: string | undefined
  return (refused) => {
    if (refused !== undefined && refused !== reported)
      logger.warn({ reason: refused }, 'transitions are recorded, but Redis refuses to publish them')
    if (refused === undefined && reported !== undefined) logger.info({}, 'transitions are published again')
    reported = refused
  }
}
