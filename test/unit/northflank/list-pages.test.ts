import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { ReplyBody } from 'nock'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import { createBuildSource } from '../../../src/northflank/build-source.js'
import nock from '../../support/nock.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { apiErrorOf, BASE, clientOf } from './fixtures.js'

const JOB = { project: 'default-project', kind: 'jobs', resource: 'example-job' } as const
const LIST = '/v1/projects/default-project/jobs/example-job/build'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

interface ServedPage {
  /** What the page must be asked for by, beside `per_page`. */
  readonly by?: { readonly cursor?: string; readonly page?: string }
  readonly ids?: readonly string[]
  /** Of the page after it; `null`: there is one, without a cursor. */
  readonly next?: string | null
  readonly status?: number
  readonly body?: ReplyBody
}

function serve({ by = {}, ids = [], next, status = 200, body }: ServedPage): void {
  const builds = ids.map((id) => ({ id, status: `SHOWN_FOR_${by.cursor ?? by.page ?? 'first'}` }))
  const pagination =
    next === undefined ? {} : { hasNextPage: true, ...(next === null ? {} : { cursor: next }) }
  nock(BASE)
    .get(LIST)
    .query({ per_page: '100', ...by })
    .reply(status, body ?? { data: { builds }, pagination })
}

function reader() {
  let now = 1000
  const logger = createRecordingLogger()
  const source = createBuildSource(clientOf(), { now: () => (now += 1000) }, logger)
  const stop = new AbortController()
  const hooks = {
    signal: stop.signal,
    timeoutMs: 5000,
    mayRetry: async () => false,
    onAnswer: jest.fn(async () => undefined),
    wantsMore: jest.fn((_seen: readonly Snapshot[]) => true),
    mayAsk: jest.fn(async () => true),
  }
  return { source, hooks, stop, logger }
}

const idsOf = (snapshots: readonly Snapshot[]) => snapshots.map(({ ref }) => ref.build)

describe('pages are followed', () => {
  test('by their cursors to the last one, and each snapshot is of its page’s time', async () => {
    serve({ ids: ['b-3', 'b-2'], next: 'a b&c=d' })
    serve({ by: { cursor: 'a b&c=d' }, ids: ['b-1'] })
    const { source, hooks } = reader()
    const { snapshots, end } = await source.list(JOB, hooks)
    expect(snapshots.map(({ ref, observedAt }) => [ref, observedAt])).toEqual([
      [{ ...JOB, build: 'b-3' }, 2000],
      [{ ...JOB, build: 'b-2' }, 2000],
      [{ ...JOB, build: 'b-1' }, 3000],
    ])
    expect([end, hooks.onAnswer.mock.calls.length]).toEqual(['whole', 2])
  })

  test('by number where a page says there is another and gives no cursor', async () => {
    serve({ ids: ['b-3'], next: null })
    serve({ by: { page: '2' }, ids: ['b-2'], next: 'c' })
    serve({ by: { cursor: 'c' }, ids: ['b-1'], next: null })
    serve({ by: { page: '4' }, ids: ['b-0'] })
    const { source, hooks } = reader()
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([idsOf(snapshots), end]).toEqual([['b-3', 'b-2', 'b-1', 'b-0'], 'whole'])
  })

  test('not beyond a last page, whatever cursor that carries', async () => {
    serve({ body: { data: { builds: [{ id: 'b-1' }] }, pagination: { hasNextPage: false, cursor: 'c' } } })
    const { source, hooks } = reader()
    expect((await source.list(JOB, hooks)).end).toBe('whole')
    expect(hooks.wantsMore).not.toHaveBeenCalled()
  })

  test('only while something is expected further back, which all pages before say', async () => {
    serve({ ids: ['b-3'], next: 'c' })
    serve({ by: { cursor: 'c' }, ids: ['b-2'], next: 'd' })
    const { source, hooks } = reader()
    hooks.wantsMore.mockImplementation((seen) => !idsOf(seen).includes('b-2'))
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([idsOf(snapshots), end]).toEqual([['b-3', 'b-2'], 'enough'])
    expect(hooks.mayAsk).toHaveBeenCalledTimes(1)
  })

  test('only with leave for each but the first', async () => {
    serve({ ids: ['b-2'], next: 'c' })
    const { source, hooks } = reader()
    hooks.mayAsk.mockResolvedValue(false)
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([idsOf(snapshots), end]).toEqual([['b-2'], 'cut'])
  })

  test('twenty at most', async () => {
    serve({ ids: ['b-0'], next: 'c-1' })
    for (let at = 1; at < 20; at++)
      serve({ by: { cursor: `c-${at}` }, ids: [`b-${at}`], next: `c-${at + 1}` })
    const { source, hooks } = reader()
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([snapshots.length, end, hooks.mayAsk.mock.calls.length]).toEqual([20, 'cut', 19])
  })
})

