/**
 * Sets the corridors in motion on a Redis that answers: the poll worker, a delivery worker per notifier, the dispatch loop
 * and the schedules. What is started here stops in `stop`, before any connection is closed.
 */
import { dispatch } from '../core/dispatch.js'
import { createDeliveryQueues } from '../queue/delivery-queues.js'
import { startDispatchLoop } from '../queue/dispatch-loop.js'
import { createFaultLog } from '../queue/fault-log.js'
import { createReconciledQueue, type QueueSettings } from '../queue/reconciled-queue.js'
import { startSchedules } from '../queue/schedules.js'
import { createWindowClock } from '../queue/window-clock.js'
import { settledWithin } from '../queue/with-deadline.js'
import { queueConnectionOptions } from '../store/connect.js'
import { createDeliveryWorkers } from './delivery-workers.js'
import { POLL_QUEUE, startPollWorker } from './poll-worker.js'
import { beat, createDigestSchedule, recurring } from './recurring.js'
import type { StoreParts } from './store-parts.js'
import { createSweeping } from './sweeping.js'
import type { WorkMeans } from './work-means.js'

export interface Work {
  /** Takes note, at once, of another version of the configuration. Never rejects. */
  reconfigured(): Promise<void>
  /** Takes nothing new, lets what is in hand end within `graceMs`, and withdraws from the replicas. */
  stop(graceMs: number): Promise<void>
}

/** A server that hangs would take five times as long, and the whole way down has 20 s. */
const WITHDRAWAL_MS = 1000

export async function startWork(means: WorkMeans): Promise<Work> {
  const { live, store, logger } = means
  const stopping = new AbortController()
  const corridors = startCorridors(means, stopping.signal)
  const { faults, sweeping, serve, hurry } = corridors
  serve()
  const runs = recurring(means, () => sweeping.sweep())
  const schedules = await startSchedules(runs, { ...means, ...store, faults, afterSetBack: hurry })
  const settings = () => live.active().configuration.digestSchedule
  const setDigest = createDigestSchedule({ settings, append: store.appendDigest, logger }, schedules)
  await setDigest()

  async function reconfigure(): Promise<void> {
    serve()
    await setDigest()
    sweeping.resume()
    await sweeping.sweep()
    await beat(means)
  }

  return {
    async reconfigured() {
      if (stopping.signal.aborted) return
      await reconfigure().catch((error: unknown) =>
        faults(error, 'a reload has not come to Redis yet; the next sweep sees to it'),
      )
    },
    async stop(graceMs) {
      stopping.abort()
      await schedules.stop()
      await corridors.stop(graceMs)
      await Promise.all([corridors.close(), settledWithin(withdraw(store), WITHDRAWAL_MS)])
    },
  }
}

/** Everything that is driven by what waits in Redis. */
function startCorridors(means: WorkMeans, stopping: AbortSignal) {
  const { live, store, logger, clock } = means
  const queueSettings = { connection: queueConnection(means.url, stopping), prefix: store.keys.queue, logger }
  const polls = createReconciledQueue(POLL_QUEUE, queueSettings)
  const deliveries = createDeliveryQueues(queueSettings)
  const faults = createFaultLog(logger, clock)
  const { leaseMs } = live.active().configuration.engine
  const base = { ...queueSettings, faults, leaseMs, clock }
  const pollWorker = startPollWorker(means, base)
  const workers = createDeliveryWorkers(means, { base, deliveries })
  const dispatching = { ...store, deliveries, clock, quietClock: createWindowClock() }
  const loop = startDispatchLoop((blockMs) => dispatch(blockMs, dispatching), faults)
  const notifiers = (): readonly string[] => live.active().notifiers.names
  return {
    faults,
    sweeping: createSweeping(means, { polls, deliveries, workers }),
    /** From here on the notifiers of the active version. */
    serve: () => workers.serve(),
    /** Makes all that waits due now. */
    hurry: () => Promise.all([polls.hurry(), ...notifiers().map((name) => deliveries.hurry(name))]),
    stop: (graceMs: number) => Promise.all([loop.stop(), pollWorker.stop(graceMs), workers.stop(graceMs)]),
    close: () => Promise.all([polls.close(), deliveries.close()]),
  }
}

/** So that nobody waits for this replica to be missed. */
async function withdraw({ targets, heartbeat }: StoreParts): Promise<void> {
  await Promise.allSettled([targets.withdraw(), heartbeat.stop()])
}

/** Copied, because the option types of ioredis and BullMQ differ in what may be present and undefined. */
function queueConnection(url: string, stopping: AbortSignal): QueueSettings['connection'] {
  return Object.fromEntries(Object.entries(queueConnectionOptions(url, stopping)))
}
