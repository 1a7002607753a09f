/**
 * An entry as fields of the build hash, and back. The hash is a public contract: texts as they stand in events, `concluded`
 * as true or false, `visits` and `latest` as JSON. What the line makes of an end (`verdict` and the like) the script adds.
 * Fields of a transition are only ever added to, so none needs deleting: `from` is absent in the first transition alone, and
 * nothing follows the terminal one. Only what was history gives way as a whole.
 */
import type { Redis } from 'ioredis'
import { type BuildRef, buildKey } from '../domain/build.js'
import { isoInstant, normaliseCreatedAt } from '../domain/instant.js'
import type { RecordEntry, RecordedChange } from '../domain/ports.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { type RecordedBuild, UNRECORDED } from '../domain/transition.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { asList, asText } from './reply.js'

type Fields = Readonly<Record<string, string | number>>

export function fieldsOf({ snapshot, expectedSeq, change }: RecordEntry): Fields {
  const latest = { latest: JSON.stringify(snapshot.build), latestAt: isoInstant(snapshot.observedAt) }
  // A build may be served without a status at first: a hash that holds details but no seq would read as unrecorded.
  if (!change) return { ...latest, seq: expectedSeq }
  const fields = { ...latest, ...transitionFields(change) }
  return change.kind === 'history' ? { ...fields, seq: 0, history: 'true' } : fields
}

function transitionFields({ transition, event }: RecordedChange): Fields {
  const { seq, id, from, to, concluded, outcome, line, visits } = transition
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
    line,
    visits: JSON.stringify(visits),
    observedAt,
    concludedAt,
    durationMs,
    detectedAfterMs,
  })
}

function present(fields: Record<string, string | number | null | undefined>): Fields {
  const set = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value] as const],
  )
  return Object.fromEntries(set)
}

const READ_FIELDS = [
  'seq',
  'status',
  'concluded',
  'visits',
  'latest',
  'observedAt',
  'stuck',
  'history',
] as const

/** On one round trip; in the order of `refs`. */
export async function readBuilds(
  refs: readonly BuildRef[],
  { redis, keys }: { redis: Redis; keys: Keys },
): Promise<RecordedBuild[]> {
  if (refs.length === 0) return []
  return redisCall('read builds', async () => {
    const batch = redis.pipeline()
    for (const ref of refs) batch.hmget(keys.build(buildKey(ref)), ...READ_FIELDS)
    const replies = (await batch.exec()) ?? []
    return replies.map(([error, values]) => {
      if (error) throw error
      return recordedOf(asList(values).map((value) => (value === null ? undefined : asText(value))))
    })
  })
}

function recordedOf(values: readonly (string | undefined)[]): RecordedBuild {
  const [seq, status, concluded, visits, latest, observedAt, stuck, history] = values
  if (!seq) return UNRECORDED
  return {
    seq: Number(seq),
    concluded: concluded === 'true',
    visits: parseVisits(visits),
    ...(status ? { status } : {}),
    ...parseLatest(latest),
    ...(observedAt ? { changedAt: Date.parse(observedAt) } : {}),
    ...(stuck ? { stuck: true } : {}),
    ...(history ? { history: true } : {}),
  }
}

function parseVisits(text: string | undefined): Record<string, number> {
  const value: unknown = text ? JSON.parse(text) : {}
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** Whatever is there was written by this file; a foreign object would merely differ from the next snapshot. */
function parseLatest(text: string | undefined): Pick<RecordedBuild, 'latest' | 'createdAt'> {
  if (!text) return {}
  const latest: ApiBuild = JSON.parse(text)
  const createdAt = normaliseCreatedAt(latest.createdAt)
  return { latest, ...(createdAt === undefined ? {} : { createdAt }) }
}
