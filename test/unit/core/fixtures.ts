import { type BuildRef, buildKey, type ResourceRef, resourceKey } from '../../../src/domain/build.js'
import { EVERY_BUILD } from '../../../src/domain/build-filter.js'
import { ApiError, type ApiErrorCode, type ApiErrorOptions } from '../../../src/domain/errors.js'
import type { Route } from '../../../src/domain/route.js'
import {
  type BuildTarget,
  type FeedTarget,
  type Interest,
  interestId,
  type NamedBuild,
} from '../../../src/domain/target.js'

export const NEVER_ABORTED = new AbortController().signal

export const JOB: ResourceRef = { project: 'shop', kind: 'jobs', resource: 'nightly' }
export const FEED_ID = resourceKey(JOB)
const POLLING = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
export const ENDS: readonly Route[] = [{ to: 'hook', on: ['concluded'] }]

export function refOf(build: string): BuildRef {
  return { ...JOB, build }
}

export function targetOf(build: string, routes: readonly Route[] = []): BuildTarget {
  const ref = refOf(build)
  return { kind: 'build', id: buildKey(ref), account: 'default', ref, routes, windows: [], polling: POLLING }
}

export const DAY_MS = 86_400_000

/** Of every build, unless said otherwise. */
export function interestOf(facts: Partial<Omit<Interest, 'id'>> = {}): Interest {
  const interest = { filter: EVERY_BUILD, catchUpMs: DAY_MS, routes: ENDS, windows: [], ...facts }
  return { id: interestId(interest), ...interest }
}

export function namedOf(build: string, facts: Partial<NamedBuild> = {}): NamedBuild {
  return { build, routes: [{ to: 'ops', on: ['concluded'] }], windows: [], ...facts }
}

export function feedOf(
  interests: readonly Interest[] = [interestOf()],
  named: readonly NamedBuild[] = [],
): FeedTarget {
  return { kind: 'feed', id: FEED_ID, account: 'default', ref: JOB, interests, named, polling: POLLING }
}

export function apiError(code: ApiErrorCode, options: Partial<ApiErrorOptions> = {}): ApiError {
  return new ApiError(code, `the API said ${code}`, { retryable: false, ...options })
}
