import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, BUILD, clientOf, PATH, REF, TOKEN } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('a build', () => {
  test('comes parsed, verbatim, and with what the headers say', async () => {
    const data = { ...BUILD, colour: 'red', registry: { uri: 'r/i:1', more: true } }
    nock(BASE).get(PATH).reply(200, { data }, { 'x-ratelimit-remaining': '41', 'x-ratelimit-reset': '60' })
    expect(await clientOf().getBuild(REF)).toEqual({
      build: { ...BUILD, registry: { uri: 'r/i:1' } },
      raw: data,
      rateLimit: { remaining: 41, resetInMs: 60_000, throttled: false },
      status: 200,
    })
  })

  test('is asked for with the token and our name, as JSON', async () => {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'user-agent': /^buildwatchd\/\d+\.\d+\.\d+/,
      accept: 'application/json',
    }
    const scope = nock(BASE, {
      reqheaders: { ...headers, 'user-agent': (value) => headers['user-agent'].test(value) },
    })
    scope.get(PATH).reply(200, { data: BUILD })
    expect((await clientOf().getBuild(REF)).status).toBe(200)
  })

  test('of a team is asked for by the team path, below the path of the base URL', async () => {
    const path = '/nf/v1/teams/acme/projects/shop/services/a%2Fb/build/b%20%231'
    nock(BASE)
      .get(path)
      .reply(200, { data: { id: 'b #1' } })
    const ref = { team: 'acme', project: 'shop', kind: 'services', resource: 'a/b', build: 'b #1' } as const
    expect((await clientOf({ baseUrl: `${BASE}/nf/` }).getBuild(ref)).build).toEqual({ id: 'b #1' })
  })

  test('is told of to the hook before it is handed out', async () => {
    nock(BASE).get(PATH).reply(200, { data: BUILD }, { 'x-ratelimit-limit': '1000' })
    const told: unknown[] = []
    await clientOf().getBuild(REF, { onAnswer: (facts) => void told.push(facts) })
    expect(told).toEqual([{ limit: 1000, throttled: false }])
  })

  test('is asked for with the new token as soon as that has changed', async () => {
    for (const token of ['first-token', 'second-token']) {
      nock(BASE, { reqheaders: { authorization: `Bearer ${token}` } })
        .get(PATH)
        .reply(200, { data: BUILD })
    }
    let current = 'first-token'
    const client = clientOf({ token: { reveal: async () => current } })
    await client.getBuild(REF)
    current = 'second-token'
    await client.getBuild(REF)
    expect(nock.isDone()).toBe(true)
  })
})

describe('a list of builds', () => {
  const LIST = '/v1/projects/default-project/jobs/example-job/build'

  test('is a page, its pagination and its words verbatim', async () => {
    const data = { builds: [BUILD, { id: 'b', status: 'QUEUED' }, { noId: true }] }
    const pagination = { hasNextPage: true, cursor: 'next/1', count: 3 }
    nock(BASE).get(LIST).query({ per_page: '100', cursor: 'here/1' }).reply(200, { data, pagination })
    expect(await clientOf().listBuilds(REF, { perPage: 100, cursor: 'here/1' })).toEqual({
      builds: [BUILD, { id: 'b', status: 'QUEUED' }],
      raw: data,
      pagination,
      rateLimit: { throttled: false },
      status: 200,
    })
  })

  test('without pagination is the last page', async () => {
    nock(BASE)
      .get(LIST)
      .reply(200, { data: { builds: [] } })
    expect((await clientOf().listBuilds(REF)).pagination).toEqual({ hasNextPage: false })
  })

  test('that is none is a bad response', async () => {
    nock(BASE).get(LIST).reply(200, { data: BUILD })
    expect((await apiErrorOf(clientOf().listBuilds(REF))).code).toBe('API_BAD_RESPONSE')
  })
})

describe('a 2xx answer that is no build is a bad response that may heal', () => {
  test.each<[string, number, string | object]>([
    ['an empty 200', 200, ''],
    ['a 204', 204, ''],
    ['an HTML page', 200, '<!doctype html><title>Log in</title>'],
    ['JSON that was cut', 200, '{"data":{"id":"joyous-view-62'],
    ['JSON that is no object', 200, '[]'],
    ['JSON without data', 200, {}],
    ['data without an id', 200, { data: { status: 'SUCCESS', concluded: true } }],
    ['data with a number for an id', 200, { data: { id: 6290, concluded: true } }],
    ['another build', 200, { data: { ...BUILD, id: 'other-build-1' } }],
    ['a list in place of a build', 200, { data: { builds: [BUILD] } }],
  ])('%s', async (_name, status, body) => {
    nock(BASE).get(PATH).reply(status, body)
    const error = await apiErrorOf(clientOf().getBuild(REF))
    expect(error).toMatchObject({ code: 'API_BAD_RESPONSE', retryable: true, status })
    expect(error.message).toContain(`GET ${BASE}${PATH}: the answer`)
    expect(nock.isDone()).toBe(true)
  })
})
