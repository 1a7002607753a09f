import { describe, expect, it } from '@jest/globals'
import { inRedisWords, isCredentialRefusal } from '../../../src/app/redis-words.js'
import { BuildwatchdError, type ErrorCode } from '../../../src/domain/errors.js'

const PLACE = { where: 'redis://host:6379', source: 'REDIS_URL' }

function replyOf(text: string): Error {
  return Object.assign(new Error(text), { name: 'ReplyError' })
}

function failure(code: ErrorCode, cause: Error): BuildwatchdError {
  return new BuildwatchdError(code, `Redis could not do x: ${cause.message}`, { cause })
}

const UNREACHED = failure('REDIS_UNREACHABLE', new Error('Reached the max retries per request limit'))

describe('what is wrong with Redis is said', () => {
  it.each<[string, Error, string | undefined, ErrorCode, string]>([
    [
      'with what the connection has complained of',
      UNREACHED,
      'connect ECONNREFUSED',
      'REDIS_UNREACHABLE',
      'Redis at redis://host:6379 could not be reached: connect ECONNREFUSED; start it, or correct REDIS_URL',
    ],
    [
      'in our words where it has not complained',
      UNREACHED,
      undefined,
      'REDIS_UNREACHABLE',
      'Redis at redis://host:6379 could not be reached: the connection broke; start it, or correct REDIS_URL',
    ],
    [
      'as a refusal where the connection was refused before the command was sent',
      UNREACHED,
      'WRONGPASS invalid username-password pair or user is disabled.',
      'REDIS_REFUSED',
      'Redis at redis://host:6379 refuses the user or password; correct REDIS_URL',
    ],
    [
      'with the rights that the user needs',
      failure('REDIS_REFUSED', replyOf("NOPERM this user has no permissions to run the 'scan' command")),
      undefined,
      'REDIS_REFUSED',
      "Redis could not do x: NOPERM this user has no permissions to run the 'scan' command; give the user of REDIS_URL the rights that docs/redis.md names",
    ],
  ])('%s', (_, error, complaint, code, message) => {
    expect(inRedisWords(error, PLACE, complaint)).toMatchObject({ code, message })
  })

  it.each([
    ['a server that is busy', failure('REDIS_UNREACHABLE', replyOf('LOADING Redis is loading'))],
    ['a key of a foreign type', failure('REDIS_REFUSED', replyOf('WRONGTYPE'))],
    ['another error', failure('INTERNAL', new Error('a defect'))],
    ['a defect', new TypeError('a defect')],
  ])('as it was for %s', (_, error) => {
    expect(inRedisWords(error, PLACE, undefined)).toBe(error)
  })
})

describe('refused credentials', () => {
  it.each([
    ['WRONGPASS invalid', true],
    ['ERR invalid password', true],
    ['NOAUTH Authentication required.', true],
    ["NOPERM this user has no permissions to run the 'info' command", false],
  ])('are told by the reply %j: %s', (text, expected) => {
    expect(isCredentialRefusal(failure('REDIS_REFUSED', replyOf(text)))).toBe(expected)
  })
})
