/**
 * The wire form of facts: CloudEvents 1.0 JSON objects. Instants are ISO 8601, durations milliseconds. Schema:
 * `event.schema.json` beside this file. `data` is the last member of each: the record script adds what it works out at its end.
 */
import { buildKey } from './build.js'
import { isoInstant } from './instant.js'
import type { Verdict } from './line.js'
import type { Outcome } from './outcome.js'
import type { ApiBuild, Snapshot } from './snapshot.js'
import type { StuckReason } from './stuck.js'
import type { Transition } from './transition.js'
import type { Trouble } from './trouble.js'

export const TRANSITIONED = 'dev.buildwatchd.build.transitioned.v1'
export const CONCLUDED = 'dev.buildwatchd.build.concluded.v1'
export const STUCK = 'dev.buildwatchd.build.stuck.v1'
export const TROUBLED = 'dev.buildwatchd.target.troubled.v1'
export const RECOVERED = 'dev.buildwatchd.target.recovered.v1'
export const DIGEST = 'dev.buildwatchd.digest.v1'

/** A newer daemon may have written others: readers pass over what they do not know. */
export const EVENT_TYPES: readonly string[] = [TRANSITIONED, CONCLUDED, STUCK, TROUBLED, RECOVERED, DIGEST]

interface Envelope<Type extends string, Data> {
  readonly specversion: '1.0'
  readonly id: string
  /** `buildwatchd/<account>`; of a digest `buildwatchd`. */
  readonly source: string
  readonly type: Type
  /** Build key, target id, `accounts/<name>` or `digest`. */
  readonly subject: string
  /** When it happened upstream if that is known, else when it was observed. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: Data
}

/**
 * A recorded transition. Its id is `<build key>#concluded` for the end, `<build key>#<STATUS>` otherwise; the same after a
 * loss of data.
 */
export type BuildEvent = Envelope<typeof TRANSITIONED | typeof CONCLUDED, BuildEventData>

/** `data.build` is what the API served, verbatim; everything beside it is ours. */
export interface BuildEventData {
  readonly build: ApiBuild
  /** 1..n in this dataset, without gaps. */
  readonly seq: number
  readonly from: string | null
  readonly to: string | null
  /** On the terminal event only, as everything below but `observedAt`. */
  readonly outcome?: Outcome
  readonly observedAt: string
  readonly concludedAt?: string
  /** From creation to conclusion, where both are known and in order. */
  readonly durationMs?: number
  /** From conclusion to observation, where the API's own conclusion time allows. */
  readonly detectedAfterMs?: number
  /** Name of the build's line: `branch/<branch>`, `pr/<id>` or `no-branch`. */
  readonly line?: string
  readonly verdict?: Verdict
  /** A newer build of the line, or one of unknown age before it, has ended already: no verdict. */
  readonly superseded?: true
  /** Builds of the line in a row with this result, this one counted; with a verdict. */
  readonly consecutive?: number
  /** `time` of the first of them. */
  readonly since?: string
  /** On `fixed`: how long the line was red, and how many builds. */
  readonly redForMs?: number
  readonly redBuilds?: number
  /** Id of the first build of the row of failures that this end begins, prolongs or, with `fixed`, is the end of. */
  readonly firstFailedBuild?: string
  /** Its commit, where it is known. */
  readonly firstFailedSha?: string
}

/** A build is told to be stuck once; its id is `<build key>#stuck`. */
export type StuckEvent = Envelope<typeof STUCK, StuckData>

export interface StuckData {
  readonly build: ApiBuild
  readonly reason: StuckReason
  readonly status: string | null
  readonly ageMs: number
  readonly inStatusMs: number
  /** The longest that its job or service is known to have taken; absent where none is known. */
  readonly longestMs?: number
  readonly observedAt: string
}

/** The watcher's own trouble begins (`<subject>!<trouble>.<episode>`) or is over (`<subject>!recovered.<episode>`). */
export type TroubleEvent = Envelope<typeof TROUBLED | typeof RECOVERED, TroubleData>

export interface TroubleData {
  readonly trouble: Trouble
  readonly scope: 'account' | 'target'
  readonly account: string
  readonly episode: number
  /** When probes began to fail, or, of `recovered`, when the trouble was noted. */
  readonly since: string
  /** Code and words of the last error; on `troubled`. */
  readonly code?: string
  readonly detail?: string
  /** On `recovered`. */
  readonly lastedMs?: number
  readonly observedAt: string
}

/** What became of all builds in a span of time; its id is `digest#<end of the span>`. */
export type DigestEvent = Envelope<typeof DIGEST, DigestData>

export interface DigestData {
  readonly from: string
  readonly to: string
  /** Builds that ended in the span, by outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Lines whose newest build failed, the longest red first. */
  readonly failingLines: readonly FailingLine[]
  readonly troubled: readonly {
    readonly subject: string
    readonly trouble: Trouble
    readonly since: string
  }[]
  /** How many of each were left out, where there are more than a hundred. */
  readonly more?: { readonly failingLines: number; readonly troubled: number }
}

export interface FailingLine {
  /** Of the job or service. */
  readonly resource: string
  readonly line: string
  readonly build: string
  readonly consecutive: number
  readonly since: string
}

export type WatchEvent = BuildEvent | StuckEvent | TroubleEvent | DigestEvent

export function isConcluded(event: WatchEvent): boolean {
  return event.type === CONCLUDED
}

export function isBuildEvent(event: WatchEvent): event is BuildEvent {
  return event.type === TRANSITIONED || event.type === CONCLUDED
}

const FORM = { specversion: '1.0', datacontenttype: 'application/json' } as const

function sourceOf(account: string): string {
  return `buildwatchd/${account}`
}

/** The account that sees what the event is about; '' for a digest. */
export function accountOf({ source }: Pick<WatchEvent, 'source'>): string {
  return source.slice(sourceOf('').length)
}

export function transitionEvent(account: string, snapshot: Snapshot, transition: Transition): BuildEvent {
  return {
    specversion: FORM.specversion,
    id: transition.id,
    source: sourceOf(account),
    type: transition.concluded ? CONCLUDED : TRANSITIONED,
    subject: buildKey(snapshot.ref),
    time: isoInstant(happenedAt(snapshot, transition)),
    datacontenttype: FORM.datacontenttype,
    data: {
      build: snapshot.build,
      seq: transition.seq,
      from: transition.from,
      to: transition.to,
      ...(transition.outcome === undefined ? {} : { outcome: transition.outcome }),
      observedAt: isoInstant(snapshot.observedAt),
      ...(transition.concluded ? timings(snapshot) : {}),
      ...(transition.line === undefined ? {} : { line: transition.line }),
    },
  }
}

function happenedAt(snapshot: Snapshot, transition: Transition): number {
  return (transition.concluded ? snapshot.concludedAt : undefined) ?? snapshot.observedAt
}

function timings({ createdAt, concludedAt, observedAt }: Snapshot): Partial<BuildEventData> {
  if (concludedAt === undefined) return {}
  const durationMs = createdAt === undefined ? -1 : concludedAt - createdAt
  return {
    concludedAt: isoInstant(concludedAt),
    ...(durationMs < 0 ? {} : { durationMs }),
    ...(observedAt < concludedAt ? {} : { detectedAfterMs: observedAt - concludedAt }),
  }
}

export function stuckEvent(
  account: string,
  { ref, build, observedAt }: Snapshot,
  facts: Omit<StuckData, 'build' | 'observedAt'>,
): StuckEvent {
  const subject = buildKey(ref)
  return {
    specversion: FORM.specversion,
    id: `${subject}#stuck`,
    source: sourceOf(account),
    type: STUCK,
    subject,
    time: isoInstant(observedAt),
    datacontenttype: FORM.datacontenttype,
    data: { build, ...facts, observedAt: isoInstant(observedAt) },
  }
}

export function troubleEvent(
  kind: 'troubled' | 'recovered',
  { subject, at, ...data }: { subject: string; at: number } & Omit<TroubleData, 'observedAt'>,
): TroubleEvent {
  const word = kind === 'recovered' ? 'recovered' : data.trouble
  return {
    specversion: FORM.specversion,
    id: `${subject}!${word}.${data.episode}`,
    source: sourceOf(data.account),
    type: kind === 'recovered' ? RECOVERED : TROUBLED,
    subject,
    time: isoInstant(at),
    datacontenttype: FORM.datacontenttype,
    data: { ...data, observedAt: isoInstant(at) },
  }
}

export function digestEvent(data: DigestData): DigestEvent {
  return {
    specversion: FORM.specversion,
    id: `digest#${data.to}`,
    source: 'buildwatchd',
    type: DIGEST,
    subject: 'digest',
    time: data.to,
    datacontenttype: FORM.datacontenttype,
    data,
  }
}
