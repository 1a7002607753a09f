/** The vendor's own client as an independent reference: it asks for the same paths and hands out the same data. */
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ApiClient, ApiClientInMemoryContextProvider } from '@northflank/js-client'
import type { NorthflankClient } from '../../../src/northflank/client.js'
import { type LocalApi, startLocalApi } from '../../integration/northflank/local-api.js'
import { BUILD, clientOf, TOKEN } from '../../unit/northflank/fixtures.js'

const BUILDS = { builds: [BUILD, { id: 'sunny-day-1', status: 'QUEUED', concluded: false }] }
const PAGINATION = { hasNextPage: true, cursor: 'n-1', count: 2 }

let api: LocalApi
let ours: NorthflankClient
let official: ApiClient
let asked: string[] = []

beforeAll(async () => {
  api = await startLocalApi((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerTo(request)))
  })
  ours = clientOf({ baseUrl: api.url })
  const contexts = new ApiClientInMemoryContextProvider()
  contexts.addContext({ name: 'local', token: TOKEN, host: api.url })
  official = new ApiClient(contexts, { throwErrorOnHttpErrorCode: true })
})

afterAll(async () => {
  await ours.close()
  await api.close()
})

function answerTo({ url = '' }: IncomingMessage): object {
  const isList = /\/build(?:\?|$)/.test(url)
  return isList ? { data: BUILDS, pagination: PAGINATION } : { data: BUILD }
}

/** What the official client and ours asked for, and got. */
async function compared(theirs: Promise<{ data: unknown }>, mine: () => Promise<{ raw: unknown }>) {
  asked = []
  const { data } = await theirs
  const { raw } = await mine()
  return { data, raw, asked }
}

const projectId = 'default-project'
const buildId = BUILD.id

test.each([undefined, 'acme'])('a job build (team %j)', async (teamId) => {
  const team = teamId === undefined ? {} : { teamId }
  const ref = { project: projectId, kind: 'jobs', resource: 'example-job', build: buildId } as const
  const { data, raw, asked } = await compared(
    official.get.job.build({ parameters: { projectId, jobId: 'example-job', buildId, ...team } }),
    () => ours.getBuild(teamId === undefined ? ref : { ...ref, team: teamId }),
  )
  expect(raw).toEqual(data)
  expect(asked[1]).toBe(asked[0])
})

test('a service build', async () => {
  const { data, raw, asked } = await compared(
    official.get.service.build({ parameters: { projectId, serviceId: 'api', buildId } }),
    () => ours.getBuild({ project: projectId, kind: 'services', resource: 'api', build: buildId }),
  )
  expect(raw).toEqual(data)
  expect(asked[1]).toBe(asked[0])
})

test('a page of job builds', async () => {
  const { data, raw, asked } = await compared(
    official.get.job.builds({
      parameters: { projectId, jobId: 'example-job' },
      options: { per_page: 2, cursor: 'n-0' },
    }),
    () =>
      ours.listBuilds(
        { project: projectId, kind: 'jobs', resource: 'example-job' },
        { perPage: 2, cursor: 'n-0' },
      ),
  )
  expect(raw).toEqual(data)
  expect(asked[1]).toBe(asked[0])
})

test('a page of service builds', async () => {
  const ref = { project: projectId, kind: 'services', resource: 'api' } as const
  const { data, raw, asked } = await compared(
    official.get.service.builds({ parameters: { projectId, serviceId: 'api' }, options: { page: 2 } }),
    () => ours.listBuilds(ref, { page: 2 }),
  )
  expect(raw).toEqual(data)
  expect(asked[1]).toBe(asked[0])
})
