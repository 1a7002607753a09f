/** The vendor's own client and command line read the simulator: what they understand is what the real API says. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ApiClient, ApiClientInMemoryContextProvider } from '@northflank/js-client'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'

const TOKEN = 'token-of-the-simulated-account'
const CLI = fileURLToPath(new URL('../../../node_modules/.bin/northflank', import.meta.url))
const job = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const service = { project: 'shop', kind: 'services', resource: 'api' } as const
const ended = { outcome: 'success', durationMs: 60_000, startsInMs: -120_000 } as const

let simulator: Simulator
let client: ApiClient
let home: string

beforeAll(async () => {
  simulator = await startSimulator({
    tokens: [TOKEN],
    builds: [
      { ref: { ...job, build: 'b-1' }, ...ended },
      { ref: { ...job, build: 'b-2' } },
      { ref: { ...service, build: 's-1' }, ...ended },
      { ref: { ...job, team: 'acme', build: 't-1' }, ...ended },
    ],
  })
  const contexts = new ApiClientInMemoryContextProvider()
  contexts.addContext({ name: 'local', token: TOKEN, host: simulator.url })
  client = new ApiClient(contexts, { throwErrorOnHttpErrorCode: true })
  home = await mkdtemp(join(tmpdir(), 'simulator-cli-'))
  await mkdir(join(home, '.northflank'))
  const context = { name: 'local', token: TOKEN, host: simulator.url }
  await writeFile(
    join(home, '.northflank', 'config.json'),
    JSON.stringify({ current: 'local', contexts: [context] }),
  )
})

afterAll(async () => {
  await simulator.stop()
  await rm(home, { recursive: true, force: true })
})

async function served(path: string): Promise<ReturnType<typeof JSON.parse>> {
  const answer = await fetch(simulator.url + path, { headers: { authorization: `Bearer ${TOKEN}` } })
  return answer.json()
}

test('the client gets a job build', async () => {
  const { data } = await client.get.job.build({
    parameters: { projectId: 'shop', jobId: 'nightly', buildId: 'b-1' },
  })
  expect(data).toEqual((await served('/v1/projects/shop/jobs/nightly/build/b-1')).data)
  expect(data).toMatchObject({ status: 'SUCCESS', concluded: true, success: true })
})

test('the client gets a job build of a team', async () => {
  const parameters = { teamId: 'acme', projectId: 'shop', jobId: 'nightly', buildId: 't-1' }
  expect((await client.get.job.build({ parameters })).data.id).toBe('t-1')
})

test('the client lists job builds, page by page', async () => {
  const parameters = { projectId: 'shop', jobId: 'nightly' }
  const first = await client.get.job.builds({ parameters, options: { per_page: 1 } })
  const second = await first.pagination?.getNextPage()
  expect([first, second].map((page) => page?.data.builds[0]?.id)).toEqual(['b-2', 'b-1'])
  expect(second?.pagination?.hasNextPage).toBe(false)
})

test('the client gets and lists service builds', async () => {
  const parameters = { projectId: 'shop', serviceId: 'api' }
  const { data } = await client.get.service.build({ parameters: { ...parameters, buildId: 's-1' } })
  const { data: list } = await client.get.service.builds({ parameters })
  expect(list.builds).toEqual([data])
})

test('the client lists services', async () => {
  const { data } = await client.list.services({ parameters: { projectId: 'shop' } })
  expect(data.services.map(({ id, status }) => [id, status.build?.status])).toEqual([['api', 'SUCCESS']])
})

test('the command line prints the object as it was served', async () => {
  const args = [
    'get',
    'job',
    'build',
    '--projectId',
    'shop',
    '--jobId',
    'nightly',
    '--buildId',
    'b-1',
    '-o',
    'json',
  ]
  const { stdout } = await promisify(execFile)(CLI, args, {
    env: { ...process.env, HOME: home },
    timeout: 15_000,
  })
  // It colours its output even where nobody can see colours.
  const plain = stdout.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '')
  expect(JSON.parse(plain)).toEqual((await served('/v1/projects/shop/jobs/nightly/build/b-1')).data)
})
