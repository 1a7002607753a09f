/** Workers and queues on one Redis, all of them stopped and closed after the test that opened them. */
import { afterEach } from '@jest/globals'
import type { Redis } from 'ioredis'
import { createReconciledQueue, type ReconciledQueue } from '../../../src/queue/reconciled-queue.js'
import {
  type ReschedulingWorker,
  type RunJob,
  startReschedulingWorker,
  type WorkerSettings,
} from '../../../src/queue/rescheduling-worker.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

export const PREFIX = '{buildwatch}:queue'
export const ID = 'shop/jobs/nightly/quick-fox-1'

/** Long beside everything that a test waits for, so that no lease ends by itself on a busy machine. */
const LEASE_MS = 20_000

export function connectionOf(url: string) {
  const { hostname: host, port } = new URL(url)
  return { host, port: Number(port), maxRetriesPerRequest: null }
}

export interface QueueBench {
  readonly logger: ReturnType<typeof createRecordingLogger>
  queue(name?: string): ReconciledQueue
  worker(run: RunJob, settings?: Partial<WorkerSettings>): ReschedulingWorker
}

/** To be called in a `describe` block; `url` is asked when something is opened. */
export function queueBench(url: () => string): QueueBench {
  const opened: (() => Promise<void>)[] = []
  const logger = createRecordingLogger()
  const base = () => ({ connection: connectionOf(url()), prefix: PREFIX, logger })

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((close) => close()))
    logger.lines.length = 0
  })

  return {
    logger,
    queue(name = 'polls') {
      const queue = createReconciledQueue(name, base())
      opened.push(() => queue.close())
      return queue
    },
    worker(run, settings = {}) {
      const worker = startReschedulingWorker('polls', run, {
        ...base(),
        concurrency: 2,
        leaseMs: LEASE_MS,
        clock: Date,
        ...settings,
      })
      opened.push(() => worker.stop(0))
      return worker
    },
  }
}

/** When the delayed job runs next, epoch ms; `undefined` when it is not delayed. */
export async function delayedUntil(redis: Redis, id = ID): Promise<number | undefined> {
  const score = await redis.zscore(`${PREFIX}:polls:delayed`, id)
  // BullMQ keeps a counter in the lowest twelve bits.
  return score === null ? undefined : Math.floor(Number(score) / 4096)
}

/** A promise that something else keeps. */
export function promised<T = void>(): { readonly kept: Promise<T>; keep(value: T): void } {
  let keep: (value: T) => void = () => undefined
  const kept = new Promise<T>((resolve) => {
    keep = resolve
  })
  return { kept, keep: (value) => keep(value) }
}

/** Settles when the signal fires. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
