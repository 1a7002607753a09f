import type { Redis } from 'ioredis'
import type { Logger } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { isReply } from './redis-failure.js'
import { asList, asText } from './reply.js'
import { entriesOf, entriesOfStream, type StreamEntry } from './stream-entries.js'

/** The consumer group that dispatches; docs/redis.md names it so that others choose another. */
export const GROUP = 'dispatch'

/** Undispatched events are kept up to this many; then recording is refused, for memory is not endless. */
export const EVENT_LOG_CAP = 1_000_000

const BATCH = 100
/** A server that becomes a replica unblocks its readers too, but then nothing is gone. */
const GONE = /^(NOGROUP|UNBLOCKED the stream)/
const LATE_MS = 5000

export interface EventLogDeps {
  /** For everything that answers at once. */
  readonly redis: Redis
  /** For blocked reads; nothing else may use it. */
  readonly blocking: Redis
  readonly keys: Keys
  readonly logger: Logger
  /** Names this replica's consumer. */
  readonly replica: string
  /** After this long an unacknowledged event is taken from its reader; the default is 10 s. */
  readonly takeOverIdleMs?: number
  /** A blocked read that is this late sits on a dead connection, where nothing else would tell; the default is 5 s. */
  readonly lateMs?: number
}

export interface Claimed {
  readonly entries: StreamEntry[]
  /** Ids that waited to be acknowledged and were removed from the stream; Redis names them here and nowhere else. */
  readonly removed: readonly string[]
}

/** The consumer group and this replica's place in it, as raw entries. */
export function createEventLogGroup(deps: EventLogDeps) {
  const { redis, blocking, keys, logger, replica, lateMs = LATE_MS } = deps
  let exists = false

  /** At `0`, not `$`: what was recorded before the group existed has to be told as well. */
  async function ensure(): Promise<void> {
    if (exists) return
    try {
      await redis.xgroup('CREATE', keys.events, GROUP, '0', 'MKSTREAM')
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith('BUSYGROUP')) throw error
    }
    exists = true
  }

  /** FLUSHALL takes the group away, under a blocked reader too: it is made again, and there is nothing to read yet. */
  async function reading(read: () => Promise<unknown>): Promise<unknown> {
    await ensure()
    try {
      return await read()
    } catch (error) {
      if (!isReply(error) || !GONE.test(error.message)) throw error
      logger.warn({ key: keys.events }, 'the event log is gone from Redis; beginning a new one')
      exists = false
      await ensure()
      return null
    }
  }

  const GROUP_READ = ['GROUP', GROUP, replica, 'COUNT', BATCH] as const
  return {
    /** Handed to this replica before and not acknowledged, from the id after `after` on. */
    async leftovers(after: string): Promise<StreamEntry[]> {
      return entriesOfStream(
        await reading(() => redis.xreadgroup(...GROUP_READ, 'STREAMS', keys.events, after)),
      )
    },
    /** What any reader, a dead one say, has left unacknowledged for `idleMs`. */
    async takeOver(idleMs: number): Promise<Claimed> {
      const reply = await reading(() =>
        redis.xautoclaim(keys.events, GROUP, replica, idleMs, '0', 'COUNT', BATCH),
      )
      const [, entries, removed] = asList(reply ?? [])
      return { entries: entriesOf(entries), removed: asList(removed ?? []).map(asText) }
    },
    /** New ones; waits up to `blockMs`. Empty when none came, or when what woke us was removed again. */
    async fresh(blockMs: number): Promise<StreamEntry[]> {
      const read = () =>
        blocking.xreadgroup(...GROUP_READ, 'BLOCK', Math.max(1, blockMs), 'STREAMS', keys.events, '>')
      return entriesOfStream(await reading(() => inTime(blocking, { limitMs: blockMs + lateMs, read })))
    },
    acknowledge: (id: string): Promise<number> => redis.xack(keys.events, GROUP, id),
    /** After a failure nobody knows whether it is still there. */
    doubt(): void {
      exists = false
    },
  }
}

async function inTime<T>(
  blocking: Redis,
  { limitMs, read }: { limitMs: number; read: () => Promise<T> },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      blocking.disconnect(true)
      reject(new Error('a blocked read never came back'))
    }, limitMs)
  })
  try {
    return await Promise.race([read(), late])
  } finally {
    clearTimeout(timer)
  }
}
