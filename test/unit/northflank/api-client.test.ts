import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type ApiClientOptions, createClient } from '../../../src/northflank/api-client.js'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, BUILD, PATH, TOKEN } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const parameters = { projectId: 'default-project', jobId: 'example-job', buildId: BUILD.id }
const list = { projectId: 'default-project', jobId: 'example-job' }
const LIST = '/v1/projects/default-project/jobs/example-job/build'
const BUSY = { error: { status: 429, message: 'Rate limit exceeded.' } }

function sdk(options: Partial<ApiClientOptions> = {}) {
  return createClient({ token: TOKEN, baseUrl: BASE, ...options })
}

describe('a result', () => {
  test('holds the data verbatim, the answer, the request and what is left of the hour', async () => {
    const data = { ...BUILD, colour: 'red', registry: { uri: 'r/i:1', more: true } }
    const headers = { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '41', 'x-ratelimit-reset': '60' }
    nock(BASE).get(PATH).reply(200, { data }, headers)
    const { rawResponse, request, ...result } = await sdk().get.job.build({ parameters })
    const rateLimit = { limit: 1000, remaining: 41, resetInMs: 60_000, throttled: false }
    expect(result).toEqual({ data, error: undefined, rateLimit })
    expect(rawResponse).toMatchObject({ status: 200, ok: true, url: BASE + PATH })
    expect(rawResponse.headers.get('x-ratelimit-limit')).toBe('1000')
    expect(JSON.parse(await rawResponse.text())).toEqual({ data })
    expect(await rawResponse.json()).toEqual({ data })
    const sent = { accept: 'application/json', 'user-agent': expect.stringMatching(/^buildwatchd\/\d/) }
    expect(request).toEqual({ url: BASE + PATH, method: 'GET', headers: sent, body: undefined })
  })

  test('of a list holds the pagination beside its builds', async () => {
    const data = { builds: [BUILD, { status: 'has no id' }] }
    const pagination = { hasNextPage: true, cursor: 'n-1', count: 2 }
    nock(BASE).get(LIST).query({ per_page: 2, page: 3, cursor: 'a b&c' }).reply(200, { data, pagination })
    const options = { per_page: 2, page: 3, cursor: 'a b&c' }
    expect(await sdk().get.job.builds({ parameters: list, options })).toMatchObject({ data, pagination })
  })

  test('of services comes by their path, with the team where there is one', async () => {
    const path = '/v1/teams/acme/projects/shop/services/api/build'
    nock(BASE)
      .get(path)
      .reply(200, { data: { builds: [] } })
    nock(BASE)
      .get(`${path}/b-1`)
      .reply(200, { data: { id: 'b-1' } })
    const service = { teamId: 'acme', projectId: 'shop', serviceId: 'api' }
    const { get } = sdk()
    expect((await get.service.builds({ parameters: service })).data).toEqual({ builds: [] })
    expect((await get.service.build({ parameters: { ...service, buildId: 'b-1' } })).data?.id).toBe('b-1')
  })

  test('of a refusal holds the error in place of data, and the answer with the words of the API', async () => {
    nock(BASE).get(PATH).reply(429, BUSY, { 'x-ratelimit-remaining': '0', 'retry-after': '7' })
    const { data, error, rawResponse, rateLimit } = await sdk().get.job.build({ parameters })
    expect(data).toBeUndefined()
    expect(error).toMatchObject({ code: 'API_THROTTLED', status: 429, resetInMs: 7000 })
    expect(await rawResponse.json()).toEqual(BUSY)
    expect(rateLimit).toEqual({ remaining: 0, resetInMs: 7000, throttled: true })
  })

  test('tells of the last answer, where an earlier one was a fault of the server', async () => {
    nock(BASE).get(PATH).reply(503, 'busy').get(PATH).reply(200, { data: BUILD })
    const { data, rawResponse } = await sdk().get.job.build({ parameters })
    expect([data?.id, rawResponse.status]).toEqual([BUILD.id, 200])
  })
})

