import type { Redis } from 'ioredis'
import type { StuckEvent } from '../domain/event.js'
import type { Route } from '../domain/route.js'
import { GROUP } from './event-log-group.js'
import type { Keys } from './keys.js'
import { asList, asText } from './reply.js'
import { loadScript } from './script.js'

const TELL = loadScript('tell-stuck', ['all-or-nothing', 'append-event'])

export interface StuckCall {
  readonly keys: Keys
  readonly event: StuckEvent
  readonly routes: readonly Route[]
  /** Entries. */
  readonly eventLogCap: number
}

export type StuckReply =
  | { readonly kind: 'told'; readonly publishRefused?: string }
  /** Unknown, concluded, or told of before. */
  | { readonly kind: 'not told' }
  | { readonly kind: 'refused'; readonly reason: string }

export async function runTellStuck(redis: Redis, call: StuckCall): Promise<StuckReply> {
  const { keys, event, routes, eventLogCap } = call
  const reply = await TELL.run(redis, {
    keys: [keys.build(event.subject), keys.events],
    args: [
      JSON.stringify(event),
      JSON.stringify(routes),
      event.time,
      eventLogCap,
      GROUP,
      keys.channel(event.subject),
    ],
  })
  return readReply(asList(reply))
}

function readReply([kind, detail]: readonly unknown[]): StuckReply {
  switch (kind) {
    case 'told':
      return detail ? { kind, publishRefused: asText(detail) } : { kind }
    case 'not told':
      return { kind }
    case 'refused':
      return { kind, reason: asText(detail) }
    default:
      throw new TypeError(`tell-stuck.lua answered ${String(kind)}`)
  }
}
