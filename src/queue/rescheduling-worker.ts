/**
 * A BullMQ worker whose jobs never fail: each run answers when to come again, or that it is done, and the same job moves
 * itself to that time. An ordinary throw would end the chain for ever, so every error is caught and comes back later; a
 * lost lock means that another worker owns the job now, so this one drops it without a word.
 */
import { DelayedError, type Job, RateLimitError, RedisConnection, type RedisOptions } from 'bullmq'
import type { Clock, Logger } from '../domain/ports.js'
import { createFaultLog, type FaultLog } from './fault-log.js'
import { finiteConnection } from './finite-connection.js'
import { PatientWorker } from './patient-worker.js'
import { stopWorker } from './stop-worker.js'

type RunVerdict =
  | { readonly kind: 'again'; readonly inMs: number }
  /** No job of this queue is to run before, on any replica, or for a minute; this one is then the first. */
  | { readonly kind: 'paced'; readonly inMs: number }
  | { readonly kind: 'done' }

export interface WorkerSettings {
  readonly connection: RedisOptions
  readonly prefix: string
  readonly concurrency: number
  /** Runs may answer `paced`. */
  readonly isPaced?: boolean
  /** How long a job belongs to a worker that gives no sign of life; takeover takes at most twice this. */
  readonly leaseMs: number
  readonly clock: Clock
  readonly logger: Logger
  /** Shared by all that one Redis can cut short; one of its own by default. */
  readonly faults?: FaultLog
  /** Pause after a run that threw: a fault of Redis or a defect, never of the API or a notifier. 5 s by default. */
  readonly afterFaultMs?: number
}

/** One run of the job with this id. `signal` fires when the worker stops for good or the lock is lost. */
export type RunJob = (id: string, signal: AbortSignal) => Promise<RunVerdict>

export interface ReschedulingWorker {
  /** Takes no new job and waits up to `graceMs` for those in hand; then cuts them off and releases them. */
  stop(graceMs: number): Promise<void>
}

const AFTER_FAULT_MS = 5000
const NEVER = 1_000_000_000
/** Settings that allow more may come at any time. */
const LONGEST_HOLD_MS = 60_000

/**
 * BullMQ heeds that a queue is held only where it has a rate to keep to. It counts every run, and most runs only find that
 * they have to wait; so it has to count up to a number that is never reached.
 */
const HELD_ONLY = { max: NEVER, duration: 1000 }

/**
 * What BullMQ takes the server for where it may not ask (INFO is often forbidden). Its own assumption, 5.0, cannot wait for
 * parts of a second: every delayed job would come up to a second late. The store has made sure of 6.2.
 */
RedisConnection.minimumVersion = '6.2.0'

export function startReschedulingWorker(
  queueName: string,
  run: RunJob,
  settings: WorkerSettings,
): ReschedulingWorker {
  const { connection, prefix, concurrency, isPaced = false, leaseMs, logger } = settings
  const inHand = new Set<Promise<RunVerdict>>()
  const closing = new AbortController()
  const faults = settings.faults ?? createFaultLog(logger, settings.clock)
  const worker = new PatientWorker(
    queueName,
    // BullMQ makes a signal only for a function that declares three parameters. Its own one is used as it is, because
    // every signal that `AbortSignal.any` makes of a long-lived one stays in memory on Node 20 and 22.
    async (job: Job, token?: string, signal?: AbortSignal) => {
      const running = runSafely(job, {
        run,
        signal: signal ?? new AbortController().signal,
        settings,
        faults,
      })
      inHand.add(running)
      const verdict = await running.finally(() => inHand.delete(running))
      if (verdict.kind === 'done') return
      if (verdict.kind === 'paced' && (await holdQueue(worker, verdict.inMs))) throw new RateLimitError()
      await moveOn(job, { token, at: settings.clock.now() + verdict.inMs, logger })
      throw new DelayedError()
    },
    {
      connection: finiteConnection(connection, closing.signal),
      prefix,
      concurrency,
      ...(isPaced ? { limiter: HELD_ONLY } : {}),
      lockDuration: leaseMs,
      stalledInterval: Math.ceil(leaseMs / 2),
      maxStalledCount: NEVER,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      skipVersionCheck: true,
      closing: closing.signal,
    },
  )
  worker.on('error', (error) =>
    logger.debug({ queue: queueName, error: error.message }, 'worker connection error'),
  )
  // BullMQ tells of a lost lock and leaves it at that: the run would go on beside that of the new owner.
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, 'the lock is lost')
  })
  return { stop: (graceMs) => stopWorker({ worker, inHand, closing }, graceMs) }
}

/** `false` when Redis did not take it: then the job comes back as any other. */
async function holdQueue(worker: PatientWorker, forMs: number): Promise<boolean> {
  try {
    await worker.backend.setRateLimit(Math.min(LONGEST_HOLD_MS, Math.max(1, Math.ceil(forMs))))
    return true
  } catch {
    return false
  }
}

interface Run {
  readonly run: RunJob
  readonly signal: AbortSignal
  readonly settings: WorkerSettings
  readonly faults: FaultLog
}

async function runSafely(job: Job, { run, signal, settings, faults }: Run): Promise<RunVerdict> {
  try {
    return await run(job.id ?? '', signal)
  } catch (error) {
    if (signal.aborted) {
      settings.logger.debug({ job: job.id, error }, 'a run was cut off; it is due at once')
      return { kind: 'again', inMs: 0 }
    }
    faults(error, 'a run was cut short; it comes back', { job: job.id })
    return { kind: 'again', inMs: settings.afterFaultMs ?? AFTER_FAULT_MS }
  }
}

async function moveOn(
  job: Job,
  { token, at, logger }: { token: string | undefined; at: number; logger: Logger },
): Promise<void> {
  try {
    await job.moveToDelayed(at, token)
  } catch (error) {
    logger.debug({ job: job.id, error }, 'the job belongs to another worker now')
  }
}
