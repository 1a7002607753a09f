import type { BuildRef } from './build.js'

/**
 * A build object as the API served it: the documented fields, each only where its type was right, verbatim.
 * Source: Northflank's *get job build*; everything but `id` may be absent or null.
 */
export interface ApiBuild {
  readonly id: string
  readonly branch?: string
  readonly sha?: string
  /** The service's own word; new words may come, so it is never checked against a list. */
  readonly status?: string
  /** The only terminal test. Absent is not "true". */
  readonly concluded?: boolean
  readonly success?: boolean
  readonly message?: string | null
  readonly pullRequestId?: number | string | null
  /** ISO 8601. */
  readonly createdAt?: string
  /** Epoch seconds in the documented example; unit undocumented. */
  readonly buildConcludedAt?: number
  readonly registry?: { readonly uri?: string }
}

/** A validated, immutable view of one build at `observedAt`. Instants are epoch milliseconds. */
export interface Snapshot {
  readonly ref: BuildRef
  readonly build: ApiBuild
  readonly observedAt: number
  readonly createdAt?: number
  readonly concludedAt?: number
}
