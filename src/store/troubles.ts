/**
 * What keeps the watcher from seeing: one record for each subject, changed by compare-and-set, so that of all the probes that
 * fail together one tells. `lua/note-trouble.lua` writes the record and the event that tells of it, or neither.
 */
import type { Redis } from 'ioredis'
import type { Logger, Troubles } from '../domain/ports.js'
import { NO_TROUBLE, type TroubleRecord } from '../domain/trouble.js'
import { EVENT_LOG_CAP, GROUP } from './event-log-group.js'
import type { Keys } from './keys.js'
import { readEach } from './read-each.js'
import { createRefusalLog, type Refused, refusals } from './refusals.js'
import { asList, asText } from './reply.js'
import { loadScript } from './script.js'

const NOTE = loadScript('note-trouble', ['all-or-nothing', 'append-event'])

/**
 * What is in no trouble is forgotten after so long. Ids of events hold the number of the episode, so this must not be sooner
 * than the ledger forgets their deliveries.
 */
export const TROUBLE_TTL_MS = 30 * 86_400_000

export interface TroublesDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly logger: Logger
  /** Entries; the default is a million. */
  readonly eventLogCap?: number
}

type Told = Parameters<Troubles['note']>[2]

type NoteReply =
  | { readonly kind: 'noted' }
  /** Someone else has changed the record. */
  | { readonly kind: 'raced' }
  | Refused

export function createTroubles(deps: TroublesDeps): Troubles {
  const { redis, keys, eventLogCap = EVENT_LOG_CAP } = deps
  const report = createRefusalLog(deps.logger, {
    refused: 'there is trouble, but Redis refuses to record it',
    over: 'troubles are recorded again',
  })

  async function run(subject: string, next: TroubleRecord, told: Told): Promise<NoteReply> {
    const reply = await NOTE.run(redis, {
      keys: [keys.trouble(subject), keys.events],
      args: [
        next.rev,
        JSON.stringify(next),
        next.trouble === undefined ? TROUBLE_TTL_MS : '',
        eventLogCap,
        GROUP,
        keys.channel(subject),
        told ? JSON.stringify(told.event) : '',
        told ? JSON.stringify(told.routes) : '',
      ],
    })
    return readReply(asList(reply))
  }

  /** Whoever asks fails again with the next probe: a refusal is no reason to give that up. */
  async function note(subject: string, next: TroubleRecord, told?: Told): Promise<boolean> {
    const reply = await refusals(() => run(subject, next, told))
    report(reply.kind === 'refused' ? reply.reason : undefined)
    return reply.kind === 'noted'
  }

  return { read: (subjects) => readTroubles(subjects, deps), note }
}

/** In the order of `subjects`. */
export async function readTroubles(
  subjects: readonly string[],
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<TroubleRecord[]> {
  const replies = await readEach(redis, subjects.map(keys.trouble), ['hget', 'record'])
  return replies.map((record) => (record === null ? NO_TROUBLE : JSON.parse(asText(record))))
}

function readReply([kind, detail]: readonly unknown[]): NoteReply {
  if (kind === 'noted' || kind === 'raced') return { kind }
  if (kind === 'refused') return { kind, reason: asText(detail) }
  throw new TypeError(`note-trouble.lua answered ${String(kind)}`)
}
