import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, BUILD, clientOf, PATH, REF } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

function permits(...granted: boolean[]) {
  return jest.fn(async () => granted.shift() ?? false)
}

test('a connection that breaks and a 5xx are tried again at once, each with a permit', async () => {
  nock(BASE)
    .get(PATH)
    .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
  nock(BASE).get(PATH).reply(502, '<html>')
  nock(BASE).get(PATH).reply(200, { data: BUILD })
  const mayRetry = permits(true, true)
  const onAnswer = jest.fn<() => void>()
  expect((await clientOf().getBuild(REF, { mayRetry, onAnswer })).build).toEqual(BUILD)
  expect(mayRetry).toHaveBeenCalledTimes(2)
  expect(onAnswer).toHaveBeenCalledTimes(2)
})

test('after two retries the last error stands', async () => {
  nock(BASE).get(PATH).times(2).reply(503)
  nock(BASE).get(PATH).reply(500)
  const mayRetry = permits(true, true, true)
  expect(await apiErrorOf(clientOf().getBuild(REF, { mayRetry }))).toMatchObject({ status: 500 })
  expect(mayRetry).toHaveBeenCalledTimes(2)
  expect(nock.isDone()).toBe(true)
})

test('without a permit there is no retry', async () => {
  nock(BASE).get(PATH).reply(503)
  const second = nock(BASE).get(PATH).reply(200, { data: BUILD })
  const mayRetry = permits(false)
  expect(await apiErrorOf(clientOf().getBuild(REF, { mayRetry }))).toMatchObject({ status: 503 })
  expect(second.isDone()).toBe(false)
})

test.each([400, 401, 403, 405, 408, 410, 429, 302])('a %i is never tried again', async (status) => {
  nock(BASE).get(PATH).reply(status)
  const mayRetry = permits(true, true)
  await apiErrorOf(clientOf().getBuild(REF, { mayRetry }))
  expect(mayRetry).not.toHaveBeenCalled()
})

test.each(['UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT'])(
  '%s is never tried again',
  async (code) => {
    nock(BASE)
      .get(PATH)
      .replyWithError(Object.assign(new Error('broke'), { code }))
    const mayRetry = permits(true, true)
    await apiErrorOf(clientOf().getBuild(REF, { mayRetry }))
    expect(mayRetry).not.toHaveBeenCalled()
  },
)

test('a bad response is never tried again', async () => {
  nock(BASE).get(PATH).reply(200, '<html>')
  const mayRetry = permits(true, true)
  await apiErrorOf(clientOf().getBuild(REF, { mayRetry }))
  expect(mayRetry).not.toHaveBeenCalled()
})

test('what mayRetry rejects with comes through as it is', async () => {
  nock(BASE).get(PATH).reply(503)
  const mayRetry = async () => Promise.reject(new Error('Redis is away'))
  await expect(clientOf().getBuild(REF, { mayRetry })).rejects.toThrow('Redis is away')
})

test('each retry reveals the token anew', async () => {
  nock(BASE, { reqheaders: { authorization: 'Bearer old-token' } })
    .get(PATH)
    .reply(500)
  nock(BASE, { reqheaders: { authorization: 'Bearer new-token' } })
    .get(PATH)
    .reply(200, { data: BUILD })
  const tokens = ['old-token', 'new-token']
  const client = clientOf({ token: { reveal: async () => tokens.shift() ?? '' } })
  expect((await client.getBuild(REF)).build).toEqual(BUILD)
})

test('an abort ends the pause before a retry with the reason of the signal', async () => {
  nock(BASE).get(PATH).reply(503)
  const second = nock(BASE).get(PATH).reply(200, { data: BUILD })
  const stop = new AbortController()
  const reason = new Error('the daemon stops')
  const mayRetry = async () => {
    setImmediate(() => stop.abort(reason))
    return true
  }
  await expect(
    clientOf({ random: () => 0.999 }).getBuild(REF, { mayRetry, signal: stop.signal }),
  ).rejects.toBe(reason)
  expect(second.isDone()).toBe(false)
})

test('a signal that was aborted before allows no request', async () => {
  const request = nock(BASE).get(PATH).reply(200, { data: BUILD })
  const reason = new Error('the daemon stops')
  await expect(clientOf().getBuild(REF, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(request.isDone()).toBe(false)
})
