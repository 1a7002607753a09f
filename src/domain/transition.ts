import { type BuildKey, buildKey } from './build.js'
import { lineOf } from './line.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { ApiBuild, Snapshot } from './snapshot.js'

/** What the record holds of one build. `seq` 0 means nothing was recorded yet. */
export interface RecordedBuild {
  readonly seq: number
  readonly status?: string
  readonly concluded: boolean
  /** How often each status has been entered. */
  readonly visits: Readonly<Record<string, number>>
  /** The last differing build object. */
  readonly latest?: ApiBuild
  /** When the last transition was observed; epoch ms. */
  readonly changedAt?: number
  /** Epoch ms, where the API tells. */
  readonly createdAt?: number
  /** It has been told to be stuck. */
  readonly stuck?: true
  /** It had concluded before anyone watched: nobody was told, and `seq` is 0. */
  readonly history?: true
}

export const UNRECORDED: RecordedBuild = { seq: 0, concluded: false, visits: {} }

/** A change of the pair (status, concluded). The terminal one carries the outcome. */
export interface Transition {
  readonly id: string
  readonly seq: number
  readonly from: string | null
  readonly to: string | null
  readonly concluded: boolean
  readonly outcome?: Outcome
  /** On the terminal one: the build's line, by the branch or pull request that was last known. */
  readonly line?: string
  readonly visits: Readonly<Record<string, number>>
}

/** What a snapshot means for the record. */
export type Change =
  | { readonly kind: 'none' }
  /** Other fields differ; the pair (status, concluded) does not. */
  | { readonly kind: 'details' }
  | { readonly kind: 'transition'; readonly transition: Transition }

/** Ids derive from identity and status alone, so a record that is lost and made again carries the same ids. */
export function transitionId(key: BuildKey, status: string, visit: number): string {
  const word = encodeURIComponent(status)
    .replaceAll('.', '%2E')
    .replace(/^concluded$/, '%63oncluded')
    .replace(/^stuck$/, '%73tuck')
  return visit > 1 ? `${key}#${word}.${visit}` : `${key}#${word}`
}

export function concludedId(key: BuildKey): string {
  return `${key}#concluded`
}

/**
 * Compares a snapshot with the record. Only conclusion is sticky; a status may come back; an absent one changes nothing. What
 * was recorded as history counts as unrecorded: whoever asks has a watch that names the build and is to be told.
 */
export function detectChange(known: RecordedBuild, snapshot: Snapshot): Change {
  const recorded = known.history ? unrecorded(known) : known
  if (recorded.concluded) return { kind: 'none' }
  const { status, concluded } = snapshot.build
  const entersStatus = status !== undefined && status !== recorded.status
  if (concluded === true)
    return { kind: 'transition', transition: conclusion(recorded, snapshot, entersStatus) }
  if (entersStatus) return { kind: 'transition', transition: entering(recorded, snapshot, status) }
  return { kind: sameBuild(recorded.latest, snapshot.build) ? 'none' : 'details' }
}

/** What the build was last served as stays known: its branch may be left out from now on. */
function unrecorded({ latest }: RecordedBuild): RecordedBuild {
  return latest === undefined ? UNRECORDED : { ...UNRECORDED, latest }
}

function entering(recorded: RecordedBuild, snapshot: Snapshot, status: string): Transition {
  const visits = visited(recorded.visits, status)
  return {
    id: transitionId(buildKey(snapshot.ref), status, visits[status] ?? 1),
    seq: recorded.seq + 1,
    from: recorded.status ?? null,
    to: status,
    concluded: false,
    visits,
  }
}

function conclusion(recorded: RecordedBuild, snapshot: Snapshot, entersStatus: boolean): Transition {
  const to = snapshot.build.status ?? recorded.status
  return {
    id: concludedId(buildKey(snapshot.ref)),
    seq: recorded.seq + 1,
    from: recorded.status ?? null,
    to: to ?? null,
    concluded: true,
    outcome: outcomeOf(to, snapshot.build.success),
    line: lineOf({ ...recorded.latest, ...snapshot.build }),
    visits: entersStatus && to !== undefined ? visited(recorded.visits, to) : recorded.visits,
  }
}

/** One visit more. The status is foreign text: it may be called as what every object has. */
export function visited(visits: Readonly<Record<string, number>>, status: string): Record<string, number> {
  const before = Object.hasOwn(visits, status) ? (visits[status] ?? 0) : 0
  return Object.fromEntries([
    ...Object.entries(visits).filter(([word]) => word !== status),
    [status, before + 1],
  ])
}

function sameBuild(a: ApiBuild | undefined, b: ApiBuild): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
}
