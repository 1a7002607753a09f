import { buildKey } from '../domain/build.js'
import { transitionEvent } from '../domain/event.js'
import type { BuildRecords, Logger, RecordEntry, RecordResult } from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { Target } from '../domain/target.js'
import { detectChange, type RecordedBuild, type Transition } from '../domain/transition.js'

export interface RecordPorts {
  readonly records: BuildRecords
  readonly logger: Logger
}

/**
 * Records what a snapshot says against what was known *before* the request was made. An answer that arrives late is
 * `stale` and dropped: recomputing it against the newer record would write the past over the present.
 */
export async function recordSnapshot(
  { target, snapshot, before }: { target: Target; snapshot: Snapshot; before: RecordedBuild },
  { records, logger }: RecordPorts,
): Promise<RecordResult> {
  const change = detectChange(before, snapshot)
  if (change.kind === 'none') return { kind: before.concluded ? 'concluded' : 'unchanged' }
  const entry: RecordEntry = { snapshot, expectedSeq: before.seq }
  if (change.kind === 'details') return records.record(entry)
  const { transition } = change
  const event = transitionEvent(target.account, snapshot, transition)
  const result = await records.record({ ...entry, change: { transition, event, routes: target.routes } })
  if (result.kind === 'recorded')
    logger.info(transitionFields(snapshot, transition), transitionWords(transition))
  return result
}

function transitionFields(snapshot: Snapshot, { seq, from, outcome }: Transition): object {
  const fields = { build: buildKey(snapshot.ref), seq, from }
  return outcome === undefined ? fields : { ...fields, outcome }
}

function transitionWords({ to, concluded }: Transition): string {
  return concluded ? `build has concluded: ${to ?? 'no status'}` : `build is now ${to}`
}
