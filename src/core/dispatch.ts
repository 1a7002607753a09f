/**
 * The second corridor: from recorded events to deliveries. Everything may be run again: rows are opened once, jobs are
 * deduplicated by their id and by the ledger, and the event is acknowledged last.
 */
import { type Delivery, deliveryId } from '../domain/delivery.js'
import type { DeliveryQueue, EventLog, Ledger, LoggedEvent } from '../domain/ports.js'
import { notifiersFor } from '../domain/route.js'

export interface DispatchPorts {
  readonly eventLog: EventLog
  readonly ledger: Pick<Ledger, 'open'>
  readonly deliveries: Pick<DeliveryQueue, 'add'>
}

/** Waits up to `blockMs` for events and dispatches what came; answers how many. */
export async function dispatch(blockMs: number, ports: DispatchPorts): Promise<number> {
  const logged = await ports.eventLog.next(blockMs)
  try {
    for (const entry of logged) await dispatchEvent(entry, ports)
  } catch (error) {
    // Else those behind it would wait until they count as left by a dead reader.
    ports.eventLog.recall()
    throw error
  }
  return logged.length
}

async function dispatchEvent(
  logged: LoggedEvent,
  { eventLog, ledger, deliveries }: DispatchPorts,
): Promise<void> {
  const open = await ledger.open(planDeliveries(logged))
  await deliveries.add(open.map(({ id, notifier }) => ({ id, notifier, inMs: 0 })))
  await eventLog.acknowledge(logged.logId)
}

function planDeliveries({ event, routes }: LoggedEvent): Delivery[] {
  return notifiersFor(event, routes).map((notifier) => ({
    id: deliveryId(event.id, notifier),
    notifier,
    event,
  }))
}
