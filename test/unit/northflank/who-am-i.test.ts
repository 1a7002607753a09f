import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, BUILD, clientOf, PATH, REF, TOKEN } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const auth = () => nock(BASE).get('/v1/auth')

test('the API is asked with the token, below the path of the base URL, and its answer is read', async () => {
  nock(BASE, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
    .get('/nf/v1/auth')
    .reply(200, { data: { account: 'acme', expiresAt: '2027-01-01T00:00:00Z' } })
  expect(await clientOf({ baseUrl: `${BASE}/nf` }).whoAmI()).toEqual({
    account: 'acme',
    expiresAt: Date.UTC(2027, 0, 1),
  })
})

test.each<[string, number, string | object]>([
  ['a 404', 404, ''],
  ['a 405', 405, 'Method Not Allowed'],
  ['a 410', 410, ''],
  ['a 400', 400, ''],
  ['a redirect', 302, ''],
  ['an HTML page', 200, '<html></html>'],
  ['an empty answer', 200, ''],
  ['JSON that is no object', 200, '[]'],
])('%s says nothing, and is no error', async (...[, status, body]) => {
  auth().reply(status, body)
  expect(await clientOf().whoAmI()).toBeUndefined()
})

test('an answer of which nothing is understood says that the token is good', async () => {
  auth().reply(200, { colour: 'red' })
  expect(await clientOf().whoAmI()).toEqual({})
})

test.each([
  [401, 'API_UNAUTHORIZED'],
  [403, 'API_FORBIDDEN'],
  [429, 'API_THROTTLED'],
  [503, 'API_UNREACHABLE'],
])('a %i rejects as any read does', async (status, code) => {
  auth().reply(status)
  const error = await apiErrorOf(clientOf().whoAmI({ mayRetry: async () => false }))
  expect(error).toMatchObject({ code, status, permission: undefined })
})

test('the hook is told of the answer', async () => {
  auth().reply(404, '', { 'x-ratelimit-remaining': '12' })
  const onAnswer = jest.fn<(facts: unknown) => void>()
  await clientOf().whoAmI({ onAnswer })
  expect(onAnswer.mock.calls).toEqual([[{ remaining: 12, throttled: false }]])
})

describe('the route', () => {
  test('is not looked into for a 404 of this path', async () => {
    auth().reply(404)
    const mayRetry = jest.fn(async () => true)
    await clientOf().whoAmI({ mayRetry })
    expect(mayRetry).not.toHaveBeenCalled()
  })

  test('stays open after one, so that the first 404 of a build is looked into', async () => {
    auth().reply(404)
    nock(BASE).get(PATH).times(2).reply(404)
    const client = clientOf()
    await client.whoAmI()
    expect((await apiErrorOf(client.getBuild(REF))).code).toBe('API_WRONG_ROUTE')
  })

  test('that a build has proved is not doubted for one', async () => {
    nock(BASE).get(PATH).reply(200, { data: BUILD })
    auth().reply(404)
    nock(BASE).get(PATH).reply(404)
    const client = clientOf()
    await client.getBuild(REF)
    await client.whoAmI()
    expect((await apiErrorOf(client.getBuild(REF))).code).toBe('API_NOT_FOUND')
  })
})
