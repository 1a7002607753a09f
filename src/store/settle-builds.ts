import type { Redis } from 'ioredis'
import { encodeSegment, parseBuildKey, resourceKey } from '../domain/build.js'
import { callsFor, sumOf } from './batches.js'
import type { Keys } from './keys.js'
import { loadScript } from './script.js'

const SETTLE = loadScript('settle-builds')

export interface SettleDeps {
  readonly redis: Redis
  readonly keys: Keys
  /** How long what is recorded of a build stays that nobody watches any more. */
  readonly buildsMs: number
}

/** A build by the key of its job or service, and its id. */
export interface BuildOf {
  readonly resource: string
  readonly build: string
}

export function buildOf(key: string): BuildOf | undefined {
  const ref = parseBuildKey(key)
  return ref && { resource: resourceKey(ref), build: ref.build }
}

export function keyOf({ resource, build }: BuildOf): string {
  return `${resource}/${encodeSegment(build)}`
}

/**
 * Lets what is recorded of these builds expire, unless a watch names or follows them; then it stays. Safe to ask of any build,
 * at any time. Answers how many began to expire.
 */
export async function settleBuilds(
  builds: readonly BuildOf[],
  { redis, keys, buildsMs }: SettleDeps,
): Promise<number> {
  const calls = callsFor(builds, (batch) => ({
    keys: [
      keys.named,
      keys.targets,
      ...batch.flatMap((each) => [
        keys.build(keyOf(each)),
        keys.transitions(keyOf(each)),
        keys.active(each.resource),
      ]),
    ],
    args: [buildsMs, ...batch.flatMap((each) => [keyOf(each), each.resource, each.build])],
  }))
  return sumOf(redis, SETTLE, calls)
}
