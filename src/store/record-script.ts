import type { Redis } from 'ioredis'
import type { RecordResult } from '../domain/ports.js'
import { GROUP } from './event-log-group.js'
import type { RecordKeys } from './keys.js'
import { asList, asNumber, asText } from './reply.js'
import { loadScript } from './script.js'

const RECORD = loadScript('record', ['all-or-nothing', 'append-event', 'verdict'])

const DAY_MS = 86_400_000

export interface Retention {
  /** Of a build, from its end on, unless a watch names it. */
  readonly buildsMs: number
  /** Of the heads of lines and of known durations, from their last change on. */
  readonly linesMs: number
}

export const DEFAULT_RETENTION: Retention = { buildsMs: 30 * DAY_MS, linesMs: 180 * DAY_MS }

export interface RecordCall {
  readonly keys: RecordKeys
  readonly expectedSeq: number
  /** Entries. */
  readonly eventLogCap: number
  readonly retention: Retention
  /** A watch names the build. */
  readonly named: boolean
  /** The build's id. */
  readonly build: string
  /** Epoch ms. */
  readonly createdAt?: number
  /** Absent when only details changed. */
  readonly change?: ScriptedChange
  /** For the build hash. */
  readonly fields: Readonly<Record<string, string | number>>
  /** Removes everything again at the end. */
  readonly selfTest?: true
}

export interface ScriptedChange {
  readonly id: string
  /** Absent when it is history. `event` ends in `}}`. */
  readonly told?: { readonly event: string; readonly routes: string }
  /** On the terminal one. */
  readonly end?: BuildEnd
}

export interface BuildEnd {
  readonly line: string
  /** Empty when it says nothing of the line. */
  readonly result: 'passed' | 'failed' | ''
  readonly outcome: string
  /** ISO 8601. */
  readonly time: string
  readonly durationMs?: number
  readonly sha?: string
}

/** `publishRefused`: it is recorded, but Redis would not let us ring the doorbell. */
export type RecordReply = RecordResult & { readonly publishRefused?: string }

export async function runRecord(redis: Redis, call: RecordCall): Promise<RecordReply> {
  const { keys, change } = call
  const reply = await RECORD.run(redis, {
    keys: [
      keys.build,
      keys.transitions,
      keys.events,
      keys.active,
      keys.durations,
      keys.lines,
      keys.linesMoved,
    ],
    args: [
      call.expectedSeq,
      kindOf(change),
      change?.id ?? '',
      call.eventLogCap,
      GROUP,
      keys.channel,
      ...toldArgs(change?.told),
      call.retention.buildsMs,
      call.retention.linesMs,
      call.named ? 'named' : '',
      call.build,
      call.createdAt ?? '',
      ...endArgs(change?.end),
      call.selfTest ? 'selftest' : '',
      ...Object.entries(call.fields).flat(),
    ],
  })
  return readReply(asList(reply))
}

function kindOf(change: ScriptedChange | undefined): 'news' | 'history' | 'details' {
  if (!change) return 'details'
  return change.told ? 'news' : 'history'
}

function toldArgs(told: ScriptedChange['told']): readonly string[] {
  return told ? [told.event, told.routes] : ['', '']
}

function endArgs(end: BuildEnd | undefined): readonly (string | number)[] {
  if (!end) return ['', '', '', '', '', '', '']
  const { line, result, outcome, time, durationMs, sha } = end
  return [line, result, outcome, time, Date.parse(time), durationMs ?? '', sha ?? '']
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
