/**
 * The third corridor: one due attempt of one delivery. The start of an attempt is noted before the notifier is called and
 * its end after, so that a delivery which kills the process is recognised as poison, and one that was cut off is repeated
 * with the same key and the same body.
 */
import {
  type Delivery,
  type DeliveryEnd,
  idempotencyKey,
  type SendResult,
  type Sha256,
} from '../domain/delivery.js'
import type { Clock, Ledger, Logger, Meters, Notifier, OutgoingDelivery, Random } from '../domain/ports.js'
import { afterAttempt } from '../domain/retry.js'

export interface DeliverPorts {
  readonly ledger: Pick<Ledger, 'find' | 'begin' | 'postpone' | 'release' | 'end' | 'suspend' | 'isSuspended'>
  /** `undefined` when this replica's settings have no such notifier. */
  readonly notifierNamed: (name: string) => Notifier | undefined
  readonly retrySchedule: readonly number[]
  readonly sha256: Sha256
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly meters: Pick<Meters, 'delivered'>
}

export type DeliverVerdict =
  | { readonly kind: 'again'; readonly inMs: number }
  | { readonly kind: 'done'; readonly because: 'accepted' | 'dead_lettered' | 'ended_before' }

/** How long a delivery waits for a replica that has its notifier. */
const HAND_BACK_MS = 1000

export async function deliver(id: string, signal: AbortSignal, ports: DeliverPorts): Promise<DeliverVerdict> {
  const open = await ports.ledger.find(id)
  if (!open) return { kind: 'done', because: 'ended_before' }
  const { body: frozenBody, ...delivery } = open
  const notifier = ports.notifierNamed(delivery.notifier)
  if (!notifier) return { kind: 'again', inMs: HAND_BACK_MS }
  if (await ports.ledger.isSuspended(delivery.notifier)) return end(delivery, deadLetter('suspended'), ports)

  const rendered = render(notifier, { ...delivery, frozenBody })
  if (rendered.kind === 'failed') return end(delivery, deadLetter('unrenderable', rendered.reason), ports)

  const begun = await ports.ledger.begin(id, rendered.body)
  if (begun.kind === 'ended') return { kind: 'done', because: 'ended_before' }
  if (begun.kind === 'poison') return end(delivery, deadLetter('poison'), ports)

  const outgoing: OutgoingDelivery = {
    delivery,
    idempotencyKey: idempotencyKey(delivery, ports.sha256),
    body: begun.body,
    attempt: begun.attempt,
  }
  const result = await send(notifier, { outgoing, signal, logger: ports.logger })
  if (signal.aborted && result.kind === 'retry') return release(delivery, ports)
  return conclude(outgoing, result, ports)
}

function render(
  notifier: Notifier,
  { event, frozenBody }: Delivery & { readonly frozenBody: string | undefined },
): { kind: 'ok'; body: string } | { kind: 'failed'; reason: string } {
  if (frozenBody !== undefined) return { kind: 'ok', body: frozenBody }
  try {
    return { kind: 'ok', body: notifier.render(event) }
  } catch (error) {
    return { kind: 'failed', reason: String(error) }
  }
}

async function send(
  notifier: Notifier,
  { outgoing, signal, logger }: { outgoing: OutgoingDelivery; signal: AbortSignal; logger: Logger },
): Promise<SendResult> {
  try {
    return await notifier.send(outgoing, { signal, logger })
  } catch (error) {
    return { kind: 'retry', reason: `the notifier threw: ${String(error)}` }
  }
}

async function conclude(
  outgoing: OutgoingDelivery,
  result: SendResult,
  ports: DeliverPorts,
): Promise<DeliverVerdict> {
  const { delivery, attempt } = outgoing
  const next = afterAttempt(result, { attempt, schedule: ports.retrySchedule, random: ports.random() })
  if (next.kind === 'ended') {
    if (result.kind === 'gone') await ports.ledger.suspend(delivery.notifier, result.reason)
    return end(delivery, next.end, ports)
  }
  const fields = { delivery: delivery.id, attempt, reason: next.reason, nextInMs: next.inMs }
  ports.logger.warn(fields, 'delivery failed; will be tried again')
  await ports.ledger.postpone(delivery.id, ports.clock.now() + next.inMs, next.reason)
  ports.meters.delivered(delivery.notifier, 'postponed')
  return { kind: 'again', inMs: next.inMs }
}

/** The daemon is going down and cut the attempt short: due at once for whoever comes next. */
async function release(delivery: Delivery, { ledger }: DeliverPorts): Promise<DeliverVerdict> {
  await ledger.release(delivery.id)
  return { kind: 'again', inMs: 0 }
}

async function end(
  delivery: Delivery,
  how: DeliveryEnd,
  { ledger, logger, meters }: DeliverPorts,
): Promise<DeliverVerdict> {
  await ledger.end(delivery.id, how)
  meters.delivered(delivery.notifier, how.kind)
  if (how.kind === 'accepted') logger.info({ delivery: delivery.id }, 'delivered')
  else
    logger.error(
      { delivery: delivery.id, reason: how.reason, detail: how.detail },
      'delivery given up: dead letter',
    )
  return { kind: 'done', because: how.kind }
}

function deadLetter(
  reason: (DeliveryEnd & { kind: 'dead_lettered' })['reason'],
  detail?: string,
): DeliveryEnd {
  return { kind: 'dead_lettered', reason, ...(detail === undefined ? {} : { detail }) }
}
