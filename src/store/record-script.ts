import type { Redis } from 'ioredis'
import type { RecordResult } from '../domain/ports.js'
import type { RecordKeys } from './keys.js'
import { asList, asNumber, asText } from './reply.js'
import { loadScript } from './script.js'

const RECORD = loadScript('record')

/** Builds that nobody watches any more stay readable for 30 days. */
export const UNWATCHED_TTL_S = 30 * 86_400

export interface RecordCall {
  readonly keys: RecordKeys
  readonly expectedSeq: number
  readonly eventLogCap: number
  /** Absent when only details changed. */
  readonly change?: { readonly id: string; readonly event: string; readonly routes: string }
  /** For the build hash. */
  readonly fields: Readonly<Record<string, string | number>>
  /** Removes everything again at the end. */
  readonly selfTest?: true
}

/** `publishRefused`: it is recorded, but Redis would not let us ring the doorbell. */
export type RecordReply = RecordResult & { readonly publishRefused?: string }

export async function runRecord(redis: Redis, call: RecordCall): Promise<RecordReply> {
  const { keys, change, fields } = call
  const reply = await RECORD.run(redis, {
    keys: [keys.build, keys.transitions, keys.events, keys.target],
    args: [
      call.expectedSeq,
      change?.id ?? '',
      call.eventLogCap,
      UNWATCHED_TTL_S,
      keys.channel,
      change?.event ?? '',
      change?.routes ?? '',
      call.selfTest ? 'selftest' : '',
      ...Object.entries(fields).flat(),
    ],
  })
  return readReply(asList(reply))
}

function readReply([kind, detail, unheard]: readonly unknown[]): RecordReply {
  switch (kind) {
    case 'recorded':
      return {
        kind,
        seq: asNumber(detail),
        ...(unheard ? { publishRefused: asText(unheard) } : {}),
      }
    case 'unchanged':
    case 'stale':
    case 'concluded':
      return { kind }
    case 'refused':
      return { kind, reason: asText(detail) }
    default:
      throw new TypeError(`record.lua answered ${String(kind)}`)
  }
}
