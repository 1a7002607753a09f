import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, BUILD, clientOf, PATH, REF } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const withToken = () => nock(BASE, { reqheaders: { authorization: /^Bearer / } })
const withoutToken = () => nock(BASE, { badheaders: ['authorization'] })

async function codeOf(client: ReturnType<typeof clientOf>, mayRetry = async () => true) {
  return (await apiErrorOf(client.getBuild(REF, { mayRetry }))).code
}

describe('the first 404 of an account that nothing has proved yet', () => {
  test('is a wrong route where the same path without a token is a 404 too', async () => {
    withToken().get(PATH).reply(404)
    withoutToken().get(PATH).reply(404)
    const error = await apiErrorOf(clientOf().getBuild(REF))
    expect(error).toMatchObject({ code: 'API_WRONG_ROUTE', status: 404, retryable: false })
    expect(error.message).toContain('base_url')
  })

  test.each([401, 403, 200])(
    'is a thing not found where the answer without a token is %i',
    async (status) => {
      withToken().get(PATH).reply(404)
      withoutToken().get(PATH).reply(status)
      expect(await codeOf(clientOf())).toBe('API_NOT_FOUND')
    },
  )

  test('asks for a permit, and is a thing not found without one', async () => {
    withToken().get(PATH).reply(404)
    const second = withoutToken().get(PATH).reply(404)
    const mayRetry = jest.fn(async () => false)
    expect(await codeOf(clientOf(), mayRetry)).toBe('API_NOT_FOUND')
    expect(mayRetry).toHaveBeenCalledTimes(1)
    expect(second.isDone()).toBe(false)
  })

  test('tells the budget of the answer with the token only', async () => {
    withToken().get(PATH).reply(404, '', { 'x-ratelimit-remaining': '900' })
    withoutToken().get(PATH).reply(401, '', { 'x-ratelimit-remaining': '1' })
    const onAnswer = jest.fn<(facts: unknown) => void>()
    await apiErrorOf(clientOf().getBuild(REF, { onAnswer }))
    expect(onAnswer.mock.calls).toEqual([[{ remaining: 900, throttled: false }]])
  })

  test('is asked about once for all who got it at the same time', async () => {
    withToken().get(PATH).times(3).reply(404)
    withoutToken().get(PATH).delay(20).reply(404)
    const client = clientOf()
    const codes = await Promise.all([codeOf(client), codeOf(client), codeOf(client)])
    expect(codes).toEqual(['API_WRONG_ROUTE', 'API_WRONG_ROUTE', 'API_WRONG_ROUTE'])
  })

  test('names a /v1 that the base URL has too much', async () => {
    nock(BASE).get(`/v1${PATH}`).times(2).reply(404)
    const error = await apiErrorOf(clientOf({ baseUrl: `${BASE}/v1` }).getBuild(REF))
    expect(error.message).toContain('without /v1 at its end')
  })
})

describe('what is known of the route is not asked for again', () => {
  test.each([200, 401, 403])('a %i has proved it', async (status) => {
    withToken().get(PATH).reply(status, { data: BUILD })
    withToken().get(PATH).reply(404)
    const client = clientOf()
    await client.getBuild(REF).catch(() => undefined)
    const mayRetry = jest.fn(async () => true)
    expect(await codeOf(client, mayRetry)).toBe('API_NOT_FOUND')
    expect(mayRetry).not.toHaveBeenCalled()
  })

  test('a wrong route stays wrong until something proves it right', async () => {
    withToken().get(PATH).times(2).reply(404)
    withoutToken().get(PATH).reply(404)
    const client = clientOf()
    expect([await codeOf(client), await codeOf(client)]).toEqual(['API_WRONG_ROUTE', 'API_WRONG_ROUTE'])
    withToken().get(PATH).reply(200, { data: BUILD })
    withToken().get(PATH).reply(404)
    await client.getBuild(REF)
    expect(await codeOf(client)).toBe('API_NOT_FOUND')
  })

  test('an answer that says neither leaves it open for the next 404', async () => {
    withToken().get(PATH).times(2).reply(404)
    withoutToken().get(PATH).reply(503)
    withoutToken().get(PATH).reply(404)
    const client = clientOf()
    expect([await codeOf(client), await codeOf(client)]).toEqual(['API_NOT_FOUND', 'API_WRONG_ROUTE'])
  })
})

test('an abort during the second request rejects with the reason of the signal', async () => {
  withToken().get(PATH).reply(404)
  const stop = new AbortController()
  const reason = new Error('the daemon stops')
  const mayRetry = async () => {
    stop.abort(reason)
    return true
  }
  await expect(clientOf().getBuild(REF, { mayRetry, signal: stop.signal })).rejects.toBe(reason)
})
