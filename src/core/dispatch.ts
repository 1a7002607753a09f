/**
 * The second corridor: from recorded events to deliveries. Everything may be run again: rows are opened once, jobs are
 * deduplicated by their id and by the ledger, and the event is acknowledged last.
 */
import type { Clock, DeliveryQueue, EventLog, Ledger, LoggedEvent } from '../domain/ports.js'
import type { QuietClock } from '../domain/quiet-hours.js'
import type { Silences } from '../domain/silence.js'
import { type Circumstances, planDeliveries } from './plan-deliveries.js'

export interface DispatchPorts {
  readonly eventLog: EventLog
  readonly ledger: Pick<Ledger, 'open'>
  readonly deliveries: Pick<DeliveryQueue, 'add'>
  readonly silences: Silences
  readonly quietClock: QuietClock
  readonly clock: Clock
}

/** Waits up to `blockMs` for events and dispatches what came; answers how many. */
export async function dispatch(blockMs: number, ports: DispatchPorts): Promise<number> {
  const logged = await ports.eventLog.next(blockMs)
  if (logged.length === 0) return 0
  try {
    const { quietClock, clock } = ports
    const circumstances = { silences: await ports.silences.active(), quietClock, now: clock.now() }
    for (const entry of logged) await dispatchEvent(entry, circumstances, ports)
  } catch (error) {
    // Else those behind it would wait until they count as left by a dead reader.
    ports.eventLog.recall()
    throw error
  }
  return logged.length
}

async function dispatchEvent(
  logged: LoggedEvent,
  circumstances: Circumstances,
  { eventLog, ledger, deliveries }: DispatchPorts,
): Promise<void> {
  const open = await ledger.open(planDeliveries(logged, circumstances))
  const { now } = circumstances
  await deliveries.add(
    open.map(({ id, notifier, notBefore = now }) => ({ id, notifier, inMs: Math.max(0, notBefore - now) })),
  )
  await eventLog.acknowledge(logged.logId)
}
