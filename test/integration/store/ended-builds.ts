/** Builds of one job that have ended, made of what matters to its lines. */
import { isoInstant } from '../../../src/domain/instant.js'
import type { Outcome } from '../../../src/domain/outcome.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import { refOf, START_AT, snapshotOf } from './store-fixtures.js'

const MINUTE = 60_000

const SERVED: Readonly<Record<Outcome, Partial<ApiBuild>>> = {
  success: { status: 'SUCCESS', success: true },
  failure: { status: 'FAILURE', success: false },
  crashed: { status: 'CRASHED', success: false },
  submission_failure: { status: 'SUBMISSION_FAILURE', success: false },
  aborted: { status: 'ABORTED', success: false },
  // A contradiction.
  unknown: { status: 'SUCCESS', success: false },
}

export interface Ended {
  readonly build: string
  readonly outcome?: Outcome
  /** Minutes from the start; `undefined` where the API does not tell. */
  readonly created?: number | undefined
  /** Minutes from the start. */
  readonly ended?: number
  /** The API does not tell when it ended. */
  readonly untimed?: boolean
  readonly branch?: string
  readonly sha?: string
}

export function minute(at: number): number {
  return START_AT + at * MINUTE
}

export function endOf({ build, outcome = 'success', branch = 'main', sha, ...when }: Ended): Snapshot {
  const { created, ended = (created ?? 0) + 1, untimed = false } = when
  const served = {
    ...SERVED[outcome],
    concluded: true,
    branch,
    ...(sha === undefined ? {} : { sha }),
    ...(created === undefined ? {} : { createdAt: isoInstant(minute(created)) }),
    ...(untimed ? {} : { buildConcludedAt: minute(ended) / 1000 }),
  }
  return snapshotOf(served, refOf(build), minute(ended))
}
