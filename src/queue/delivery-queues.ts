import type { DeliveryQueue } from '../domain/ports.js'
import { createReconciledQueue, type QueueSettings, type ReconciledQueue } from './reconciled-queue.js'

/** Name of the queue of one notifier's deliveries. A queue each keeps a notifier that hangs from slowing the others. */
export function deliveryQueueName(notifier: string): string {
  return `deliveries-${notifier}`
}

export interface DeliveryQueues extends DeliveryQueue {
  /** Makes all that is delayed for this notifier due now. */
  hurry(notifier: string): Promise<void>
  close(): Promise<void>
}

export function createDeliveryQueues(settings: QueueSettings): DeliveryQueues {
  const queues = new Map<string, ReconciledQueue>()

  function queueOf(notifier: string): ReconciledQueue {
    const known = queues.get(notifier)
    if (known) return known
    const created = createReconciledQueue(deliveryQueueName(notifier), settings)
    queues.set(notifier, created)
    return created
  }

  return {
    live: (notifier) => queueOf(notifier).live(),
    async add(deliveries) {
      for (const notifier of new Set(deliveries.map((delivery) => delivery.notifier))) {
        await queueOf(notifier).add(deliveries.filter((delivery) => delivery.notifier === notifier))
      }
    },
    hurry: (notifier) => queueOf(notifier).hurry(),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
    },
  }
}
