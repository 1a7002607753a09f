/**
 * The reconciler: brings Redis to what the watchlists say. A wanted target without a live poll job gets one, a pending
 * delivery without a live job gets one; nothing else in the daemon may be relied upon to have survived. Every part reads
 * what is wanted before what is live, so a job that ends in between is at worst added once more and finds nothing to do.
 */
import type {
  Clock,
  DeliveryQueue,
  Ledger,
  Logger,
  PendingDelivery,
  PollQueue,
  Replicas,
  Targets,
  WantedConfiguration,
  Watermarks,
} from '../domain/ports.js'

export interface SweepPorts {
  readonly targets: Pick<Targets, 'claim' | 'publish' | 'unfinished'>
  readonly watermarks: Pick<Watermarks, 'restore'>
  readonly polls: PollQueue
  readonly ledger: Pick<Ledger, 'pending' | 'end' | 'queued' | 'unqueued'>
  readonly deliveries: DeliveryQueue
  readonly heartbeat: Replicas
  readonly clock: Clock
  readonly logger: Logger
}

export type SweepReport =
  /** Another replica runs a newer configuration; it sweeps. */
  | { readonly kind: 'left_to_newer' }
  | { readonly kind: 'swept'; readonly polls: number; readonly deliveries: number }

export async function sweep(configuration: WantedConfiguration, ports: SweepPorts): Promise<SweepReport> {
  ports.heartbeat.serves(configuration.notifiers)
  // Before any poll could take a feed for a new one: its watermark may be what a FLUSHALL has taken.
  await ports.watermarks.restore()
  if (!(await ports.targets.claim(configuration))) return { kind: 'left_to_newer' }
  await ports.targets.publish(configuration)
  const polls = await revivePolls(ports)
  const deliveries = await reviveDeliveries(configuration, ports)
  if (polls + deliveries > 0) ports.logger.debug({ polls, deliveries }, 'sweep added missing jobs')
  return { kind: 'swept', polls, deliveries }
}

async function revivePolls({ targets, polls, clock }: SweepPorts): Promise<number> {
  const wanted = await targets.unfinished()
  const live = await polls.live()
  const now = clock.now()
  const missing = wanted.filter(({ id }) => !live.has(id))
  // A reload may have changed what its poll has been waiting for.
  const due = wanted.filter(({ id, nextProbeAt }) => live.has(id) && nextProbeAt === undefined)
  if (due.length > 0) await polls.hasten(due.map(({ id }) => id))
  await polls.add(
    missing.map(({ id, nextProbeAt }) => ({ id, inMs: Math.max(0, (nextProbeAt ?? now) - now) })),
  )
  return missing.length
}

async function reviveDeliveries(configuration: WantedConfiguration, ports: SweepPorts): Promise<number> {
  const pending = await ports.ledger.pending()
  // During a rollout older replicas may have notifiers that this one does not know any more.
  const ofOthers = await ports.heartbeat.notifiersOfOthers()
  const known = new Set([...configuration.notifiers, ...(ofOthers ?? [])])
  let revived = 0
  for (const notifier of known) {
    const waiting = pending.filter((delivery) => delivery.notifier === notifier)
    if (waiting.length > 0) revived += await revive(notifier, waiting, ports)
  }
  // While a replica has not said which it has, it may have any.
  if (ofOthers !== undefined) await buryUnknown(pending, known, ports)
  return revived
}

async function revive(
  notifier: string,
  pending: readonly PendingDelivery[],
  ports: SweepPorts,
): Promise<number> {
  const live = await ports.deliveries.live(notifier)
  const now = ports.clock.now()
  const missing = pending.filter(({ id }) => !live.has(id))
  await ports.deliveries.add(
    missing.map(({ id, dueAt }) => ({ id, notifier, inMs: Math.max(0, dueAt - now) })),
  )
  return missing.length
}

/**
 * What no live replica has: the queues first, then the deliveries, by which such a queue is found, and last the note of them.
 * So a sweep that was cut short is done over.
 */
async function buryUnknown(
  pending: readonly PendingDelivery[],
  known: ReadonlySet<string>,
  { ledger, deliveries, logger }: SweepPorts,
): Promise<void> {
  const orphans = pending.filter(({ notifier }) => !known.has(notifier))
  const queued = await ledger.queued([...known])
  const named = new Set([...queued, ...orphans.map(({ notifier }) => notifier)])
  const gone = [...named].filter((notifier) => !known.has(notifier))
  for (const notifier of gone) await deliveries.remove(notifier)
  for (const { id, notifier } of orphans) {
    await ledger.end(id, { kind: 'dead_lettered', reason: 'notifier_missing' })
    logger.error({ delivery: id, notifier }, 'delivery given up: the settings have no such notifier')
  }
  await ledger.unqueued(gone)
}
