/**
 * The delivery ledger: one row per delivery, kept apart from the queue's jobs, because a job's id protects against doubles
 * only while the job exists. A row is opened once, frozen at its first attempt and ended once; ended rows expire after 30
 * days. Rows hold events and bodies without secrets: those are merged when sending.
 */
import type { Redis } from 'ioredis'
import type { Attempt, BeginResult } from '../domain/attempt.js'
import type { DeliveryEnd, PlannedDelivery } from '../domain/delivery.js'
import type { Clock, Ledger, OpenDelivery, PendingDelivery } from '../domain/ports.js'
import { POISON_ATTEMPTS } from '../domain/retry.js'
import type { Keys } from './keys.js'
import { createNotifierStanding } from './notifier-standing.js'
import { forEach } from './pipeline.js'
import { redisCall } from './redis-failure.js'
import { asList, asNumber, asText } from './reply.js'
import { scanScores } from './scan.js'
import { loadScript } from './script.js'

const OPEN = loadScript('open-deliveries', ['end-row'])
const BEGIN = loadScript('begin-attempt', ['end-row'])
const POSTPONE = loadScript('postpone-delivery')
const END = loadScript('end-delivery', ['end-row'])

const DAY_S = 86_400
export const ENDED_TTL_S = 30 * DAY_S
/** Longer than any line is likely to stay red. */
const CLAIM_TTL_S = 90 * DAY_S

export interface LedgerDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  /** Told after a delivery was accepted, for an engine that saves on demand. */
  readonly onDurable?: () => void
}

export function createLedger(deps: LedgerDeps) {
  return {
    open: (deliveries) => open(deps, deliveries),
    ...createReads(deps),
    ...createAttempts(deps),
    ...createNotifierStanding(deps),
  } satisfies Ledger & { resume(notifier: string): Promise<boolean> }
}

async function open(
  { redis, keys, clock }: LedgerDeps,
  deliveries: readonly PlannedDelivery[],
): Promise<PlannedDelivery[]> {
  if (deliveries.length === 0) return []
  const reply = await OPEN.run(redis, {
    keys: [
      keys.pendingDeliveries,
      keys.deadDeliveries,
      ...deliveries.flatMap(({ id, notifier, event, lane, once }) => [
        keys.delivery(id),
        keys.lane(notifier, lane),
        once === undefined ? keys.delivery(id) : keys.once(notifier, once),
        keys.deliveriesOf(event.subject),
      ]),
    ],
    args: [clock.now(), ENDED_TTL_S, CLAIM_TTL_S, ...deliveries.flatMap(rowOf)],
  })
  const waiting = asList(reply)
  return deliveries.filter((_, at) => waiting[at] === 1)
}

function rowOf(planned: PlannedDelivery): (string | number)[] {
  const { id, notifier, event, template = '', notBefore = '', suppressed = '', once } = planned
  return [
    id,
    notifier,
    JSON.stringify(event),
    template,
    notBefore,
    suppressed,
    once === undefined ? '' : event.id,
  ]
}

const FIELDS = ['state', 'notifier', 'event', 'body', 'template', 'openedAt', 'notBefore', 'hurried'] as const

/** Ids on each round trip that looks for others to be told along, and in all. */
const PAGE = 100
const MOST_LOOKED_AT = 20_000

function createReads({ redis, keys, clock }: LedgerDeps) {
  async function find(id: string): Promise<OpenDelivery | undefined> {
    const key = keys.delivery(id)
    return openDelivery(id, await redisCall(`read ${key}`, () => redis.hmget(key, ...FIELDS)))
  }

  async function pending(): Promise<PendingDelivery[]> {
    const due = await scanScores(redis, keys.pendingDeliveries)
    return [...due].map(([id, dueAt]) => ({ id, notifier: notifierOf(id), dueAt }))
  }

  /** Those that are due first; all of thousands would take longer to read than they are worth. */
  async function unbegun(notifier: string, limit: number): Promise<OpenDelivery[]> {
    const found: OpenDelivery[] = []
    for (let from = 0; found.length < limit && from < MOST_LOOKED_AT; from += PAGE) {
      const key = keys.pendingDeliveries
      const page = await redisCall(`read ${key}`, () =>
        redis.zrange(key, String(from), String(from + PAGE - 1)),
      )
      found.push(...(await unbegunOf(page.filter((id) => notifierOf(id) === notifier))))
      if (page.length < PAGE) break
    }
    return found.sort((a, b) => a.openedAt - b.openedAt).slice(0, limit)
  }

  async function unbegunOf(ids: readonly string[]): Promise<OpenDelivery[]> {
    const doing = 'read deliveries'
    const lengths = await forEach(redis, ids, {
      doing,
      add: (batch, id) => batch.hstrlen(keys.delivery(id), 'body'),
    })
    const bodiless = ids.filter((_, at) => lengths[at] === 0)
    const rows = await forEach(redis, bodiless, {
      doing,
      add: (batch, id) => batch.hmget(keys.delivery(id), ...FIELDS),
    })
    const now = clock.now()
    return bodiless
      .flatMap((id, at) => openDelivery(id, asList(rows[at])) ?? [])
      .filter(({ body, notBefore = now }) => body === undefined && notBefore <= now)
  }

  return { find, pending, unbegun }
}