describe('a list ends as read to its end', () => {
  test('where a cursor leads back to a page that has been read', async () => {
    serve({ ids: ['b-3'], next: 'c' })
    serve({ by: { cursor: 'c' }, ids: ['b-2'], next: 'd' })
    serve({ by: { cursor: 'd' }, ids: ['b-1'], next: 'c' })
    const { source, hooks } = reader()
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([idsOf(snapshots), end, hooks.mayAsk.mock.calls.length]).toEqual([
      ['b-3', 'b-2', 'b-1'],
      'whole',
      2,
    ])
  })

  test('where a page brings no build that has not been seen', async () => {
    serve({ ids: ['b-2', 'b-1'], next: 'c' })
    serve({ by: { cursor: 'c' }, ids: ['b-1', 'b-2'], next: 'd' })
    const { source, hooks } = reader()
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([idsOf(snapshots), end]).toEqual([['b-2', 'b-1'], 'whole'])
  })

  test('where it is empty', async () => {
    serve({})
    const { source, hooks } = reader()
    expect(await source.list(JOB, hooks)).toEqual({ snapshots: [], end: 'whole' })
  })
})

test('a build on two pages counts once, as it was first shown', async () => {
  serve({ ids: ['b-3', 'b-2'], next: 'c' })
  serve({ by: { cursor: 'c' }, ids: ['b-2', 'b-1'] })
  const { source, hooks } = reader()
  const { snapshots } = await source.list(JOB, hooks)
  expect(snapshots.map(({ build }) => [build.id, build.status])).toEqual([
    ['b-3', 'SHOWN_FOR_first'],
    ['b-2', 'SHOWN_FOR_first'],
    ['b-1', 'SHOWN_FOR_c'],
  ])
})

test('entries without an id, and ids that no path can hold, are passed over', async () => {
  const builds = [
    { status: 'SUCCESS' },
    null,
    { id: '' },
    { id: '..' },
    { id: '.' },
    { id: '\ud800' },
    { id: 'b-1' },
  ]
  serve({ body: JSON.stringify({ data: { builds } }) })
  const { source, hooks } = reader()
  expect(idsOf((await source.list(JOB, hooks)).snapshots)).toEqual(['b-1'])
})

test('a list in which no entry has an id is a bad response', async () => {
  serve({ body: { data: { builds: [{ status: 'SUCCESS' }, { id: 7 }] } } })
  const { source, hooks } = reader()
  expect((await apiErrorOf(source.list(JOB, hooks))).code).toBe('API_BAD_RESPONSE')
})

describe('a failure', () => {
  test('of the first page is the failure of the list', async () => {
    serve({ status: 403 })
    const { source, hooks } = reader()
    const error = await apiErrorOf(source.list(JOB, hooks))
    expect(error).toMatchObject({ code: 'API_FORBIDDEN', permission: 'Project > Jobs > General > Read' })
  })

  test.each<[ServedPage, string]>([
    [{ status: 429 }, 'API_THROTTLED'],
    [{ status: 503 }, 'API_UNREACHABLE'],
    [{ status: 401 }, 'API_UNAUTHORIZED'],
    [{ body: '{"data":{"builds":[{"id":' }, 'API_BAD_RESPONSE'],
    [{ body: { data: { builds: [{ noId: 1 }] } } }, 'API_BAD_RESPONSE'],
  ])('of a later page leaves what came before, and is noted: %j', async (page, code) => {
    serve({ ids: ['b-2'], next: 'c' })
    serve({ by: { cursor: 'c' }, ...page })
    const { source, hooks, logger } = reader()
    const { snapshots, end } = await source.list(JOB, hooks)
    expect([idsOf(snapshots), end]).toEqual([['b-2'], 'cut'])
    expect(logger.lines).toEqual([
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ code, pages: 1 }) }),
    ])
  })

  test('of later pages again and again is one line of warning', async () => {
    const logger = createRecordingLogger()
    const source = createBuildSource(clientOf(), { now: () => 1000 }, logger)
    for (let probes = 0; probes < 3; probes++) {
      serve({ ids: ['b-2'], next: 'c' })
      serve({ by: { cursor: 'c' }, status: 503 })
      await source.list(JOB, reader().hooks)
    }
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'debug', 'debug'])
  })

  test('of a hook is none of the API and comes through as it is', async () => {
    serve({ ids: ['b-2'], next: 'c' })
    const { source, hooks } = reader()
    hooks.mayAsk.mockRejectedValue(new Error('Redis is away'))
    await expect(source.list(JOB, hooks)).rejects.toThrow('Redis is away')
  })

  test('of a hook during a later page comes through too', async () => {
    serve({ ids: ['b-2'], next: 'c' })
    serve({ by: { cursor: 'c' }, ids: ['b-1'] })
    const { source, hooks } = reader()
    hooks.onAnswer.mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error('Redis is away'))
    await expect(source.list(JOB, hooks)).rejects.toThrow('Redis is away')
  })
})

describe('an abort rejects with the reason of the signal', () => {
  const reason = new Error('the daemon stops')

  test.each([true, false])('between two pages, whether there is leave for the next (%j)', async (leave) => {
    serve({ ids: ['b-2'], next: 'c' })
    const { source, hooks, stop } = reader()
    hooks.mayAsk.mockImplementation(async () => {
      stop.abort(reason)
      return leave
    })
    await expect(source.list(JOB, hooks)).rejects.toBe(reason)
  })

  test('during a later page, though earlier ones have been read', async () => {
    serve({ ids: ['b-2'], next: 'c' })
    nock(BASE)
      .get(LIST)
      .query({ per_page: '100', cursor: 'c' })
      .reply(503, () => {
        stop.abort(reason)
        return ''
      })
    const { source, hooks, stop } = reader()
    await expect(source.list(JOB, hooks)).rejects.toBe(reason)
  })
})