describe('a call rejects', () => {
  test('with the refusal, where refusals are to be thrown', async () => {
    nock(BASE).get(PATH).reply(403, {})
    const client = createClient({ token: TOKEN, baseUrl: BASE, throwErrorOnHttpErrorCode: true })
    const error = await apiErrorOf(client.get.job.build({ parameters }))
    expect([error.code, error.status]).toEqual(['API_FORBIDDEN', 403])
  })

  test('where a good answer cannot be read', async () => {
    nock(BASE).get(PATH).reply(200, '{"data":{"id":"half')
    expect(await apiErrorOf(sdk().get.job.build({ parameters }))).toMatchObject({ code: 'API_BAD_RESPONSE' })
  })

  test('where no answer came, though one had come to an earlier try', async () => {
    nock(BASE).get(PATH).reply(503, 'busy').get(PATH).times(2).replyWithError('gone')
    const error = await apiErrorOf(sdk().get.job.build({ parameters }))
    expect([error.code, error.status]).toEqual(['API_UNREACHABLE', undefined])
  })

  test('for parameters that are no text, before anything is asked', async () => {
    const untyped: { projectId: string; jobId: string; buildId: string } = JSON.parse(
      '{"projectId":"p","jobId":7}',
    )
    const call = sdk().get.job.build({ parameters: untyped })
    await expect(call).rejects.toThrow('parameters.jobId is number; it must be a text')
    await expect(sdk().get.job.build({ parameters: { ...untyped, jobId: 'j' } })).rejects.toThrow(
      'parameters.buildId is undefined',
    )
  })

  test('with the reason of its signal', async () => {
    const reason = new Error('enough')
    const call = sdk().get.job.build({ parameters, signal: AbortSignal.abort(reason) })
    await expect(call).rejects.toBe(reason)
  })

  test('once the client is closed, and asks nothing', async () => {
    const client = sdk()
    await client.close()
    await expect(client.get.job.builds({ parameters: list })).rejects.toThrow('this client is closed')
  })
})

describe('the token', () => {
  test('is had anew for every request, where it comes from a function', async () => {
    const tokens = ['token-of-today', 'token-of-tomorrow']
    const client = sdk({ token: async () => tokens.shift() ?? '' })
    for (const token of [...tokens]) {
      nock(BASE, { reqheaders: { authorization: `Bearer ${token}` } })
        .get(PATH)
        .reply(200, { data: BUILD })
      expect((await client.get.job.build({ parameters })).data?.id).toBe(BUILD.id)
    }
  })

  test('that cannot be had rejects with the function’s own reason, one that is none with API_UNAUTHORIZED', async () => {
    const lost = new Error('the vault is sealed')
    const failing = sdk({
      token: () => {
        throw lost
      },
    })
    await expect(failing.get.job.build({ parameters })).rejects.toBe(lost)
    const none = sdk({ token: () => JSON.parse('null') })
    expect(await apiErrorOf(none.get.job.build({ parameters }))).toMatchObject({ code: 'API_UNAUTHORIZED' })
  })

  test.each([200, 401, 503])(
    'stands in nothing that is handed out, whatever an HTTP %i repeats',
    async (status) => {
      const echo = { data: { ...BUILD, message: TOKEN }, error: { message: `Bearer ${TOKEN}` } }
      nock(BASE)
        .get(PATH)
        .times(3)
        .reply(status, echo, { 'x-echo': `Bearer ${TOKEN}`, 'x-other': 'plain' })
      const client = sdk()
      const result = await client.get.job.build({ parameters })
      const shown = inspect(
        { client, result, headers: [...result.rawResponse.headers] },
        { depth: 20, showHidden: true },
      )
      expect(shown).not.toContain(TOKEN)
      expect(shown).not.toMatch(/authorization/i)
      expect(await result.rawResponse.text()).not.toContain(TOKEN)
      expect(result.rawResponse.headers.get('x-echo')).toBe('Bearer [secret]')
      expect(result.rawResponse.headers.get('x-other')).toBe('plain')
    },
  )
})
