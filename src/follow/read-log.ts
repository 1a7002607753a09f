import type { Redis } from 'ioredis'
import type { LogEntry, LogState, Look } from './next-step.js'
import type { PublicKeys } from './public-keys.js'

/**
 * A page of the log from this entry on, itself included. All four questions go out in one write and are answered in this order, so
 * what lies between two equal names of the data belongs to it. Not MULTI: readers need no right to it.
 */
export async function lookAt(
  redis: Redis,
  keys: PublicKeys,
  { from, pageSize }: { from: string; pageSize: number },
): Promise<Look> {
  for (;;) {
    const answers = await redis
      .pipeline()
      .hget(keys.meta, 'dataset')
      .xrange(keys.events, from, '+', 'COUNT', pageSize)
      .xinfo('STREAM', keys.events)
      .hget(keys.meta, 'dataset')
      .exec()
    const [before, entries, state, dataset] = (answers ?? []).map(resultOf)
    if (before !== dataset) continue
    return {
      ...(typeof dataset === 'string' ? { dataset } : {}),
      entries: Array.isArray(entries) ? entries.map(entryOf) : [],
      ...(state === undefined ? {} : { log: stateOf(state) }),
    }
  }
}

/** `undefined` for the state of a log that is not there. */
function resultOf([error, result]: [error: Error | null, result: unknown]): unknown {
  if (error === null) return result
  if (/no such key/i.test(error.message)) return undefined
  throw error
}

function stateOf(reply: unknown): LogState {
  const fields = fieldsOf(reply)
  const [oldest, newest] = ['first-entry', 'last-entry'].map((name) => idOf(fields.get(name)))
  const added = fields.get('entries-added')
  return {
    length: Number(fields.get('length')),
    lastId: String(fields.get('last-generated-id')),
    ...(oldest === undefined ? {} : { oldest }),
    ...(newest === undefined ? {} : { newest }),
    ...(added === undefined ? {} : { added: Number(added) }),
  }
}

function idOf(entry: unknown): string | undefined {
  return Array.isArray(entry) ? String(entry[0]) : undefined
}

export function entryOf([id, fields]: [id: string, fields: string[]]): LogEntry {
  // By hand, for each entry of the log comes by here.
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const text = fields[at + 1]
    if (fields[at] === 'event' && text !== undefined) return { id, text }
  }
  return { id }
}

/** `[field, value, field, value]` */
function fieldsOf(flat: unknown): Map<unknown, unknown> {
  const fields = new Map<unknown, unknown>()
  if (Array.isArray(flat)) for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at], flat[at + 1])
  return fields
}
