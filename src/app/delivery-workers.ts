/**
 * A worker for each notifier, so that one which hangs slows no other. Notifiers come and go with reloads: a new one is served
 * from then on, one that is gone until what it has in hand has ended.
 */
import { createHash } from 'node:crypto'
import type { NotifierPace } from '../config/configuration.js'
import { type DeliverPorts, deliver } from '../core/deliver.js'
import { deliveryQueueName } from '../queue/delivery-queues.js'
import { type ReschedulingWorker, startReschedulingWorker } from '../queue/rescheduling-worker.js'
import { createBriefing } from './briefing.js'
import type { ActiveConfiguration } from './live-configuration.js'
import type { WorkerBase } from './poll-worker.js'
import type { WorkMeans } from './work-means.js'

export interface DeliveryWorkers {
  /** From here on the notifiers of the active configuration are served at its pace, and no others. */
  serve(): void
  /** Those that are served no more and have something in hand: nobody may take it for orphaned. */
  leaving(): readonly string[]
  /** Also of those that leave. */
  stop(graceMs: number): Promise<void>
}

/**
 * Longer than any attempt: a program may take 60 s, and 2 s to end; a bot in a chat asks four times, mostly 15 s each. Cut off, what it has
 * told already would be told again.
 */
const LEAVE_GRACE_MS = 65_000

export interface DeliveryWorkersDeps {
  readonly base: WorkerBase
  readonly deliveries: DeliverPorts['deliveries']
}

export function createDeliveryWorkers(
  means: WorkMeans,
  { base, deliveries }: DeliveryWorkersDeps,
): DeliveryWorkers {
  const portsOf = portsBy(means, deliveries)
  const serving = new Map<string, { readonly worker: ReschedulingWorker; readonly pace: string }>()
  const leaving = new Map<Promise<void>, { readonly name: string; readonly worker: ReschedulingWorker }>()
  let isStopped = false

  function start(name: string, { concurrency, rate }: NotifierPace): ReschedulingWorker {
    return startReschedulingWorker(
      deliveryQueueName(name),
      (id, signal) => means.live.during((active) => deliver(id, signal, portsOf(active))),
      { ...base, concurrency, isPaced: rate !== undefined },
    )
  }

  function end(
    { name, worker }: { name: string; worker: ReschedulingWorker },
    graceMs: number,
  ): Promise<void> {
    const ended = worker.stop(graceMs).finally(() => leaving.delete(ended))
    serving.delete(name)
    leaving.set(ended, { name, worker })
    ended.catch((error: unknown) => means.logger.debug({ notifier: name, error }, 'worker did not end well'))
    return ended
  }

  return {
    serve() {
      if (isStopped) return
      const { notifiers } = means.live.active().configuration
      for (const [name, { worker, pace }] of serving)
        if (JSON.stringify(notifiers.get(name)?.pace) !== pace) void end({ name, worker }, LEAVE_GRACE_MS)
      for (const [name, { pace }] of notifiers)
        if (!serving.has(name)) serving.set(name, { worker: start(name, pace), pace: JSON.stringify(pace) })
    },
    leaving: () => [...leaving.values()].map(({ name }) => name),
    async stop(graceMs) {
      isStopped = true
      // Those that leave already have no more time than the others now.
      const all = [...leaving.values(), ...[...serving].map(([name, { worker }]) => ({ name, worker }))]
      await Promise.allSettled(all.map((each) => end(each, graceMs)))
    },
  }
}

/** By the version of the configuration that is active when a delivery is called. */
function portsBy(means: WorkMeans, deliveries: DeliverPorts['deliveries']) {
  const shared = {
    ...means.store,
    ...means,
    deliveries,
    sha256: (text: string) => createHash('sha256').update(text).digest('base64url'),
  }
  return ({ notifiers, configuration, sources }: ActiveConfiguration): DeliverPorts => ({
    ...shared,
    notifierNamed: (name) => notifiers.named(name),
    briefing: createBriefing({ configuration, sources }, means),
    groupMsOf: (name) => configuration.notifiers.get(name)?.pace.groupMs ?? 0,
    rateOf: (name) => configuration.notifiers.get(name)?.pace.rate,
    retrySchedule: configuration.deliveries.retryScheduleMs,
  })
}
