/**
 * The event log as dispatch reads it: the consumer group `dispatch`, one consumer per replica. What was handed out and not
 * acknowledged is never lost: this replica's own leftovers are read again after a start and after any failure, those of
 * dead replicas are taken over once they have been idle for a while. Events may therefore come twice; dispatch opens each
 * delivery once.
 */
import type { EventLog, LoggedEvent, Logger } from '../domain/ports.js'
import { createEventLogGroup, type EventLogDeps } from './event-log-group.js'
import { redisFailure } from './redis-failure.js'
import { parseEntry, type StreamEntry } from './stream-entries.js'

const TAKE_OVER_IDLE_MS = 10_000
const BEGINNING = '0'

export function createEventLog(deps: EventLogDeps): EventLog {
  const { keys, takeOverIdleMs = TAKE_OVER_IDLE_MS } = deps
  const logger = deps.logger.child({ key: keys.events })
  const group = createEventLogGroup(deps)
  /** Where the next page of this replica's own leftovers begins; `undefined` when all were read again. */
  let leftoversAfter: string | undefined = BEGINNING

  async function next(blockMs: number): Promise<LoggedEvent[]> {
    const entries = await guarded('read the event log', async () => {
      const left = [...(await readLeftovers()), ...(await takeOver())]
      return left.length > 0 ? left : group.fresh(blockMs)
    })
    const read = entries.map((entry) => ({ entry, event: parseEntry(entry) }))
    for (const { entry, event } of read) if (!event) await discard(entry)
    return read.flatMap(({ event }) => event ?? [])
  }

  async function readLeftovers(): Promise<StreamEntry[]> {
    if (leftoversAfter === undefined) return []
    const entries = await group.leftovers(leftoversAfter)
    leftoversAfter = entries.at(-1)?.id
    return entries
  }

  async function takeOver(): Promise<StreamEntry[]> {
    const { entries, removed } = await group.takeOver(takeOverIdleMs)
    if (removed.length > 0) reportRemoved(logger, removed)
    return entries
  }

  async function acknowledge(logId: string): Promise<void> {
    await guarded('acknowledge an event', () => group.acknowledge(logId))
  }

  function recall(): void {
    leftoversAfter = BEGINNING
  }

  /** An entry that nobody can read would come back for ever and hold up those behind it. */
  async function discard({ id, fields }: StreamEntry): Promise<void> {
    if (fields) logger.error({ logId: id }, 'an entry of the event log is unreadable; skipped')
    else reportRemoved(logger, [id])
    await acknowledge(id)
  }

  /** After any failure nobody knows what was handed to us or acknowledged. */
  async function guarded<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      recall()
      group.doubt()
      throw redisFailure(doing, error)
    }
  }

  return { next, acknowledge, recall }
}

function reportRemoved(logger: Logger, logIds: readonly string[]): void {
  logger.error({ logIds }, 'events were removed from the log before they were dispatched')
}
