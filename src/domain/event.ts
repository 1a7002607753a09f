import { buildKey } from './build.js'
import { isoInstant } from './instant.js'
import type { Outcome } from './outcome.js'
import type { ApiBuild, Snapshot } from './snapshot.js'
import type { Transition } from './transition.js'

export const TRANSITIONED = 'dev.buildwatchd.build.transitioned.v1'
export const CONCLUDED = 'dev.buildwatchd.build.concluded.v1'

/**
 * The wire form of a recorded transition: a CloudEvents 1.0 JSON object. `data.build` is what the API served, verbatim;
 * everything beside it is ours. Instants are ISO 8601, durations milliseconds. Schema: `event.schema.json` beside this file.
 */
export interface BuildEvent {
  readonly specversion: '1.0'
  /** `<build key>#concluded` for the end, `<build key>#<STATUS>` otherwise; the same after a loss of data. */
  readonly id: string
  /** `buildwatchd/<account>` */
  readonly source: string
  readonly type: typeof TRANSITIONED | typeof CONCLUDED
  /** The build key. */
  readonly subject: string
  /** When it happened upstream if that is known, else when it was observed. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: BuildEventData
}

export interface BuildEventData {
  readonly build: ApiBuild
  /** 1..n in this dataset, without gaps. */
  readonly seq: number
  readonly from: string | null
  readonly to: string | null
  /** On the terminal event only. */
  readonly outcome?: Outcome
  readonly observedAt: string
  readonly concludedAt?: string
  /** From creation to conclusion, where both are known and in order. */
  readonly durationMs?: number
  /** From conclusion to observation, where the API's own conclusion time allows. */
  readonly detectedAfterMs?: number
}

export function isConcluded(event: BuildEvent): boolean {
  return event.type === CONCLUDED
}

export function transitionEvent(account: string, snapshot: Snapshot, transition: Transition): BuildEvent {
  return {
    specversion: '1.0',
    id: transition.id,
    source: `buildwatchd/${account}`,
    type: transition.concluded ? CONCLUDED : TRANSITIONED,
    subject: buildKey(snapshot.ref),
    time: isoInstant(happenedAt(snapshot, transition)),
    datacontenttype: 'application/json',
    data: {
      build: snapshot.build,
      seq: transition.seq,
      from: transition.from,
      to: transition.to,
      ...(transition.outcome === undefined ? {} : { outcome: transition.outcome }),
      observedAt: isoInstant(snapshot.observedAt),
      ...(transition.concluded ? timings(snapshot) : {}),
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
