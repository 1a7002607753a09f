import { BuildwatchdError } from '../domain/errors.js'
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

const CLOSED = 'the queues of deliveries are closed: the daemon is stopping'

export function createDeliveryQueues(settings: QueueSettings): DeliveryQueues {
  const queues = new Map<string, ReconciledQueue>()
  let isClosed = false

  function queueOf(notifier: string): ReconciledQueue {
    const known = queues.get(notifier)
    if (known) return known
    // A sweep that outlasts the daemon's patience would open what nobody closes.
    if (isClosed) throw new BuildwatchdError('REDIS_UNREACHABLE', CLOSED, { retryable: true })
    const created = createReconciledQueue(deliveryQueueName(notifier), settings)
    queues.set(notifier, created)
    return created
  }

  return {
    live: async (notifier) => queueOf(notifier).live(),
    async add(deliveries) {
      for (const notifier of new Set(deliveries.map((delivery) => delivery.notifier))) {
        await queueOf(notifier).add(deliveries.filter((delivery) => delivery.notifier === notifier))
      }
    },
    hasten: async (notifier, ids) => queueOf(notifier).hasten(ids),
    hurry: async (notifier) => queueOf(notifier).hurry(),
    async remove(notifier) {
      const queue = queueOf(notifier)
      await queue.remove()
      queues.delete(notifier)
      await queue.close()
    },
    async close() {
      isClosed = true
      await Promise.all([...queues.values()].map((queue) => queue.close()))
    },
  }
}
