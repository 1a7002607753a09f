/**
 * A BullMQ worker whose jobs never fail: each run answers when to come again, or that it is done, and the same job moves
 * itself to that time. An ordinary throw would end the chain for ever, so every error is caught and comes back later; a
 * lost lock means that another worker owns the job now, so this one drops it without a word.
 */
import { type ConnectionOptions, DelayedError, type Job, RedisConnection, Worker } from 'bullmq'
import type { Clock, Logger } from '../domain/ports.js'
import { pause } from './pause.js'
import { reportFault } from './report-fault.js'

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
/** For BullMQ to hand back what it holds and to close its connections. */
const FAREWELL_MS = 1000
const NEVER = 1_000_000_000

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
  const { connection, prefix, concurrency, leaseMs, logger } = settings
  const stopping = new AbortController()
  const inHand = new Set<Promise<RunVerdict>>()
  const worker = new Worker(
    queueName,
    async (job: Job, token?: string, lockLost?: AbortSignal) => {
      const signal = lockLost ? AbortSignal.any([stopping.signal, lockLost]) : stopping.signal
      const running = runSafely(job, { run, signal, logger })
      inHand.add(running)
      const verdict = await running.finally(() => inHand.delete(running))
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
  return { stop: (graceMs) => stop({ worker, stopping, inHand }, graceMs) }
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
    reportFault(logger.child({ job: job.id }), error, 'a run was cut short; it comes back')
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

interface Stoppable {
  readonly worker: Worker
  readonly stopping: AbortController
  readonly inHand: ReadonlySet<Promise<unknown>>
}

/** The runs in hand have their limit, and BullMQ has one too: without Redis it never comes to the end of its farewell. */
async function stop({ worker, stopping, inHand }: Stoppable, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => stopping.abort(), graceMs)
  const closed = worker.close().catch(() => undefined)
  await atMost(graceMs + FAREWELL_MS, allEnded(inHand))
  await atMost(FAREWELL_MS, closed)
  clearTimeout(cutOff)
  stopping.abort()
}

async function allEnded(inHand: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (inHand.size > 0) await Promise.all(inHand)
}

async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  await Promise.race([work, pause(limitMs, over.signal)])
  over.abort()
}
