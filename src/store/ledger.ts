/**
 * The delivery ledger: one row per delivery, kept apart from the queue's jobs, because a job's id protects against doubles
 * only while the job exists. A row is opened once, frozen at its first attempt and ended once; ended rows expire after 30
 * days. Rows hold events and bodies without secrets: those are merged when sending.
 */
import type { Redis } from 'ioredis'
import type { Delivery, DeliveryEnd } from '../domain/delivery.js'
import type { BeginResult, Clock, Ledger, OpenDelivery, PendingDelivery } from '../domain/ports.js'
import { POISON_ATTEMPTS } from '../domain/retry.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { asList, asNumber, asText } from './reply.js'
import { scanScores } from './scan.js'
import { loadScript } from './script.js'

const OPEN = loadScript('open-deliveries')
const BEGIN = loadScript('begin-attempt')
const POSTPONE = loadScript('postpone-delivery')
const END = loadScript('end-delivery')

const ENDED_TTL_S = 30 * 86_400

export interface LedgerDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  /** Told after a delivery was accepted, for an engine that saves on demand. */
  readonly onDurable?: () => void
}

export function createLedger(deps: LedgerDeps) {
  const { redis, keys, clock } = deps

  async function open(deliveries: readonly Delivery[]): Promise<Delivery[]> {
    if (deliveries.length === 0) return []
    const reply = await OPEN.run(redis, {
      keys: [keys.pendingDeliveries, ...deliveries.map(({ id }) => keys.delivery(id))],
      args: [
        clock.now(),
        ...deliveries.flatMap(({ id, notifier, event }) => [id, notifier, JSON.stringify(event)]),
      ],
    })
    const waiting = asList(reply)
    return deliveries.filter((_, at) => waiting[at] === 1)
  }

  async function find(id: string): Promise<OpenDelivery | undefined> {
    const key = keys.delivery(id)
    const [state, notifier, event, body] = await redisCall(`read ${key}`, () =>
      redis.hmget(key, 'state', 'notifier', 'event', 'body'),
    )
    if (state !== 'pending' || !notifier || !event) return undefined
    return { id, notifier, event: JSON.parse(event), ...(typeof body === 'string' ? { body } : {}) }
  }

  async function pending(): Promise<PendingDelivery[]> {
    const due = await scanScores(redis, keys.pendingDeliveries)
    return [...due].map(([id, dueAt]) => ({ id, notifier: notifierOf(id), dueAt }))
  }

  return {
    open,
    find,
    pending,
    ...createAttempts(deps),
    ...createQueueNotes(deps),
    ...createSuspensions(deps),
  } satisfies Ledger & { resume(notifier: string): Promise<void> }
}

/** One attempt after the other, until the end. */
function createAttempts({ redis, keys, clock, onDurable }: LedgerDeps) {
  async function begin(id: string, body: string): Promise<BeginResult> {
    const reply = await BEGIN.run(redis, {
      keys: [keys.delivery(id)],
      args: [body, POISON_ATTEMPTS, clock.now()],
    })
    const [kind, attempt, frozen] = asList(reply)
    if (kind === 'started') return { kind, attempt: asNumber(attempt), body: asText(frozen) }
    return { kind: kind === 'poison' ? 'poison' : 'ended' }
  }

  async function postpone(id: string, dueAt: number, reason: string): Promise<void> {
    await POSTPONE.run(redis, {
      keys: [keys.delivery(id), keys.pendingDeliveries],
      args: [id, dueAt, reason, ''],
    })
  }

  async function release(id: string): Promise<void> {
    await POSTPONE.run(redis, {
      keys: [keys.delivery(id), keys.pendingDeliveries],
      args: [id, clock.now(), 'given back by a daemon that stopped', '1'],
    })
  }

  async function end(id: string, how: DeliveryEnd): Promise<void> {
    const { reason, detail } = how.kind === 'accepted' ? { reason: '', detail: '' } : how
    const reply = await END.run(redis, {
      keys: [keys.delivery(id), keys.pendingDeliveries, keys.deadDeliveries],
      args: [id, how.kind, reason, detail ?? '', clock.now(), ENDED_TTL_S],
    })
    if (reply === 1 && how.kind === 'accepted') onDurable?.()
  }

  return { begin, postpone, release, end }
}

/** Nothing else tells which queues there are: their keys are no business of ours. */
function createQueueNotes({ redis, keys }: LedgerDeps) {
  const key = keys.queuedNotifiers
  return {
    queued: (notifiers: readonly string[]): Promise<string[]> =>
      redisCall(`use ${key}`, async () => {
        if (notifiers.length > 0) await redis.sadd(key, ...notifiers)
        return redis.smembers(key)
      }),
    async unqueued(notifiers: readonly string[]): Promise<void> {
      if (notifiers.length > 0) await redisCall(`use ${key}`, () => redis.srem(key, ...notifiers))
    },
  }
}

/** Notifiers whose endpoint said that it is gone for good. A person resumes them. */
function createSuspensions({ redis, keys, clock }: LedgerDeps) {
  const doing = `use ${keys.suspended}`
  return {
    async suspend(notifier: string, reason: string): Promise<void> {
      const row = JSON.stringify({ reason, at: clock.now() })
      await redisCall(doing, () => redis.hsetnx(keys.suspended, notifier, row))
    },
    async isSuspended(notifier: string): Promise<boolean> {
      return (await redisCall(doing, () => redis.hexists(keys.suspended, notifier))) === 1
    },
    async resume(notifier: string): Promise<void> {
      await redisCall(doing, () => redis.hdel(keys.suspended, notifier))
    },
  }
}

/** `<event id>-><notifier>`: names of notifiers hold no `>`. */
function notifierOf(id: string): string {
  return id.slice(id.lastIndexOf('->') + 2)
}
