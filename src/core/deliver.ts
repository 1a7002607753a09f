/**
 * The third corridor: one due attempt of one delivery. The start of an attempt is noted before the notifier is called and
 * its end after, so that a delivery which kills the process is recognised as poison, and one that was cut off is repeated
 * with the same key and the same body.
 */
import { type DeliveryEnd, idempotencyKey, type SendResult, type Sha256 } from '../domain/delivery.js'
import type {
  Ledger,
  Logger,
  Memo,
  Meters,
  Notifier,
  OpenDelivery,
  OutgoingDelivery,
  Random,
  SendContext,
} from '../domain/ports.js'
import { afterAttempt } from '../domain/retry.js'
import { type BeginPorts, type Begun, beginDelivery } from './begin-delivery.js'

export interface DeliverPorts extends BeginPorts {
  readonly ledger: BeginPorts['ledger'] &
    Pick<Ledger, 'find' | 'postpone' | 'defer' | 'release' | 'end' | 'suspend' | 'isSuspended' | 'acceptedAt'>
  /** `undefined` when this replica's settings have no such notifier. */
  readonly notifierNamed: (name: string) => Notifier | undefined
  readonly memoOf: (notifier: string) => Memo
  readonly retrySchedule: readonly number[]
  readonly sha256: Sha256
  readonly random: Random
  readonly logger: Logger
  readonly meters: Pick<Meters, 'delivered'>
}

export type DeliverVerdict =
  | { readonly kind: 'again'; readonly inMs: number }
  /** Nor may any other of its notifier be attempted before. */
  | { readonly kind: 'paced'; readonly inMs: number }
  | { readonly kind: 'done'; readonly because: DeliveryEnd['kind'] | 'ended_before' }

/** How long a delivery waits for a replica that has its notifier. */
const HAND_BACK_MS = 1000

export async function deliver(id: string, signal: AbortSignal, ports: DeliverPorts): Promise<DeliverVerdict> {
  const open = await ports.ledger.find(id)
  if (!open) return { kind: 'done', because: 'ended_before' }
  const notifier = ports.notifierNamed(open.notifier)
  if (!notifier) return { kind: 'again', inMs: HAND_BACK_MS }
  if (await ports.ledger.isSuspended(open.notifier))
    return end(open, { kind: 'dead_lettered', reason: 'suspended' }, ports)

  const begun = await beginDelivery(open, notifier, ports)
  if (begun.kind === 'wait' || begun.kind === 'paced') return wait(open, begun, ports)
  if (begun.kind === 'over')
    return begun.end ? end(open, begun.end, ports) : { kind: 'done', because: 'ended_before' }

  const outgoing: OutgoingDelivery = {
    delivery: { id, notifier: open.notifier, event: open.event },
    idempotencyKey: idempotencyKey(open, ports.sha256),
    body: begun.body,
    attempt: begun.attempt,
  }
  const result = await send(notifier, outgoing, {
    signal,
    logger: ports.logger,
    memo: ports.memoOf(open.notifier),
  })
  if (signal.aborted && result.kind === 'retry') return release(open, ports)
  return conclude({ open, attempt: begun.attempt, result }, ports)
}

async function send(
  notifier: Notifier,
  outgoing: OutgoingDelivery,
  context: SendContext,
): Promise<SendResult> {
  try {
    return await notifier.send(outgoing, context)
  } catch (error) {
    return { kind: 'retry', reason: `the notifier threw: ${String(error)}` }
  }
}

async function wait(
  { id }: OpenDelivery,
  { kind, inMs, why }: Begun & { kind: 'wait' | 'paced' },
  { ledger, clock }: DeliverPorts,
): Promise<DeliverVerdict> {
  await ledger.defer(id, clock.now() + inMs, why)
  return { kind: kind === 'paced' ? kind : 'again', inMs }
}

interface Ended {
  readonly open: OpenDelivery
  readonly attempt: number
  readonly result: SendResult
}

async function conclude({ open, attempt, result }: Ended, ports: DeliverPorts): Promise<DeliverVerdict> {
  const next = afterAttempt(result, { attempt, schedule: ports.retrySchedule, random: ports.random() })
  if (next.kind === 'ended') {
    await suspendIfLost(open, next.end, ports)
    return end(open, next.end, ports)
  }
  const fields = { delivery: open.id, attempt, reason: next.reason, nextInMs: next.inMs }
  ports.logger.warn(fields, 'delivery failed; will be tried again')
  await ports.ledger.postpone(open.id, ports.clock.now() + next.inMs, next.reason)
  ports.meters.delivered(open.notifier, 'postponed')
  return { kind: 'again', inMs: next.inMs }
}

/** A shorter failure is an outage, whatever the schedule of retries. */
const LONG_FAILURE_MS = 12 * 3_600_000

/** Its endpoint is gone for good, or took nothing at all for as long as this delivery was tried, and that was long. */
async function suspendIfLost(
  { notifier, openedAt }: OpenDelivery,
  how: DeliveryEnd,
  { ledger, clock, logger }: DeliverPorts,
): Promise<void> {
  if (how.kind !== 'dead_lettered' || (how.reason !== 'gone' && how.reason !== 'exhausted')) return
  const isLong = clock.now() - openedAt >= LONG_FAILURE_MS
  if (how.reason === 'exhausted' && (!isLong || ((await ledger.acceptedAt(notifier)) ?? 0) >= openedAt))
    return
  const reason = how.detail ?? how.reason
  await ledger.suspend(notifier, reason)
  logger.error({ notifier, reason }, 'notifier suspended; buildwatchd deliveries resume lets it go on')
}

/** The daemon is going down and cut the attempt short: due at once for whoever comes next. */
async function release(delivery: OpenDelivery, { ledger }: DeliverPorts): Promise<DeliverVerdict> {
  await ledger.release(delivery.id)
  return { kind: 'again', inMs: 0 }
}

async function end(
  delivery: OpenDelivery,
  how: DeliveryEnd,
  { ledger, logger, meters }: DeliverPorts,
): Promise<DeliverVerdict> {
  await ledger.end(delivery.id, how)
  meters.delivered(delivery.notifier, how.kind)
  if (how.kind === 'accepted') logger.info({ delivery: delivery.id }, 'delivered')
  else if (how.kind === 'suppressed')
    logger.info({ delivery: delivery.id, reason: how.reason }, 'delivery suppressed')
  else
    logger.error(
      { delivery: delivery.id, reason: how.reason, detail: how.detail },
      'delivery given up: dead letter',
    )
  return { kind: 'done', because: how.kind }
}
