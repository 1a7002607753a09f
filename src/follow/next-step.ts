/**
 * Where a reader of the event log goes on from, and whether it missed something on the way there. Pure.
 *
 * The log is trimmed from its front only. So while the entry that was read last is still there, everything behind it is too;
 * where it is gone, the counters of the log tell whether others went with it. In doubt a gap is told: one that was none costs
 * a look at the build hashes, one that is hidden costs an event.
 */

export type GapReason = 'trimmed' | 'dataset_changed'

/** Before every entry. */
export const START = '0-0'

export interface Position {
  /** Name of the data that `id` belongs to; absent: whatever is there. */
  readonly dataset?: string
  /** Stream id of the entry that was read last. {@link START} without `added`: from the oldest on, whichever that is. */
  readonly id: string
  /** How many entries the log had been given in all when `id` was the newest of them, where that is known. */
  readonly added?: number
}

type Named = Position & { readonly dataset: string }

export interface LogEntry {
  readonly id: string
  /** The JSON of an event; absent where somebody else wrote the entry. */
  readonly text?: string
}

/** From one XINFO STREAM. */
export interface LogState {
  readonly length: number
  /** Of the newest entry that was ever there. */
  readonly lastId: string
  /** Of the oldest and the newest entry that are there. */
  readonly oldest?: string
  readonly newest?: string
  /** Entries ever given; Redis 7 and newer. */
  readonly added?: number
}

/** What one look at Redis shows. */
export interface Look {
  readonly dataset?: string
  /** A page, beginning with the entry of the position itself where that is still there. */
  readonly entries: readonly LogEntry[]
  /** Seen after the entries; absent where there is no log. */
  readonly log?: LogState
}

export type Step =
  /** The data has no name yet: after a FLUSHALL the daemon gives it one within seconds. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'gap'; readonly because: GapReason; readonly position: Named }
  | { readonly kind: 'entries'; readonly entries: readonly LogEntry[]; readonly position: Named }

export function nextStep(position: Position, { dataset, entries, log }: Look): Step {
  if (dataset === undefined) return { kind: 'wait' }
  const gap = (because: GapReason): Step => ({ kind: 'gap', because, position: { dataset, id: START } })
  if (position.dataset !== undefined && position.dataset !== dataset) return gap('dataset_changed')
  const isThere = entries[0]?.id === position.id
  const because = isThere ? undefined : lossOf(position, log)
  if (because) return gap(because)
  const news = isThere ? entries.slice(1) : entries
  return { kind: 'entries', entries: news, position: { dataset, ...after(position, news, log) } }
}

function after(position: Position, news: readonly LogEntry[], log: LogState | undefined): Position {
  const id = news.at(-1)?.id ?? position.id
  if (log?.added !== undefined && log.lastId === id) return { id, added: log.added }
  return news.length === 0 && position.added !== undefined ? { id, added: position.added } : { id }
}

/** The entry of the position is not there: why not, where others may be missing too. */
function lossOf({ id, added }: Position, log: LogState | undefined): GapReason | undefined {
  const missing = missingSince(added, log)
  if (id === START) return missing ? 'trimmed' : undefined
  if (log === undefined || isEarlierThan(id, log)) return 'dataset_changed'
  return id === log.lastId || missing === 0 ? undefined : 'trimmed'
}

/** How many of the entries that came behind the position are gone, where all that are there came behind it; if known. */
function missingSince(added: number | undefined, log: LogState | undefined): number | undefined {
  return added === undefined || log?.added === undefined ? undefined : log.added - added - log.length
}

/** Nothing as late has ever been there, or older entries have stayed where this one is gone: not the data that was read. */
function isEarlierThan(id: string, { lastId, oldest }: LogState): boolean {
  return isLater(id, lastId) || (oldest !== undefined && isLater(id, oldest))
}

function isLater(a: string, b: string): boolean {
  const [aMs = 0, aN = 0] = a.split('-').map(Number)
  const [bMs = 0, bN = 0] = b.split('-').map(Number)
  return aMs > bMs || (aMs === bMs && aN > bN)
}

/** Behind everything that is in the log now. The newest id ever given need not be that of an entry. */
export function positionNow({ dataset, log }: Omit<Look, 'entries'>): Position {
  const named = dataset === undefined ? {} : { dataset }
  if (log === undefined) return dataset === undefined ? { id: START } : { ...named, id: START, added: 0 }
  const id = log.newest ?? log.lastId
  return { ...named, id, ...(id === log.lastId && log.added !== undefined ? { added: log.added } : {}) }
}

/** `<dataset>:<stream id>`. A position in data without a name has none. */
export function cursorOf(position: Named): string
export function cursorOf(position: Position): string | undefined
export function cursorOf({ dataset, id }: Position): string | undefined {
  return dataset === undefined ? undefined : `${dataset}:${id}`
}

/** Throws a RangeError on what is no cursor. */
export function parseCursor(cursor: string): Position {
  const [, dataset, id] = /^(.+):(\d{1,20}-\d{1,20})$/.exec(cursor) ?? []
  if (dataset === undefined || id === undefined || !isStreamId(id))
    throw new RangeError(
      `after is "${cursor}", which is no cursor: give back one that followEvents gave, "beginning", or nothing`,
    )
  return { dataset, id }
}

/** Redis takes any greater number for a fault, each time that it is asked. */
function isStreamId(id: string): boolean {
  return id.split('-').every((part) => BigInt.asUintN(64, BigInt(part)) === BigInt(part))
}
