/**
 * Every key and channel name of the daemon, in one place: they are a public contract (docs/redis.md), so none may be
 * spelled anywhere else. The braces are a cluster hash tag. All keys lie in one slot, because each Lua script touches
 * several at once; Cluster thus gives availability, not scale.
 */
import type { BuildKey } from '../domain/build.js'

/** What a key prefix may look like; it stands unescaped in keys, channels and patterns. */
const PREFIX_SHAPE = /^[a-z0-9_-]+$/

/** The keys that one run of the record script touches. */
export interface RecordKeys {
  /** Hash: the build's last transition, and its latest snapshot. */
  readonly build: string
  /** Stream: the build's own transitions, ids `<seq>-0`. */
  readonly transitions: string
  /** Stream: the event log. */
  readonly events: string
  /** Hash: the target that watches the build, if any. */
  readonly target: string
  readonly channel: string
}

export type Keys = ReturnType<typeof createKeys>

export function createKeys(prefix: string) {
  if (!PREFIX_SHAPE.test(prefix))
    throw new RangeError(`redis.prefix must match ${PREFIX_SHAPE.source}; it is "${prefix}"`)
  const root = `{${prefix}}`
  const build = (key: BuildKey) => `${root}:build:${key}`
  const transitions = (key: BuildKey) => `${root}:transitions:${key}`
  const target = (id: string) => `${root}:target:${id}`
  const channel = (key: BuildKey) => `${prefix}:events:${key}`
  const events = `${root}:events`
  return {
    prefix,
    /** Hash: `dataset`, `contract`. */
    meta: `${root}:meta`,
    events,
    build,
    transitions,
    channel,
    /** Hash: `target` (JSON), `generation`, `finished`, and the pacing. */
    target,
    /** Set: ids of all wanted targets. */
    targets: `${root}:targets`,
    /** Sorted set: ids of the wanted targets that are not finished, by their next probe (0: before the first). */
    openTargets: `${root}:targets:open`,
    /** Hash: `digest`, `generation` and `published` of the newest configuration. */
    configuration: `${root}:configuration`,
    /** Sorted set: digests that were announced before, by generation. */
    seenConfigurations: `${root}:configuration:seen`,
    /** Hash: replica id → `<epoch ms> <digest>`. */
    replicas: `${root}:replicas`,
    /** Hash: an account's allowance. */
    budget: (account: string) => `${root}:budget:${account}`,
    /** Sorted set: an account's permits whose answer has not come, by when they were granted. */
    permits: (account: string) => `${root}:budget:${account}:permits`,
    /** Hash: one row of the delivery ledger. */
    delivery: (id: string) => `${root}:delivery:${id}`,
    /** Sorted set: ids of the deliveries that wait, by their next attempt. */
    pendingDeliveries: `${root}:deliveries:pending`,
    /** Sorted set: ids of the dead letters, by when they died. */
    deadDeliveries: `${root}:deliveries:dead`,
    /** Hash: notifier → JSON of why and when it was suspended. */
    suspended: `${root}:suspended`,
    /** String, expiring: what the daemon of one replica last said of itself. */
    heartbeat: (replica: string) => `${root}:heartbeat:${replica}`,
    /** Set: replicas that have a heartbeat, or had one a moment ago. */
    heartbeats: `${root}:heartbeats`,
    /** Prefix of everything that BullMQ writes. With a bare `{prefix}` a queue named "build" would meet the build hashes. */
    queue: `${root}:queue`,
    record: (key: BuildKey): RecordKeys => ({
      build: build(key),
      transitions: transitions(key),
      events,
      target: target(key),
      channel: channel(key),
    }),
    selfTest: {
      build: `${root}:selftest:build`,
      transitions: `${root}:selftest:transitions`,
      events: `${root}:selftest:events`,
      target: `${root}:selftest:target`,
      channel: `${prefix}:selftest`,
    } satisfies RecordKeys,
  }
}
