import { expect, it } from '@jest/globals'
import { connectionFailure } from '../../../src/northflank/connection-failure.js'

const ASKED = { url: new URL('http://localhost:4010/v1/projects'), token: 'nf-token-4711-abcdef' }

function refused(address: string): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${address}:4010`), { code: 'ECONNREFUSED' })
}

it.each([
  ['by itself', (all: Error) => all],
  ['as the cause of what fetch throws', (all: Error) => new TypeError('fetch failed', { cause: all })],
])('a name of which no address answers fails in the words of its first one, %s', (_, thrown) => {
  const all = Object.assign(new AggregateError([refused('::1'), refused('127.0.0.1')]), {
    code: 'ECONNREFUSED',
  })
  expect(connectionFailure(thrown(all), ASKED)).toMatchObject({
    code: 'API_UNREACHABLE',
    message: expect.stringContaining('no connection: connect ECONNREFUSED ::1:4010 (ECONNREFUSED)'),
  })
})
