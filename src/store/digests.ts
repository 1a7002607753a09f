import type { Redis } from 'ioredis'
import { digestEvent } from '../domain/event.js'
import type { Clock } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import { readDigest } from './digest-counts.js'
import { EVENT_LOG_CAP, GROUP } from './event-log-group.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { asList, asText } from './reply.js'
import { loadScript } from './script.js'

const APPEND = loadScript('append-digest', ['all-or-nothing', 'append-event'])

/** The first digest tells of a day. */
const FIRST_SPAN_MS = 86_400_000

export interface DigestsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
}

export type DigestReply =
  | { readonly kind: 'appended' }
  /** Another replica has appended one meanwhile. */
  | { readonly kind: 'raced' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Appends to the event log what has become of all builds since the digest before. Rejects as every Redis call does. */
export function createDigests({ redis, keys, clock }: DigestsDeps) {
  return async function append(routes: readonly Route[]): Promise<DigestReply> {
    const toAt = clock.now()
    const before = await redisCall(`read ${keys.meta}`, () => redis.hget(keys.meta, 'digestUntil'))
    const fromAt = Math.min(before === null ? toAt - FIRST_SPAN_MS : Number(before), toAt)
    const event = digestEvent(await readDigest({ redis, keys }, { fromAt, toAt }))
    const reply = await APPEND.run(redis, {
      keys: [keys.meta, keys.events],
      args: [
        before ?? '',
        toAt,
        JSON.stringify(event),
        JSON.stringify(routes),
        EVENT_LOG_CAP,
        GROUP,
        keys.channel(event.subject),
      ],
    })
    return readReply(asList(reply))
  }
}

function readReply([kind, detail]: readonly unknown[]): DigestReply {
  if (kind === 'appended' || kind === 'raced') return { kind }
  if (kind === 'refused') return { kind, reason: asText(detail) }
  throw new TypeError(`append-digest.lua answered ${String(kind)}`)
}
