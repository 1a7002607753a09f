/**
 * Sets the corridors in motion on a Redis that answers: the poll worker, a delivery worker per notifier, the dispatch loop
 * and the schedules. What is started here stops in `stop`, before any connection is closed.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Configuration } from '../config/configuration.js'
import { deliver } from '../core/deliver.js'
import { dispatch } from '../core/dispatch.js'
import { createProbeLog } from '../core/probe-log.js'
import { sweep } from '../core/sweep.js'
import { watch } from '../core/watch.js'
import type { Clock, Logger, Random, WantedConfiguration } from '../domain/ports.js'
import { targetsOf } from '../domain/target.js'
import { createDeliveryQueues, deliveryQueueName } from '../queue/delivery-queues.js'
import { startDispatchLoop } from '../queue/dispatch-loop.js'
import { createFaultLog } from '../queue/fault-log.js'
import { createReconciledQueue, type QueueSettings } from '../queue/reconciled-queue.js'
import {
  type ReschedulingWorker,
  startReschedulingWorker,
  type WorkerSettings,
} from '../queue/rescheduling-worker.js'
import { type Schedule, startSchedules } from '../queue/schedules.js'
import { settledWithin } from '../queue/with-deadline.js'
import { queueConnectionOptions } from '../store/connect.js'
import { ensureDataset } from '../store/dataset.js'
import { readHeartbeats } from '../store/heartbeat.js'
import type { ApiSources } from './api-sources.js'
import { heartbeatFacts } from './health.js'
import type { Notifiers } from './notifiers.js'
import type { StoreParts } from './store-parts.js'
import { VERSION } from './version.js'

export interface WorkMeans {
  readonly configuration: Configuration
  readonly url: string
  readonly store: StoreParts
  readonly sources: ApiSources
  readonly notifiers: Notifiers
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface Work {
  /** Takes nothing new, lets what is in hand end within `graceMs`, and withdraws from the replicas. */
  stop(graceMs: number): Promise<void>
}

const POLL_QUEUE = 'polls'
const POLL_CONCURRENCY = 50
const DELIVERY_CONCURRENCY = 8
const KEEP_EVENTS_MS = 7 * 86_400_000
/** A server that hangs would take five times as long, and the whole way down has 20 s. */
const WITHDRAWAL_MS = 1000

export async function startWork(means: WorkMeans): Promise<Work> {
  const { configuration, store, notifiers, logger } = means
  const stopping = new AbortController()
  const connection = queueConnection(means.url, stopping.signal)
  const queueSettings = { connection, prefix: store.keys.queue, logger }
  const polls = createReconciledQueue(POLL_QUEUE, queueSettings)
  const deliveries = createDeliveryQueues(queueSettings)
  const faults = createFaultLog(logger, means.clock)
  const workers = startWorkers(means, { ...queueSettings, faults })
  const loop = startDispatchLoop((blockMs) => dispatch(blockMs, { ...store, deliveries }), faults)
  const wanted = wantedBy(configuration, notifiers)
  async function sweepOnce(): Promise<void> {
    await ensureDataset({ ...store, newId: randomUUID })
    await sweep(wanted, { ...store, ...means, polls, deliveries })
  }

  const schedules = await startSchedules(recurring(sweepOnce, means), {
    ...means,
    faults,
    afterSetBack: () =>
      Promise.all([polls.hurry(), ...notifiers.names.map((name) => deliveries.hurry(name))]),
  })
  return {
    async stop(graceMs) {
      stopping.abort()
      await schedules.stop()
      await Promise.all([loop.stop(), ...workers.map((worker) => worker.stop(graceMs))])
      await Promise.all([polls.close(), deliveries.close(), settledWithin(withdraw(store), WITHDRAWAL_MS)])
    },
  }
}

function recurring(sweepOnce: Schedule['run'], { store, clock }: WorkMeans): Schedule[] {
  const { heartbeat, eventLog } = store
  return [
    { name: 'sweep', cron: '*/5 * * * * *', run: sweepOnce },
    { name: 'heartbeat', cron: '*/5 * * * * *', run: () => heartbeat.beat(heartbeatFacts()) },
    { name: 'trim', cron: '0 17 * * * *', run: () => eventLog.trim(KEEP_EVENTS_MS, clock.now()) },
    // Reading forgets those whose beat has expired.
    { name: 'forget', cron: '0 47 * * * *', run: () => readHeartbeats(store) },
  ]
}

function startWorkers(
  means: WorkMeans,
  queue: QueueSettings & Pick<WorkerSettings, 'faults'>,
): ReschedulingWorker[] {
  const { configuration, store, sources, notifiers, logger } = means
  const { leaseMs } = configuration.engine
  const watching = {
    ...store,
    ...means,
    probeLog: createProbeLog(means),
    sourceOf: (account: string) => sources.of(account),
  }
  const delivering = {
    ...store,
    ...means,
    notifierNamed: (name: string) => notifiers.named(name),
    retrySchedule: configuration.deliveries.retryScheduleMs,
    sha256: (text: string) => createHash('sha256').update(text).digest('base64url'),
  }
  const settings = { ...queue, leaseMs, clock: means.clock, logger }
  return [
    startReschedulingWorker(POLL_QUEUE, (id, signal) => watch(id, signal, watching), {
      ...settings,
      concurrency: POLL_CONCURRENCY,
    }),
    ...notifiers.names.map((name) =>
      startReschedulingWorker(deliveryQueueName(name), (id, signal) => deliver(id, signal, delivering), {
        ...settings,
        concurrency: DELIVERY_CONCURRENCY,
      }),
    ),
  ]
}

/** The version belongs to the digest: a release may make other targets of the same files. */
function wantedBy({ digest, watches }: Configuration, notifiers: Notifiers): WantedConfiguration {
  return { digest: `${VERSION}+${digest}`, targets: targetsOf(watches), notifiers: notifiers.names }
}

/** So that nobody waits for this replica to be missed. */
async function withdraw({ targets, heartbeat }: StoreParts): Promise<void> {
  await Promise.allSettled([targets.withdraw(), heartbeat.stop()])
}

/** Copied, because the option types of ioredis and BullMQ differ in what may be present and undefined. */
function queueConnection(url: string, stopping: AbortSignal): QueueSettings['connection'] {
  return Object.fromEntries(Object.entries(queueConnectionOptions(url, stopping)))
}
