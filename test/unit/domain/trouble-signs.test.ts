import { describe, expect, it } from '@jest/globals'
import { ERRORS, type ErrorCode } from '../../../src/domain/errors.js'
import { signOf, TROUBLES, type Trouble } from '../../../src/domain/trouble.js'

describe('what a failed probe may be the sign of', () => {
  const SIGNS: readonly (readonly [ErrorCode, Trouble | undefined, Trouble])[] = [
    ['API_UNREACHABLE', 'unreachable', 'stale'],
    ['API_TIMED_OUT', 'unreachable', 'stale'],
    ['API_WRONG_ROUTE', 'unreachable', 'stale'],
    ['API_UNAUTHORIZED', 'unauthorized', 'stale'],
    ['SECRET_UNREADABLE', 'unauthorized', 'stale'],
    ['API_THROTTLED', 'throttled', 'stale'],
    ['API_FORBIDDEN', undefined, 'forbidden'],
    ['API_NOT_FOUND', undefined, 'gone'],
    ['API_BAD_RESPONSE', undefined, 'stale'],
  ]

  it.each(SIGNS)('with %s, is that an account is %s or a target %s', (code, ofAccount, ofTarget) => {
    expect([signOf(code, 'account'), signOf(code, 'target')]).toEqual([ofAccount, ofTarget])
  })

  it('is known of every error of the API', () => {
    const known = SIGNS.map(([code]) => code)
    expect(known).toEqual(
      expect.arrayContaining(Object.keys(ERRORS).filter((code) => code.startsWith('API_'))),
    )
  })

  it('covers every trouble but the one that time makes', () => {
    const seen = new Set<unknown>(SIGNS.flat())
    expect(TROUBLES.filter((trouble) => !seen.has(trouble))).toEqual(['abandoned'])
  })
})
