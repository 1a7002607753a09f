/** The builds of a job or service that have ended, as far as Redis still knows them. */
import type { Redis } from 'ioredis'
import { buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import type { PastRun } from '../domain/job-history.js'
import { type LineHead, VERDICTS } from '../domain/line.js'
import { OUTCOMES } from '../domain/outcome.js'
import { partsOfDuration } from './ended-builds.js'
import type { Keys } from './keys.js'
import { readEach } from './read-each.js'
import { redisCall } from './redis-failure.js'
import { asList, asText } from './reply.js'

interface Means {
  readonly redis: Redis
  readonly keys: Keys
}

const FIELDS = ['latest', 'line', 'outcome', 'verdict', 'superseded'] as const

/**
 * The newest first, by creation. Their durations are kept for longer than the records of the builds, so the oldest may have
 * nothing else. Rejects as every Redis call does.
 */
export async function readPastRuns(ref: ResourceRef, { redis, keys }: Means): Promise<PastRun[]> {
  const key = keys.durations(resourceKey(ref))
  const flat = await redisCall(`read ${key}`, () => redis.zrevrange(key, '0', '-1', 'WITHSCORES'))
  const known = Array.from({ length: flat.length / 2 }, (_, at) => ({
    ...partsOfDuration(flat[2 * at] ?? ''),
    createdAt: Number(flat[2 * at + 1]),
  }))
  const records = await readEach(
    redis,
    known.map(({ build }) => keys.build(buildKey({ ...ref, build }))),
    ['hmget', ...FIELDS],
  )
  return known.map((run, at) => ({ ...run, ...recordOf(records[at]) }))
}

function recordOf(reply: unknown): Partial<PastRun> {
  const [latest, line, outcome, verdict, superseded] = asList(reply).map((value) =>
    value === null ? undefined : asText(value),
  )
  const [known, meant] = [
    OUTCOMES.find((word) => word === outcome),
    VERDICTS.find((word) => word === verdict),
  ]
  return {
    ...(latest === undefined ? {} : { served: JSON.parse(latest) }),
    ...(line === undefined ? {} : { line }),
    ...(known === undefined ? {} : { outcome: known }),
    ...(meant === undefined ? {} : { verdict: meant }),
    ...(superseded === 'true' ? { superseded: true } : {}),
  }
}

/** The heads of those of these lines that have one. */
export async function readHeads(
  ref: ResourceRef,
  lines: readonly string[],
  { redis, keys }: Means,
): Promise<Map<string, LineHead>> {
  if (lines.length === 0) return new Map()
  const key = keys.lines(resourceKey(ref))
  const heads = await redisCall(`read ${key}`, () => redis.hmget(key, ...lines))
  return new Map(
    lines.flatMap((line, at): [string, LineHead][] => {
      const head = heads[at]
      return typeof head === 'string' ? [[line, JSON.parse(head)]] : []
    }),
  )
}
