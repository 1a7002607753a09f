import type { Redis } from 'ioredis'
import type { TroubleRecord } from '../domain/trouble.js'
import type { Keys } from './keys.js'
import { readActive } from './read-active.js'
import { readEach } from './read-each.js'
import { asList, asText } from './reply.js'
import { keyOf } from './settle-builds.js'

/** A build that is followed and has not concluded. Instants are epoch ms. */
export interface ActiveBuildFacts {
  readonly key: string
  /** Key of its job or service. */
  readonly resource: string
  readonly build: string
  readonly status?: string
  /** When it was seen to enter that. */
  readonly sinceAt?: number
  readonly createdAt?: number
  /** Since its creation. */
  readonly ageMs?: number
  /** The median of what builds of its job or service have taken, and the longest, as far as they are known. */
  readonly usualMs?: number
  readonly longestMs?: number
  /** When it was told to be stuck. */
  readonly stuckAt?: number
  /** What keeps the daemon from seeing it. */
  readonly trouble?: TroubleRecord
}

interface Means {
  readonly redis: Redis
  readonly keys: Keys
}

/** Of these jobs and services; those of each, oldest first. */
export async function readActiveBuilds(
  resources: readonly string[],
  now: number,
  means: Means,
): Promise<ActiveBuildFacts[]> {
  const builds = await readActive(resources, means)
  const usual = await readUsual([...new Set(builds.map(({ resource }) => resource))], means)
  const hashes = builds.map((build) => means.keys.build(keyOf(build)))
  const replies = await readEach(means.redis, hashes, ['hmget', 'status', 'observedAt', 'stuck'])
  return builds.map((build, at) => ({
    key: keyOf(build),
    ...build,
    ...statusOf(replies[at]),
    ...(build.createdAt === undefined ? {} : { ageMs: Math.max(0, now - build.createdAt) }),
    ...usual.get(build.resource),
  }))
}

function statusOf(reply: unknown): Pick<ActiveBuildFacts, 'status' | 'sinceAt' | 'stuckAt'> {
  const [status, observedAt, stuck] = asList(reply)
  return {
    ...(status ? { status: asText(status) } : {}),
    ...(observedAt ? { sinceAt: Date.parse(asText(observedAt)) } : {}),
    ...(stuck ? { stuckAt: Date.parse(asText(stuck)) } : {}),
  }
}

type Usual = Pick<ActiveBuildFacts, 'usualMs' | 'longestMs'>

async function readUsual(
  resources: readonly string[],
  { redis, keys }: Means,
): Promise<ReadonlyMap<string, Usual>> {
  const replies = await readEach(redis, resources.map(keys.durations), ['zrange', 0, -1])
  return new Map(resources.map((resource, at) => [resource, usualOf(asList(replies[at]))]))
}

/** Members are `<ms>:<build id>`. */
function usualOf(members: readonly unknown[]): Usual {
  const sorted = members.map((member) => Number.parseInt(asText(member), 10)).sort((a, b) => a - b)
  const [longestMs] = sorted.slice(-1)
  return longestMs === undefined ? {} : { usualMs: medianOf(sorted), longestMs }
}

/** Of numbers in order, at least one. */
function medianOf(sorted: readonly number[]): number {
  const [low = 0, high = low] = sorted.slice(
    Math.ceil(sorted.length / 2) - 1,
    Math.floor(sorted.length / 2) + 1,
  )
  return Math.round((low + high) / 2)
}
