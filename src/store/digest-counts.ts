/** What a digest tells: counted from the event log, so that it holds what was told in its span, each event in one digest. */
import type { Redis } from 'ioredis'
import {
  type DigestData,
  type FailingLine,
  isBuildEvent,
  isConcluded,
  type WatchEvent,
} from '../domain/event.js'
import { isoInstant } from '../domain/instant.js'
import type { Outcome } from '../domain/outcome.js'
import { accountSubject, NO_TROUBLE } from '../domain/trouble.js'
import type { Keys } from './keys.js'
import { readLines } from './line-heads.js'
import { redisCall } from './redis-failure.js'
import { entriesOf, parseEntry } from './stream-entries.js'
import { readTroubles } from './troubles.js'
import { readWanted, type Wanted } from './wanted.js'

const PAGE = 500
/** Of failing lines and of troubles: an event is to be read, and kept in Redis. */
const MOST = 100

type Counts = Record<Outcome, number>

export interface DigestMeans {
  readonly redis: Redis
  readonly keys: Keys
}

/** Epoch ms by the clock of Redis, which is that of the event log; `toAt` belongs to the next span. */
export interface Span {
  readonly fromAt: number
  readonly toAt: number
}

/** Events that retention has dropped by then are not counted. Rejects as every Redis call does. */
export async function readDigest(means: DigestMeans, span: Span): Promise<DigestData> {
  const wanted = await readWanted(means)
  const failingLines = await readFailingLines(wanted, means)
  const troubled = await readTroubled(wanted, means)
  const more = { failingLines: leftOut(failingLines), troubled: leftOut(troubled) }
  return {
    from: isoInstant(span.fromAt),
    to: isoInstant(span.toAt),
    outcomes: await countOutcomes(means, span),
    failingLines: failingLines.slice(0, MOST),
    troubled: troubled.slice(0, MOST),
    ...(more.failingLines + more.troubled === 0 ? {} : { more }),
  }
}

function leftOut(all: readonly unknown[]): number {
  return Math.max(0, all.length - MOST)
}

async function countOutcomes({ redis, keys }: DigestMeans, { fromAt, toAt }: Span): Promise<Counts> {
  const counts = { success: 0, failure: 0, crashed: 0, submission_failure: 0, aborted: 0, unknown: 0 }
  for (let from: string | undefined = `${fromAt}-0`; from !== undefined; ) {
    const start: string = from
    const page = entriesOf(
      await redisCall(`read ${keys.events}`, () =>
        redis.xrange(keys.events, start, `(${toAt}-0`, 'COUNT', PAGE),
      ),
    )
    for (const entry of page) count(parseEntry(entry)?.event, counts)
    const last = page.at(-1)
    from = last && `(${last.id}`
  }
  return counts
}

function count(event: WatchEvent | undefined, counts: Counts): void {
  if (!event || !isBuildEvent(event) || !isConcluded(event)) return
  counts[event.data.outcome ?? 'unknown'] += 1
}

/** Those that have been red longest come first. */
async function readFailingLines({ resources }: Wanted, means: DigestMeans): Promise<FailingLine[]> {
  const lines = await readLines([...resources], means)
  const failing = lines.filter(({ head }) => head.result === 'failed')
  return failing
    .sort((a, b) => a.head.sinceAt - b.head.sinceAt)
    .map(({ resource, line, head: { build, consecutive, sinceAt } }) => ({
      resource,
      line,
      build,
      consecutive,
      since: isoInstant(sinceAt),
    }))
}

async function readTroubled(
  { accounts, ids, named }: Wanted,
  means: DigestMeans,
): Promise<DigestData['troubled']> {
  const subjects = [...[...accounts].map(accountSubject).sort(), ...new Set([...ids, ...named].sort())]
  const records = await readTroubles(subjects, means)
  return subjects.flatMap((subject, at) => {
    const { trouble, since } = records[at] ?? NO_TROUBLE
    return trouble === undefined || since === undefined
      ? []
      : [{ subject, trouble, since: isoInstant(since) }]
  })
}
