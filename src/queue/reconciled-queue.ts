import { Queue, type RedisOptions } from 'bullmq'
import type { Logger } from '../domain/ports.js'
import { finiteConnection } from './finite-connection.js'
import { settledWithin, withDeadline } from './with-deadline.js'

export interface QueueSettings {
  readonly connection: RedisOptions
  /** Redis key prefix of everything BullMQ, such as `{buildwatch}:queue`. */
  readonly prefix: string
  readonly logger: Logger
  /** BullMQ waits for ever while Redis is away; whoever asks gets REDIS_UNREACHABLE after this instead. 10 s by default. */
  readonly commandDeadlineMs?: number
}

/** Jobs by id, each at most once, as the sweep sees and mends them. */
export interface ReconciledQueue {
  /** Ids of the jobs that will run: active, waiting, delayed or prioritized. */
  live(): Promise<Set<string>>
  add(jobs: readonly { readonly id: string; readonly inMs: number }[]): Promise<void>
  /** Makes all that is delayed due now. */
  hurry(): Promise<void>
  /** Makes those of them that are delayed due now. */
  hasten(ids: readonly string[]): Promise<void>
  /** Removes all jobs, and everything else that is kept of the queue. */
  remove(): Promise<void>
  close(): Promise<void>
}

const COMMAND_DEADLINE_MS = 10_000
const CLOSE_DEADLINE_MS = 1000
const BATCH = 1000

/** A finished job is always removed: its id would otherwise block adding it again, silently. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true }

export function createReconciledQueue(
  name: string,
  { connection, prefix, logger, commandDeadlineMs = COMMAND_DEADLINE_MS }: QueueSettings,
): ReconciledQueue {
  const closing = new AbortController()
  const queue = new Queue(name, {
    connection: finiteConnection(connection, closing.signal),
    prefix,
    skipVersionCheck: true,
  })
  queue.on('error', (error) => logger.debug({ queue: name, error: error.message }, 'queue connection error'))
  // A removal that was cut short has left it paused, and nothing else ever pauses it.
  let mayBePaused = true

  return {
    async live() {
      const ids = await withDeadline(
        queue.getRanges(['active', 'wait', 'delayed', 'prioritized'], 0, -1),
        commandDeadlineMs,
      )
      return new Set(ids)
    },
    async add(jobs) {
      if (mayBePaused) await withDeadline(queue.resume(), commandDeadlineMs)
      mayBePaused = false
      for (let start = 0; start < jobs.length; start += BATCH) {
        const batch = jobs.slice(start, start + BATCH).map(({ id, inMs }) => ({
          name,
          data: {},
          opts: { ...JOB_OPTIONS, jobId: id, delay: inMs },
        }))
        await withDeadline(queue.addBulk(batch), commandDeadlineMs)
      }
    },
    hasten: (ids) => promote(queue, ids, commandDeadlineMs),
    hurry: () => withDeadline(queue.promoteJobs(), commandDeadlineMs),
    async remove() {
      mayBePaused = true
      await withDeadline(queue.obliterate({ force: true }), commandDeadlineMs)
    },
    async close() {
      closing.abort()
      if (await settledWithin(queue.close(), CLOSE_DEADLINE_MS)) return
      // Redis holds the connection and does not answer: drop it, or it would keep the process alive.
      void queue.disconnect().catch(() => undefined)
    },
  }
}

async function promote(queue: Queue, ids: readonly string[], deadlineMs: number): Promise<void> {
  const delayed = new Set(await withDeadline(queue.getRanges(['delayed'], 0, -1), deadlineMs))
  for (const id of ids.filter((each) => delayed.has(each))) {
    const job = await withDeadline(queue.getJob(id), deadlineMs)
    // It may have become due by itself meanwhile.
    await job?.promote().catch(() => undefined)
  }
}