function openDelivery(id: string, fields: readonly unknown[]): OpenDelivery | undefined {
  const [state, notifier, event, body, template, openedAt, notBefore, hurried] = fields
  if (state !== 'pending' || typeof notifier !== 'string' || typeof event !== 'string') return undefined
  return {
    id,
    notifier,
    event: JSON.parse(event),
    openedAt: Number(openedAt),
    ...(typeof body === 'string' ? { body } : {}),
    ...(typeof template === 'string' ? { template } : {}),
    ...(typeof notBefore === 'string' && hurried === null ? { notBefore: Number(notBefore) } : {}),
  }
}

/** One attempt after the other, until the end. */
function createAttempts({ redis, keys, clock, onDurable }: LedgerDeps) {
  const rows = [keys.pendingDeliveries, keys.deadDeliveries] as const

  async function begin(id: string, { body, order, together, rate }: Attempt): Promise<BeginResult> {
    const [rendered, looking] = body === undefined ? ['', '1'] : [body, '']
    const pace = [rate?.max ?? '', rate?.perMs ?? '']
    const facts = [clock.now(), ENDED_TTL_S, order, keys.delivery(''), looking, ...pace]
    const reply = await BEGIN.run(redis, {
      keys: [keys.delivery(id), ...rows, keys.deliveriesOf(subjectOf(id)), keys.attemptsOf(notifierOf(id))],
      args: [id, rendered, POISON_ATTEMPTS, ...facts, ...together],
    })
    return beginResult(asList(reply))
  }

  async function postpone(id: string, dueAt: number, reason: string): Promise<void> {
    await POSTPONE.run(redis, {
      keys: [keys.delivery(id), keys.pendingDeliveries],
      args: [id, dueAt, reason, 'failed'],
    })
  }

  async function defer(id: string, dueAt: number, reason: string): Promise<void> {
    await POSTPONE.run(redis, {
      keys: [keys.delivery(id), keys.pendingDeliveries],
      args: [id, dueAt, reason, 'not_started'],
    })
  }

  async function release(id: string): Promise<void> {
    await POSTPONE.run(redis, {
      keys: [keys.delivery(id), keys.pendingDeliveries],
      args: [id, clock.now(), 'given back by a daemon that stopped', 'given_back'],
    })
  }

  async function end(id: string, how: DeliveryEnd): Promise<void> {
    const { reason, detail } = how.kind === 'accepted' ? { reason: '', detail: '' } : how
    const reply = await END.run(redis, {
      keys: [keys.delivery(id), ...rows, keys.acceptedAt(notifierOf(id))],
      args: [id, how.kind, reason, detail ?? '', clock.now(), ENDED_TTL_S],
    })
    if (reply === 1 && how.kind === 'accepted') onDurable?.()
  }

  return { begin, postpone, defer, release, end }
}

function beginResult([kind, fact, text]: readonly unknown[]): BeginResult {
  switch (kind) {
    case 'started':
      return { kind, attempt: asNumber(fact), body: asText(text) }
    case 'behind':
      return { kind, inMs: asNumber(fact), ...(text ? { hurried: asText(text) } : {}) }
    case 'paced':
      return { kind, inMs: asNumber(fact) }
    case 'poison':
    case 'superseded':
    case 'changed':
    case 'free':
      return { kind }
    default:
      return { kind: 'ended' }
  }
}

/** Event ids are `<subject>#…`, or `<subject>!<trouble>.<episode>`; also of the id of a delivery, which begins with its event's. */
export function subjectOf(event: string): string {
  return event.includes('#') ? event.slice(0, event.indexOf('#')) : event.slice(0, event.lastIndexOf('!'))
}

/** `<event id>-><notifier>`: names of notifiers hold no `>`. */
function notifierOf(id: string): string {
  return id.slice(id.lastIndexOf('->') + 2)
}
