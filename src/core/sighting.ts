import type { BuildRef } from '../domain/build.js'
import { ApiError, BuildwatchdError } from '../domain/errors.js'
import type { BuildSource, Random } from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { Leave } from './leave.js'
import type { Rights } from './rights.js'

export interface ProbeMeans {
  readonly source: BuildSource
  readonly leave: Leave
  readonly rights: Rights
  readonly random: Random
}

/** What one probe has shown, by whichever way the token allows. */
export interface Sighting {
  readonly kind: 'seen'
  readonly snapshots: readonly Snapshot[]
  /** A list was read as far back as was wanted: of what was created before this instant it has shown all. Epoch ms. */
  readonly readTo?: number
  /** Builds that were looked for in vain. */
  readonly unseen: readonly UnseenBuild[]
  /** The account ran out of requests before all that was looked for could be read. */
  readonly throttled?: BuildwatchdError
  /** The list goes the other way round than all we know: each look takes every page of it. */
  readonly isOldestFirst?: true
  /** The permission that the token lacks, where another way was found. */
  readonly lacks?: string
}

export interface UnseenBuild {
  readonly ref: BuildRef
  readonly error: BuildwatchdError
}

/** There was no leave for the further requests that it would have taken. */
export interface Postponed {
  readonly kind: 'postponed'
}

/** The API gave no build, or the account's token cannot be read. Anything else that rejects is no word on the API. */
export function isProbeFailure(error: unknown): error is BuildwatchdError {
  return (
    error instanceof ApiError || (error instanceof BuildwatchdError && error.code === 'SECRET_UNREADABLE')
  )
}

export function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'API_FORBIDDEN'
}

/** The permission that a refusal is about. */
export function permissionOf({ permission }: ApiError): string {
  return permission ?? 'to read builds'
}

/** What the list does not show, and may not be read by its id. */
export function hiddenBuild(lacks: string): ApiError {
  const message = `the list does not show the build, and the token may not read it by id; give its role the permission "${lacks}"`
  return new ApiError('API_FORBIDDEN', message, { retryable: false, permission: lacks })
}
