import type { Redis } from 'ioredis'
import type { LogEntry, LogState, Look } from './next-step.js'
import type { PublicKeys } from './public-keys.js'

/**
 * A page of the log from this entry on, itself included. All four questions go out at once and are answered in this order, so
 * what lies between two equal names of the data belongs to it. Not MULTI: readers need no right to it.
 */
export async function lookAt(
  redis: Redis,
  keys: PublicKeys,
  { from, pageSize }: { from: string; pageSize: number },
): Promise<Look> {
  for (;;) {
    const [before, entries, log, dataset] = await Promise.all([
      redis.hget(keys.meta, 'dataset'),
      redis.xrange(keys.events, from, '+', 'COUNT', pageSize),
      readState(redis, keys),
      redis.hget(keys.meta, 'dataset'),
    ])
    if (before !== dataset) continue
    return {
      ...(dataset === null ? {} : { dataset }),
      entries: entries.map(entryOf),
      ...(log === undefined ? {} : { log }),
    }
  }
}

async function readState(redis: Redis, keys: PublicKeys): Promise<LogState | undefined> {
  try {
    return stateOf(await redis.xinfo('STREAM', keys.events))
  } catch (error) {
    if (error instanceof Error && /no such key/i.test(error.message)) return undefined
    throw error
  }
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
  const text = fieldsOf(fields).get('event')
  return typeof text === 'string' ? { id, text } : { id }
}

/** `[field, value, field, value]` */
function fieldsOf(flat: unknown): Map<unknown, unknown> {
  const fields = new Map<unknown, unknown>()
  if (Array.isArray(flat)) for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at], flat[at + 1])
  return fields
}
