import { createBackoffCadence } from '../core/backoff-cadence.js'
import { createLearnedCadence } from '../core/learned-cadence.js'
import { createProbeLog } from '../core/probe-log.js'
import { createRights } from '../core/rights.js'
import { createSeenRunning } from '../core/seen-running.js'
import { type WatchPorts, watch } from '../core/watch.js'
import type { PollingStrategy } from '../domain/cadence.js'
import type { Cadence } from '../domain/ports.js'
import { TROUBLE_RULES } from '../domain/trouble.js'
import type { QueueSettings } from '../queue/reconciled-queue.js'
import {
  type ReschedulingWorker,
  startReschedulingWorker,
  type WorkerSettings,
} from '../queue/rescheduling-worker.js'
import { createWindowClock } from '../queue/window-clock.js'
import type { ActiveConfiguration } from './live-configuration.js'
import type { WorkMeans } from './work-means.js'

export const POLL_QUEUE = 'polls'
const POLL_CONCURRENCY = 50

/** What all workers share. */
export type WorkerBase = QueueSettings & Pick<WorkerSettings, 'faults' | 'leaseMs' | 'clock'>

/** Each poll goes by one version of the configuration from its beginning to its end. */
export function startPollWorker(means: WorkMeans, base: WorkerBase): ReschedulingWorker {
  const shared = {
    ...means.store,
    ...means,
    rights: createRights(means.clock),
    seenRunning: createSeenRunning(),
    probeLog: createProbeLog(means),
    windows: createWindowClock(),
    troubleRules: TROUBLE_RULES,
  }
  const cadences: Readonly<Record<PollingStrategy, Cadence>> = {
    learned: createLearnedCadence({ ...means, planning: means.store.planning }),
    backoff: createBackoffCadence(means.random),
  }
  const portsOf = ({ sources, configuration }: ActiveConfiguration): WatchPorts => ({
    ...shared,
    cadence: cadences[configuration.strategy],
    sourceOf: (account) => sources.of(account),
    stuckRules: configuration.stuck,
  })
  return startReschedulingWorker(
    POLL_QUEUE,
    (id, signal) => means.live.during((active) => watch(id, signal, portsOf(active))),
    { ...base, concurrency: POLL_CONCURRENCY },
  )
}
