import { describe, expect, it } from '@jest/globals'
import { progressOf } from '../../../src/app/build-progress.js'
import { beginFollowing, missed, sighted, type Wanted } from '../../../src/core/followed-build.js'
import { ApiError } from '../../../src/domain/errors.js'

const RESOURCE = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const REF = { ...RESOURCE, build: 'quick-fox-1' }
const NAMED: Wanted = { kind: 'named', ref: REF }
const NEWEST: Wanted = { kind: 'newest', ref: RESOURCE, choice: { branch: 'main', sinceAt: 1 } }
const START = 1_000_000
const WAIT = { now: START + 20_000, appearMs: 60_000 }
const absent = new ApiError('API_NOT_FOUND', 'not there', { retryable: true })
const silent = new ApiError('API_UNREACHABLE', 'no answer', { retryable: true })

function seen() {
  const snapshot = { ref: REF, build: { id: 'quick-fox-1', status: 'BUILDING' }, observedAt: START + 5000 }
  return sighted(beginFollowing(NAMED, START), snapshot, 'default').build
}

describe('the progress of a build that has not appeared', () => {
  it('is how long it has been waited for, which is no trouble', () => {
    const progress = progressOf(missed(beginFollowing(NEWEST, START), absent, WAIT), undefined, WAIT.now)
    expect(progress).toEqual({
      key: 'newest of shop/jobs/nightly',
      status: undefined,
      elapsedMs: undefined,
      statusForMs: 20_000,
    })
  })

  it('tells an API that gives no answer', () => {
    const progress = progressOf(missed(beginFollowing(NAMED, START), silent, WAIT), undefined, WAIT.now)
    expect(progress).toMatchObject({
      key: 'shop/jobs/nightly/quick-fox-1',
      trouble: 'not seen for 20 s (API_UNREACHABLE)',
    })
  })
})

describe('the progress of a build that was seen', () => {
  it('counts from when it was first seen, where the API does not tell its creation', () => {
    expect(progressOf(seen(), undefined, START + 8000)).toMatchObject({ elapsedMs: 3000, statusForMs: 3000 })
  })

  it.each([absent, silent])('tells that it is out of sight, since the last answer', (error) => {
    expect(progressOf(missed(seen(), error, WAIT), undefined, WAIT.now).trouble).toBe(
      `not seen for 15 s (${error.code})`,
    )
  })
})
