/**
 * A BullMQ worker whose jobs never fail: each run answers when to come again, or that it is done, and the same job moves
 * itself to that time. An ordinary throw would end the chain for ever, so every error is caught and comes back later; a
 * lost lock means that another worker owns the job now, so this one drops it without a word.
 */
import { type ConnectionOptions, DelayedError, type Job, Worker } from 'bullmq'
import type { Clock, Logger } from '../domain/ports.js'

export type RunVerdict = { readonly kind: 'again'; readonly inMs: number } | { readonly kind: 'done' }

export interface WorkerSettings {
  readonly connection: ConnectionOptions
  readonly prefix: string
  readonly concurrency: number
  /** How long a job belongs to a worker that gives no sign of life; takeover takes at most twice this. */
  readonly leaseMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/** One run of the job with this id. `signal` fires when the daemon stops for good or the lock is lost. */
export type RunJob = (id: string, signal: AbortSignal) => Promise<RunVerdict>

export interface ReschedulingWorker {
  /** Takes no new job and waits up to `graceMs` for those in hand; then cuts them off. */
  stop(graceMs: number): Promise<void>
}

/** Pause after a run that threw: a fault of Redis or a defect, never of the API or a notifier. */
const AFTER_FAULT_MS = 5000
const NEVER = 1_000_000_000

export function startReschedulingWorker(
  queueName: string,
  run: RunJob,
  settings: WorkerSettings,
): ReschedulingWorker {
  const { connection, prefix, concurrency, leaseMs, logger } = settings
  const stopping = new AbortController()
  const worker = new Worker(
    queueName,
    async (job: Job, token?: string, lockLost?: AbortSignal) => {
      const signal = lockLost ? AbortSignal.any([stopping.signal, lockLost]) : stopping.signal
      const verdict = await runSafely(job, { run, signal, logger })
      if (verdict.kind === 'done') return
      await moveOn(job, { token, at: settings.clock.now() + verdict.inMs, logger })
      throw new DelayedError()
    },
    {
      connection,
      prefix,
      concurrency,
      lockDuration: leaseMs,
      stalledInterval: Math.ceil(leaseMs / 2),
      maxStalledCount: NEVER,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      skipVersionCheck: true,
    },
  )
  worker.on('error', (error) =>
    logger.debug({ queue: queueName, error: error.message }, 'worker connection error'),
  )
  return { stop: (graceMs) => stop(worker, stopping, graceMs) }
}

interface Run {
  readonly run: RunJob
  readonly signal: AbortSignal
  readonly logger: Logger
}

async function runSafely(job: Job, { run, signal, logger }: Run): Promise<RunVerdict> {
  try {
    return await run(job.id ?? '', signal)
  } catch (error) {
    logger.warn({ job: job.id, error }, 'a run was cut short; it comes back')
    return { kind: 'again', inMs: AFTER_FAULT_MS }
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

/** BullMQ waits for jobs in hand for ever, and for a Redis that is away too; so the wait has a limit. */
async function stop(worker: Worker, stopping: AbortController, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => stopping.abort(), graceMs)
  const closed = worker.close().catch(() => undefined)
  const givenUp = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => setTimeout(resolve, 500))
  })
  await Promise.race([closed, givenUp])
  clearTimeout(cutOff)
  stopping.abort()
}
