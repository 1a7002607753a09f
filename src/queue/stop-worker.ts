import type { Worker } from 'bullmq'
import { settledWithin } from './with-deadline.js'

export interface Stoppable {
  readonly worker: Worker
  readonly inHand: ReadonlySet<Promise<unknown>>
  /** Of the worker's {@link finiteConnection}. */
  readonly closing: AbortController
}

/** For runs that were cut off to come to their end, and for BullMQ to hand back what it holds. */
const FAREWELL_MS = 1000

/**
 * Takes no new job, gives the runs in hand `graceMs`, cuts off those that outlast it, and closes the connections. Ends at
 * most two seconds after the grace, whatever the runs and Redis do, and leaves nothing behind that keeps the process alive.
 */
export async function stopWorker({ worker, inHand, closing }: Stoppable, graceMs: number): Promise<void> {
  await worker.pause(true)
  if (!(await settledWithin(allEnded(inHand), graceMs))) {
    worker.cancelAllJobs('the daemon is stopping')
    await settledWithin(allEnded(inHand), FAREWELL_MS)
  }
  closing.abort()
  if (await settledWithin(close(worker), FAREWELL_MS)) return
  // It was never connected, or Redis holds the connections and does not answer.
  void worker.close(true)
  void worker.disconnect().catch(() => undefined)
}

/**
 * BullMQ ends in good order only on live connections; for one that is trying to come back it would wait for ever. By force
 * it just drops everything, and what it held comes back when its lease is over.
 */
async function close(worker: Worker): Promise<void> {
  const clients = await Promise.allSettled([worker.backend.client, worker.backend.blockingClient])
  await worker.close(
    clients.some((client) => client.status === 'rejected' || client.value?.status !== 'ready'),
  )
}

async function allEnded(inHand: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (inHand.size > 0) await Promise.allSettled(inHand)
}
