/**
 * Every key and channel name of the daemon, in one place: they are a public contract (docs/redis.md), so none may be
 * spelled anywhere else, but for the few in `follow/` that other programs load without the daemon. The braces are a cluster hash tag. All keys lie in one slot, because each Lua script touches
 * several at once; Cluster thus gives availability, not scale.
 */
import { type BuildKey, type BuildRef, buildKey, resourceKey } from '../domain/build.js'

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
  /** Sorted set: builds of the job or service that are recorded and have not concluded, by creation. */
  readonly active: string
  /** Sorted set: `<duration in ms>:<build id>` of the job or service, by creation. */
  readonly durations: string
  /** Hash: line → JSON of its head, of the job or service. */
  readonly lines: string
  /** Sorted set: line → when it last moved, epoch ms. */
  readonly linesMoved: string
  readonly channel: string
}

export type Keys = ReturnType<typeof createKeys>

/** Matches every key of the prefix, for SCAN. */
export function patternOf({ prefix }: Pick<Keys, 'prefix'>): string {
  return `{${prefix}}:*`
}

export function createKeys(prefix: string) {
  if (!PREFIX_SHAPE.test(prefix))
    throw new RangeError(`redis.prefix must match ${PREFIX_SHAPE.source}; it is "${prefix}"`)
  const root = `{${prefix}}`
  const channel = (subject: string) => `${prefix}:events:${subject}`
  const builds = keysOfBuilds(root)
  return {
    prefix,
    /** Hash: `dataset`, `contract`. */
    meta: `${root}:meta`,
    channel,
    ...builds,
    ...keysOfTargets(root),
    ...keysOfDeliveries(root),
    ...keysOfReplicas(root),
    /** Hash: `state`, the JSON of what planning knows of an account. */
    planning: (account: string) => `${root}:planning:${account}`,
    /** Hash: an account's allowance. */
    budget: (account: string) => `${root}:budget:${account}`,
    /** Sorted set: an account's permits whose answer has not come, by when they were granted. */
    permits: (account: string) => `${root}:budget:${account}:permits`,
    /** Prefix of everything that BullMQ writes. With a bare `{prefix}` a queue named "build" would meet the build hashes. */
    queue: `${root}:queue`,
    record(ref: BuildRef): RecordKeys {
      const [key, resource] = [buildKey(ref), resourceKey(ref)]
      return {
        build: builds.build(key),
        transitions: builds.transitions(key),
        events: builds.events,
        active: builds.active(resource),
        durations: builds.durations(resource),
        lines: builds.lines(resource),
        linesMoved: builds.linesMoved(resource),
        channel: channel(key),
      }
    },
    selfTest: keysOfSelfTest(root, prefix),
  }
}

function keysOfBuilds(root: string) {
  return {
    /** Stream: the event log. */
    events: `${root}:events`,
    build: (key: BuildKey) => `${root}:build:${key}`,
    transitions: (key: BuildKey) => `${root}:transitions:${key}`,
    active: (resource: string) => `${root}:active:${resource}`,
    durations: (resource: string) => `${root}:durations:${resource}`,
    lines: (resource: string) => `${root}:lines:${resource}`,
    linesMoved: (resource: string) => `${root}:lines:${resource}:moved`,
    /** Hash: `<feed id> <interest id>` → JSON of its watermark. */
    watermarks: `${root}:watermarks`,
    /** Hash: `rev` and `record` (JSON) of one subject: a target, a build or an account. */
    trouble: (subject: string) => `${root}:trouble:${subject}`,
  }
}

function keysOfTargets(root: string) {
  return {
    /** Hash: `target` (JSON), `generation`, `finished`, `abandoned`, and the pacing. */
    target: (id: string) => `${root}:target:${id}`,
    /** Stream: the target's newest probes. */
    probes: (id: string) => `${root}:probes:${id}`,
    /** Set: ids of all wanted targets. */
    targets: `${root}:targets`,
    /** Sorted set: ids of the wanted targets that are neither finished nor abandoned, by next probe (0: before the first). */
    openTargets: `${root}:targets:open`,
    /** Set: keys of the builds that watches name. */
    named: `${root}:builds:named`,
    /** Hash: account → JSON of the routes that may be told of its trouble. */
    accounts: `${root}:accounts`,
    /** Hash: `digest`, `generation` and `published` of the newest configuration. */
    configuration: `${root}:configuration`,
    /** Sorted set: digests that were announced before, by generation. */
    seenConfigurations: `${root}:configuration:seen`,
  }
}

function keysOfDeliveries(root: string) {
  return {
    /** Hash: one row of the delivery ledger. */
    delivery: (id: string) => `${root}:delivery:${id}`,
    /** List: ids of the deliveries of one notifier and lane that wait, in the order in which they were opened. */
    lane: (notifier: string, lane: string) => `${root}:lane:${notifier}:${lane}`,
    /** String, expiring: id of the event that is told under this claim. */
    once: (notifier: string, claim: string) => `${root}:once:${notifier}:${claim}`,
    /** String, expiring: epoch ms of the last delivery that the notifier took. */
    acceptedAt: (notifier: string) => `${root}:accepted:${notifier}`,
    /** String, expiring: how many attempts a notifier has had in the present span of its rate limit. */
    attemptsOf: (notifier: string) => `${root}:attempts:${notifier}`,
    /** Sorted set, expiring: ids of the deliveries of one subject, by when they were opened. */
    deliveriesOf: (subject: string) => `${root}:deliveries:of:${subject}`,
    /** Sorted set: ids of the deliveries that wait, by their next attempt. */
    pendingDeliveries: `${root}:deliveries:pending`,
    /** Sorted set: ids of the dead letters, by when they died. */
    deadDeliveries: `${root}:deliveries:dead`,
    /** Set: notifiers that have a queue of deliveries, also those that have left the settings. */
    queuedNotifiers: `${root}:deliveries:notifiers`,
    /** String, expiring: what a notifier remembers under a name of its own. */
    memo: (notifier: string, key: string) => `${root}:memo:${notifier}:${key}`,
    /** Hash: notifier → JSON of why and when it was suspended. */
    suspended: `${root}:suspended`,
    /** Hash: id → JSON of a silence; those that have ended go when they are next read. */
    silences: `${root}:silences`,
  }
}

function keysOfReplicas(root: string) {
  return {
    /** Hash: replica id → `<epoch ms> <digest>`. */
    replicas: `${root}:replicas`,
    /** String, expiring: what the daemon of one replica last said of itself. */
    heartbeat: (replica: string) => `${root}:heartbeat:${replica}`,
    /** Set: replicas that have a heartbeat, or had one a moment ago. */
    heartbeats: `${root}:heartbeats`,
    /** String, expiring: `<schedule>:<time>`, or another thing that one of all replicas does, has been taken on. */
    run: (key: string) => `${root}:run:${key}`,
  }
}

function keysOfSelfTest(root: string, prefix: string): RecordKeys {
  return {
    build: `${root}:selftest:build`,
    transitions: `${root}:selftest:transitions`,
    events: `${root}:selftest:events`,
    active: `${root}:selftest:active`,
    durations: `${root}:selftest:durations`,
    lines: `${root}:selftest:lines`,
    linesMoved: `${root}:selftest:lines:moved`,
    channel: `${prefix}:selftest`,
  }
}
