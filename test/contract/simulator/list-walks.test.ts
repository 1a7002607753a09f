/**
 * Lists from the first page to the last, by two readers that know nothing of each other: the vendor's own client and ours.
 * Where lists are at odds with themselves only ours is asked, which must end and show what there is to be seen.
 */
import { afterEach, describe, expect, test } from '@jest/globals'
import { ApiClient, ApiClientInMemoryContextProvider } from '@northflank/js-client'
import type { Listing } from '../../../src/domain/ports.js'
import { createBuildSource } from '../../../src/northflank/build-source.js'
import { createNorthflankClient } from '../../../src/northflank/client.js'
import type { FaultRule } from '../../../src/simulator/fault-rule.js'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.js'

const TOKEN = 'token-of-the-simulated-account'
const job = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close()
})

/** A job that has had 250 builds. */
async function simulatorWith(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ tokens: [TOKEN], ...options })
  simulator.addArrivals({
    resource: job,
    everyMs: 1000,
    count: 250,
    startsInMs: -3_600_000,
    pullRequestShare: 0.3,
  })
  opened.push({ close: () => simulator.stop() })
  return simulator
}

async function ourWalk(simulator: Simulator): Promise<Listing> {
  const client = createNorthflankClient({
    baseUrl: simulator.url,
    token: { reveal: async () => TOKEN },
    env: {},
  })
  opened.unshift(client)
  return createBuildSource(client, Date).list(job, {
    signal: new AbortController().signal,
    timeoutMs: 5000,
    mayRetry: async () => false,
    onAnswer: async () => undefined,
    wantsMore: () => true,
    mayAsk: async () => true,
  })
}

const idsOf = ({ snapshots }: Listing) => snapshots.map(({ build }) => build.id)
const askedFor = (simulator: Simulator) => simulator.served().map(({ path }) => path)

async function officialWalk(simulator: Simulator): Promise<string[]> {
  const contexts = new ApiClientInMemoryContextProvider()
  contexts.addContext({ name: 'local', token: TOKEN, host: simulator.url })
  const client = new ApiClient(contexts, { throwErrorOnHttpErrorCode: true })
  const parameters = { projectId: job.project, jobId: job.resource }
  const ids: string[] = []
  let page = await client.get.job.builds({ parameters, options: { per_page: 100 } })
  for (;;) {
    ids.push(...page.data.builds.map(({ id }) => id))
    if (!page.pagination?.hasNextPage) return ids
    page = await page.pagination.getNextPage()
  }
}

describe('both readers ask for the same pages and see the same builds', () => {
  test.each<[string, SimulatorOptions, number]>([
    ['of a list of three pages', {}, 250],
    ['where pages are smaller than asked for', { mostPerPage: 30 }, 250],
    ['where the list keeps only the newest', { listKeeps: 120 }, 120],
    ['where all fit on one page', { listKeeps: 100 }, 100],
    ['where the list is empty', { listKeeps: 0 }, 0],
  ])('%s', async (_name, options, count) => {
    const simulator = await simulatorWith(options)
    const theirs = await officialWalk(simulator)
    const asked = askedFor(simulator)
    const ours = await ourWalk(simulator)
    expect([idsOf(ours), ours.end]).toEqual([theirs, 'whole'])
    expect(askedFor(simulator).slice(asked.length)).toEqual(asked)
    expect(new Set(theirs).size).toBe(count)
  })
})

describe('a list at odds with itself is read once through', () => {
  const all = Array.from({ length: 250 }, (_, at) => `build-${250 - at}`)

  test.each<[string, FaultRule, readonly string[], number]>([
    ['without cursors', { kind: 'no_cursor' }, all, 3],
    ['with one cursor missing', { kind: 'no_cursor', times: 1 }, all, 3],
    ['with pages that overlap', { kind: 'repeated_page', repeats: 40 }, all, 3],
    [
      'with a page that comes twice, after which nothing new is expected',
      { kind: 'repeated_page', times: 1 },
      all.slice(0, 100),
      2,
    ],
    ['with a cursor that leads back to the first page', { kind: 'cursor_loop' }, all.slice(0, 100), 2],
    [
      'with a cursor that leads back to a later page',
      { kind: 'cursor_loop', path: 'cursor' },
      all.slice(0, 200),
      2,
    ],
  ])('%s', async (...[, fault, shown, requests]) => {
    const simulator = await simulatorWith()
    simulator.fault(fault)
    const ours = await ourWalk(simulator)
    expect([idsOf(ours), ours.end]).toEqual([shown, 'whole'])
    expect(simulator.served()).toHaveLength(requests)
  })

  test('with pages in disorder', async () => {
    const simulator = await simulatorWith()
    simulator.fault({ kind: 'shuffled' })
    const ours = idsOf(await ourWalk(simulator))
    expect(ours).not.toEqual(all)
    expect(ours.toSorted()).toEqual(all.toSorted())
  })

  test('without the builds that have been left out', async () => {
    const simulator = await simulatorWith()
    simulator.fault({ kind: 'unlisted', build: 'shop/jobs/nightly/build-151' })
    expect(idsOf(await ourWalk(simulator))).toEqual(all.filter((id) => id !== 'build-151'))
  })

  test('as far as it can be had', async () => {
    const simulator = await simulatorWith({ mostPerPage: 50 })
    simulator.fault({ kind: 'server_error', path: 'cursor' })
    const ours = await ourWalk(simulator)
    expect([idsOf(ours), ours.end]).toEqual([all.slice(0, 50), 'cut'])
  })
})

test('what a token may do is told as our client reads it', async () => {
  const expiresAt = Date.UTC(2100, 0, 1)
  const simulator = await simulatorWith({
    tokens: [{ token: TOKEN, account: 'acme', permissions: ['readJobs'], expiresAt }],
  })
  const client = createNorthflankClient({
    baseUrl: simulator.url,
    token: { reveal: async () => TOKEN },
    env: {},
  })
  opened.unshift(client)
  const permissions = ['Project > Jobs > General > Read']
  expect(await client.whoAmI()).toEqual({ account: 'acme', permissions, expiresAt })
  simulator.revoke(TOKEN)
  await expect(client.whoAmI()).rejects.toMatchObject({ code: 'API_UNAUTHORIZED' })
})
