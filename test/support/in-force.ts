/** What is watched, in words that can be compared: as the watchlists ask for it, and as the daemon has it in Redis. */
import type { Redis } from 'ioredis'
import type { WatchTruth } from './history-checker/history.js'

/** A line for each build that is named and for each filter of a job or service. */
export function askedFor(watches: readonly WatchTruth[]): string {
  return inOrder(
    watches.map(({ resource, build, branches, pullRequests }) =>
      build === undefined ? filterLine(resource, branches, pullRequests) : build,
    ),
  )
}

export async function foundInForce(redis: Redis): Promise<string> {
  const ids = await redis.smembers('{buildwatch}:targets')
  const texts = await Promise.all(ids.map((id) => redis.hget(`{buildwatch}:target:${id}`, 'target')))
  return inOrder(ids.flatMap((id, at) => linesOf(id, JSON.parse(texts[at] ?? '{}'))))
}

interface FoundTarget {
  readonly kind?: string
  readonly interests?: readonly {
    readonly filter: { readonly branches: readonly string[]; readonly pullRequests: string }
  }[]
  readonly named?: readonly { readonly build: string }[]
}

function linesOf(id: string, { kind, interests = [], named = [] }: FoundTarget): string[] {
  if (kind !== 'feed') return [id]
  return [
    ...interests.map(({ filter }) => filterLine(id, filter.branches, filter.pullRequests)),
    ...named.map(({ build }) => `${id}/${build}`),
  ]
}

function filterLine(resource: string, branches: readonly string[], pullRequests: string): string {
  return `${resource} of [${branches.join(' ')}] ${pullRequests} pull requests`
}

/** Watches with equal filters are one interest. */
function inOrder(lines: readonly string[]): string {
  return [...new Set(lines)].sort().join('\n')
}
