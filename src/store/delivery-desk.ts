/** Deliveries as a person looks at them, and decides over them: by notifier, build or event, state and time. */

import type { Redis } from 'ioredis'
import { DELIVERY_STATES, type DeliveryState } from '../domain/delivery.js'
import type { WatchEvent } from '../domain/event.js'
import type { Clock } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { ENDED_TTL_S, subjectOf } from './ledger.js'
import { forEach } from './pipeline.js'
import { redisCall } from './redis-failure.js'
import { loadScript } from './script.js'

const REPLAY = loadScript('replay-delivery')
const DROP = loadScript('drop-delivery', ['end-row'])

interface FailedAttempt {
  /** Epoch ms of its start. */
  readonly at: number
  readonly reason: string
}

/** Instants are epoch ms. */
export interface DeliveryFacts {
  readonly id: string
  readonly notifier: string
  readonly state: DeliveryState
  readonly event: WatchEvent
  /** Started under the present schedule. */
  readonly attempts: number
  /** Of those, attempts whose end nobody has noted: it is in hand, or its process died. */
  readonly unended: number
  readonly openedAt: number
  /** Of the last attempt; absent before the first. */
  readonly startedAt?: number
  /** Of the next attempt; while it waits. */
  readonly dueAt?: number
  /** The end of the quiet hours that it waits for. */
  readonly notBefore?: number
  readonly endedAt?: number
  readonly replayedAt?: number
  /** Of its end, or of its last failed attempt. */
  readonly reason?: string
  readonly detail?: string
  /** As frozen; nothing secret. */
  readonly body?: string
  /** Those that failed, oldest first. */
  readonly failed: readonly FailedAttempt[]
}

export interface DeliveryFilter {
  readonly states: readonly DeliveryState[]
  readonly notifier?: string
  /** Build key, target or account. */
  readonly subject?: string
  readonly event?: string
  /** Opened at or after, and before. */
  readonly sinceAt?: number
  readonly untilAt?: number
}

interface DeskDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
}

export function createDeliveryDesk(deps: DeskDeps) {
  const { redis, keys, clock } = deps
  const rows = [keys.pendingDeliveries, keys.deadDeliveries] as const
  return {
    /** The longest ago first. */
    async list(filter: DeliveryFilter): Promise<DeliveryFacts[]> {
      const found = await factsOf(await idsOf(filter, deps), deps)
      return found.filter((facts) => isMeant(facts, filter)).sort((a, b) => a.openedAt - b.openedAt)
    },
    async show(id: string): Promise<DeliveryFacts | undefined> {
      return (await factsOf([id], deps))[0]
    },
    /** Answers whether it is open again; not when it waits already. */
    async replay(id: string): Promise<boolean> {
      return (await REPLAY.run(redis, { keys: [keys.delivery(id), ...rows], args: [id, clock.now()] })) === 1
    },
    /** Answers whether there was something to give up. */
    async drop(id: string): Promise<boolean> {
      const args = [id, clock.now(), ENDED_TTL_S]
      return (await DROP.run(redis, { keys: [keys.delivery(id), ...rows], args })) === 1
    },
  }
}

async function idsOf({ subject, event }: DeliveryFilter, { redis, keys }: DeskDeps): Promise<string[]> {
  const about = subject ?? (event === undefined ? undefined : subjectOf(event))
  const sets =
    about === undefined ? [keys.pendingDeliveries, keys.deadDeliveries] : [keys.deliveriesOf(about)]
  const ids = await Promise.all(
    sets.map((key) => redisCall(`read ${key}`, () => redis.zrange(key, '0', '-1'))),
  )
  return ids.flat()
}

async function factsOf(ids: readonly string[], { redis, keys }: DeskDeps): Promise<DeliveryFacts[]> {
  const replies = await forEach(redis, ids, {
    doing: 'read deliveries',
    add: (batch, id) => batch.hgetall(keys.delivery(id)),
  })
  return replies.flatMap((reply, at) => deliveryFacts(ids[at] ?? '', new Map(Object.entries(Object(reply)))))
}

function deliveryFacts(id: string, row: ReadonlyMap<string, unknown>): DeliveryFacts[] {
  const text = (name: string) => (typeof row.get(name) === 'string' ? String(row.get(name)) : undefined)
  const state = DELIVERY_STATES.find((known) => known === text('state'))
  const [notifier, event] = [text('notifier'), text('event')]
  if (!state || notifier === undefined || event === undefined) return []
  const instants = (['startedAt', 'dueAt', 'notBefore', 'endedAt', 'replayedAt'] as const).flatMap((name) =>
    row.has(name) ? [[name, Number(text(name))]] : [],
  )
  const texts = (['reason', 'detail', 'body'] as const).flatMap((name) =>
    row.has(name) ? [[name, text(name)]] : [],
  )
  return [
    {
      id,
      notifier,
      state,
      event: JSON.parse(event),
      attempts: Number(text('attempts')),
      unended: Number(text('unended')),
      openedAt: Number(text('openedAt')),
      ...Object.fromEntries([...instants, ...texts]),
      failed: failedAttempts(row),
    },
  ]
}

function failedAttempts(row: ReadonlyMap<string, unknown>): FailedAttempt[] {
  return [...row]
    .filter(([name]) => name.startsWith('tried:'))
    .map(([name, reason]) => ({ at: Number(name.slice('tried:'.length)), reason: String(reason) }))
    .sort((a, b) => a.at - b.at)
}

function isMeant(
  facts: DeliveryFacts,
  { states, notifier, event, sinceAt, untilAt }: DeliveryFilter,
): boolean {
  return (
    states.includes(facts.state) &&
    (notifier === undefined || facts.notifier === notifier) &&
    (event === undefined || facts.event.id === event) &&
    facts.openedAt >= (sinceAt ?? Number.NEGATIVE_INFINITY) &&
    facts.openedAt < (untilAt ?? Number.POSITIVE_INFINITY)
  )
}
