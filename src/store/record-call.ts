import { resultOf } from '../domain/line.js'
import type { RecordEntry, RecordedChange } from '../domain/ports.js'
import { fieldsOf } from './build-hash.js'
import type { Keys } from './keys.js'
import type { BuildEnd, RecordCall, ScriptedChange } from './record-script.js'

/** What the record script is to do with an entry. */
export function callOf(
  entry: RecordEntry,
  { keys, ...limits }: Pick<RecordCall, 'eventLogCap' | 'retention'> & { readonly keys: Keys },
): RecordCall {
  const { change, expectedSeq, named } = entry
  const { ref, createdAt } = entry.snapshot
  return {
    ...limits,
    keys: keys.record(ref),
    expectedSeq,
    named,
    build: ref.build,
    fields: fieldsOf(entry),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(change ? { change: scripted(change) } : {}),
  }
}

function scripted(change: RecordedChange): ScriptedChange {
  const { id, concluded } = change.transition
  const end = concluded ? { end: endOf(change) } : {}
  if (change.kind === 'history') return { id, ...end }
  return { id, ...end, told: { event: JSON.stringify(change.event), routes: JSON.stringify(change.routes) } }
}

function endOf({ transition, event }: RecordedChange): BuildEnd {
  const { outcome = 'unknown', line = 'no-branch' } = transition
  const { durationMs, build } = event.data
  return {
    line,
    outcome,
    result: resultOf(outcome) ?? '',
    time: event.time,
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(build.sha === undefined ? {} : { sha: build.sha }),
  }
}
