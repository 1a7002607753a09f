/** The vendor's own client as an independent reference: it asks for the same paths and hands out the same data. */
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ApiClient, ApiClientInMemoryContextProvider } from '@northflank/js-client'
import { createBuildSource } from '../../../src/northflank/build-source.js'
import type { NorthflankClient } from '../../../src/northflank/client.js'
import { type LocalApi, startLocalApi } from '../../integration/northflank/local-api.js'
import { BUILD, clientOf, TOKEN } from '../../unit/northflank/fixtures.js'

const BUILDS = { builds: [BUILD, { id: 'sunny-day-1', status: 'QUEUED', concluded: false }] }
const PAGINATION = { hasNextPage: true, cursor: 'n-1', count: 2 }
/** A list in three pages: what comes by no cursor, and by each of two. */
const PAGES: Readonly<Record<string, object>> = {
  '': { data: { builds: [{ id: 'b-5' }, { id: 'b-4' }] }, pagination: { ...PAGINATION, cursor: 'bi00' } },
  bi00: { data: { builds: [{ id: 'b-3' }, { id: 'b-2' }] }, pagination: { ...PAGINATION, cursor: 'bi0y' } },
  bi0y: { data: { builds: [{ id: 'b-1' }] }, pagination: { hasNextPage: false, count: 1 } },
}

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
  const { pathname, searchParams } = new URL(url, api.url)
  if (pathname.includes('/paged/')) return PAGES[searchParams.get('cursor') ?? ''] ?? {}
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

type Walked = { readonly ids: readonly string[]; readonly asked: readonly string[] }

async function walkedBy(walk: () => Promise<string[]>): Promise<Walked> {
  asked = []
  const ids = await walk()
  return { ids, asked }
}

interface BuildsPage {
  readonly data: { readonly builds: readonly { readonly id: string }[] }
  readonly pagination?: { readonly hasNextPage: boolean; getNextPage(): Promise<BuildsPage> } | undefined
}

async function officialWalk(first: Promise<BuildsPage>): Promise<string[]> {
  const ids: string[] = []
  for (let page: BuildsPage | undefined = await first; page; ) {
    ids.push(...page.data.builds.map(({ id }) => id))
    page = page.pagination?.hasNextPage ? await page.pagination.getNextPage() : undefined
  }
  return ids
}

async function ourWalk(kind: 'jobs' | 'services'): Promise<string[]> {
  const { snapshots, end } = await createBuildSource(ours, Date).list(
    { project: projectId, kind, resource: 'paged' },
    {
      signal: new AbortController().signal,
      timeoutMs: 5000,
      mayRetry: async () => false,
      onAnswer: async () => undefined,
      wantsMore: () => true,
      mayAsk: async () => true,
    },
  )
  return end === 'whole' ? snapshots.map(({ build }) => build.id) : []
}

test('all pages of job builds are asked for as the official client asks for them', async () => {
  const parameters = { projectId, jobId: 'paged' }
  const theirs = await walkedBy(() =>
    officialWalk(official.get.job.builds({ parameters, options: { per_page: 100 } })),
  )
  const mine = await walkedBy(() => ourWalk('jobs'))
  expect(mine).toEqual(theirs)
  expect(theirs.ids).toEqual(['b-5', 'b-4', 'b-3', 'b-2', 'b-1'])
})

test('all pages of service builds too', async () => {
  const parameters = { projectId, serviceId: 'paged' }
  const theirs = await walkedBy(() =>
    officialWalk(official.get.service.builds({ parameters, options: { per_page: 100 } })),
  )
  expect(await walkedBy(() => ourWalk('services'))).toEqual(theirs)
  expect(theirs.asked).toHaveLength(3)
})
