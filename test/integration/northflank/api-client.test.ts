import { getEventListeners, once } from 'node:events'
import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { createClient } from '../../../src/northflank/api-client.js'
import { apiErrorOf, BUILD, TOKEN } from '../../unit/northflank/fixtures.js'
import { type LocalApi, startLocalApi } from './local-api.js'

const opened: { close(): Promise<void> }[] = []

function closedAfter<T extends { close(): Promise<void> }>(resource: T): T {
  opened.unshift(resource)
  return resource
}

afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close()
})

async function apiThat(answers: RequestListener): Promise<LocalApi> {
  return closedAfter(await startLocalApi(answers))
}

const list = { projectId: 'default-project', jobId: 'example-job' }
const parameters = { ...list, buildId: BUILD.id }
const answering: RequestListener = (_request, response) => void response.end(JSON.stringify({ data: BUILD }))
/** Tells of each request that will have no answer. */
function silence(): { readonly listener: RequestListener; readonly asked: Promise<void> } {
  const heard = new EventTarget()
  const asked = once(heard, 'asked').then(() => undefined)
  return { listener: () => void heard.dispatchEvent(new Event('asked')), asked }
}
/** undici hands a connection on one turn of the event loop after its last answer. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('connections', () => {
  test('are kept between calls, and dropped on closing', async () => {
    const api = await apiThat(answering)
    const client = createClient({ token: TOKEN, baseUrl: api.url })
    for (let calls = 0; calls < 3; calls++) {
      await client.get.job.build({ parameters })
      await nextTurn()
    }
    expect(api.connections()).toBe(1)
    await client[Symbol.asyncDispose]()
    await api.idle()
  })

  test('of a dispatcher that is lent stay open when the client is closed', async () => {
    const api = await apiThat(answering)
    const dispatcher = closedAfter(new Agent())
    const client = createClient({ token: TOKEN, baseUrl: api.url, dispatcher })
    await client.get.job.build({ parameters })
    await nextTurn()
    await client.close()
    const next = createClient({ token: TOKEN, baseUrl: api.url, dispatcher })
    expect((await next.get.job.build({ parameters })).data).toEqual(BUILD)
    expect(api.connections()).toBe(1)
  })
})

describe('a limit of time', () => {
  test.each([Number.POSITIVE_INFINITY, 2 ** 31, 4999.5])('of %d ms is no hurry', async (timeoutMs) => {
    const api = await apiThat((request, response) => void setTimeout(() => answering(request, response), 20))
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url, timeoutMs }))
    expect((await client.get.job.build({ parameters })).data).toEqual(BUILD)
    expect((await client.get.job.build({ parameters, timeoutMs })).data).toEqual(BUILD)
  })
})

describe('a call that has no answer', () => {
  test('ends with its own time, where it has one', async () => {
    const api = await apiThat(silence().listener)
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url, timeoutMs: 600_000 }))
    const error = await apiErrorOf(client.get.job.build({ parameters, timeoutMs: 50 }))
    expect(error).toMatchObject({ code: 'API_TIMED_OUT', retryable: true })
  })

  test('ends with the client’s time otherwise', async () => {
    const api = await apiThat(silence().listener)
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url, timeoutMs: 50 }))
    expect((await apiErrorOf(client.get.job.builds({ parameters: list }))).code).toBe('API_TIMED_OUT')
  })

  test('ends with the reason of its signal, which is let go of', async () => {
    const { listener, asked } = silence()
    const api = await apiThat(listener)
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url }))
    const stop = new AbortController()
    const call = client.get.job.build({ parameters, signal: stop.signal })
    const reason = new Error('no longer wanted')
    await asked
    stop.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    await api.idle()
  })

  test('ends with the reason of its signal while the token is still looked for', async () => {
    const token = () => new Promise<string>(() => undefined)
    const client = closedAfter(createClient({ token }))
    const stop = new AbortController()
    const call = client.get.job.build({ parameters, signal: stop.signal })
    const reason = new Error('no longer wanted')
    stop.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  test('ends when the client is closed, and is not tried again', async () => {
    const { listener, asked } = silence()
    let requests = 0
    const api = await apiThat((...exchange) => {
      requests += 1
      listener(...exchange)
    })
    const client = createClient({ token: TOKEN, baseUrl: api.url })
    const failure = apiErrorOf(client.get.job.build({ parameters }))
    await asked
    await client.close()
    expect((await failure).code).toBe('API_UNREACHABLE')
    expect(requests).toBe(1)
  })
})

describe('all builds', () => {
  const page: RequestListener = ({ url = '' }, response) => {
    const { searchParams } = new URL(url, 'http://api.test')
    const isFirst = !searchParams.has('cursor')
    const builds = isFirst
      ? [{ id: 'b-3' }, { id: 'no-build', status: 7 }, { status: 'no id' }]
      : [{ id: 'b-1', more: 1 }]
    const pagination = isFirst ? { hasNextPage: true, cursor: 'n 1&page=9' } : { hasNextPage: false }
    response.end(JSON.stringify({ data: { builds }, pagination }))
  }

  test('come verbatim, without entries that have no id', async () => {
    const api = await apiThat(page)
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url }))
    const shown: ApiBuild[] = []
    for await (const build of client.get.job.builds.all({ parameters: list })) shown.push(build)
    expect(shown).toEqual([{ id: 'b-3' }, { id: 'no-build', status: 7 }, { id: 'b-1', more: 1 }])
  })

  test('end with the reason of the signal between two pages', async () => {
    const api = await apiThat(page)
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url }))
    const stop = new AbortController()
    const reason = new Error('enough')
    const walk = client.get.job.builds.all({ parameters: list, signal: stop.signal })
    expect((await walk.next()).value).toEqual({ id: 'b-3' })
    stop.abort(reason)
    const rest = (async () => {
      for await (const { id } of walk) expect(id).toBe('no-build')
    })()
    await expect(rest).rejects.toBe(reason)
  })

  test('end with what the API refuses, where refusals are results otherwise', async () => {
    const api = await apiThat((_request, response) => void response.writeHead(403).end('{}'))
    const client = closedAfter(createClient({ token: TOKEN, baseUrl: api.url }))
    expect((await client.get.job.builds({ parameters: list })).error?.code).toBe('API_FORBIDDEN')
    const error = await apiErrorOf(client.get.job.builds.all({ parameters: list }).next())
    expect([error.code, error.status]).toEqual(['API_FORBIDDEN', 403])
  })

  test('are refused at once for parameters that name no list', () => {
    const client = closedAfter(createClient({ token: TOKEN }))
    const untyped: { projectId: string; jobId: string } = JSON.parse('{"projectId":"p"}')
    expect(() => client.get.job.builds.all({ parameters: untyped })).toThrow(TypeError)
  })
})
