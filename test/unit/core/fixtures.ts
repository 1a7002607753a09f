import { type BuildRef, buildKey } from '../../../src/domain/build.js'
import { ApiError, type ApiErrorCode, type ApiErrorOptions } from '../../../src/domain/errors.js'
import type { Route } from '../../../src/domain/route.js'
import type { Target } from '../../../src/domain/target.js'

export const NEVER_ABORTED = new AbortController().signal

const REF: BuildRef = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'quick-fox-1' }

export function targetOf(build: string, routes: readonly Route[] = []): Target {
  const ref = { ...REF, build }
  const polling = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
  return { id: buildKey(ref), account: 'default', ref, routes, polling }
}

export function apiError(code: ApiErrorCode, options: Partial<ApiErrorOptions> = {}): ApiError {
  return new ApiError(code, `the API said ${code}`, { retryable: false, ...options })
}
