import type { Redis } from 'ioredis'
import { callsFor, sumOf } from './batches.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { loadScript } from './script.js'
import { formatMark, type HeldMark, isRemoved, parseMark, type RemovedMark } from './watermark-fields.js'

const SWAP = loadScript('swap-fields')

const DAY_MS = 86_400_000
/** A watchlist that is broken for an hour must not turn conclusions into history. */
const UNWANTED_MS = DAY_MS
/** Every running process has learned by then that a mark was taken away. */
const REMOVED_MS = DAY_MS
const PAGE = 1000

/** What becomes of one mark; `undefined`: it stays as it is, '': it goes. */
export function nextMark(
  mark: HeldMark | RemovedMark,
  { isWanted, now }: { readonly isWanted: boolean; readonly now: number },
): string | undefined {
  if (isRemoved(mark)) return now - mark.removedAt >= REMOVED_MS ? '' : undefined
  const { unwantedSince } = mark
  if (isWanted) return unwantedSince === undefined ? undefined : formatMark(mark)
  if (unwantedSince === undefined) return JSON.stringify({ ...mark, unwantedSince: now })
  return now - unwantedSince >= UNWANTED_MS ? JSON.stringify({ removedAt: now }) : undefined
}

/**
 * Takes away the marks of interests that no target has had for a day. Each leaves a note for another day, from which the
 * processes that remember it learn that it was not lost. Answers how many were changed.
 */
export async function retainWatermarks(
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
  { interests, now }: { readonly interests: ReadonlySet<string>; readonly now: number },
): Promise<number> {
  let changed = 0
  let cursor = '0'
  do {
    const [next, flat] = await redisCall(`scan ${keys.watermarks}`, () =>
      redis.hscan(keys.watermarks, cursor, 'COUNT', PAGE),
    )
    const changes = changesIn(flat, (field, mark) => nextMark(mark, { isWanted: interests.has(field), now }))
    const calls = callsFor(changes, (batch) => ({ keys: [keys.watermarks], args: batch.flat() }))
    changed += await sumOf(redis, SWAP, calls)
    cursor = next
  } while (cursor !== '0')
  return changed
}

function changesIn(
  flat: readonly string[],
  nextOf: (field: string, mark: HeldMark | RemovedMark) => string | undefined,
): [field: string, held: string, next: string][] {
  const changes: [string, string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [field = '', held = ''] = flat.slice(at, at + 2)
    const next = nextOf(field, parseMark(held))
    if (next !== undefined) changes.push([field, held, next])
  }
  return changes
}
