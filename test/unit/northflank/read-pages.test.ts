import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import type { Page } from '../../../src/northflank/endpoints.js'
import { readPages } from '../../../src/northflank/read-pages.js'

const JOB = { project: 'p', kind: 'jobs', resource: 'j' } as const
const RATE_LIMIT = { throttled: false }
const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 })
const pages = fc.array(
  fc.record(
    { ids, hasNextPage: fc.boolean(), cursor: fc.constantFrom('0', '1', '2', '3') },
    { requiredKeys: ['ids', 'hasNextPage'] },
  ),
  { minLength: 1, maxLength: 30 },
)

type Served = readonly { ids: string[]; hasNextPage: boolean; cursor?: string }[]

/** Answers the pages in turn, the last one again and again; from the request `failsAt` on none. */
function clientOf(served: Served, failsAt = Number.POSITIVE_INFINITY) {
  const asked: Page[] = []
  const failure = new Error('the API is gone')
  const client = {
    async listBuilds(_: object, page: Page = {}) {
      asked.push(page)
      if (asked.length > failsAt) throw failure
      const { ids, ...pagination } = served[Math.min(asked.length, served.length) - 1]!
      const builds = ids.map((id) => ({ id }))
      return { builds, raw: { builds }, pagination, rateLimit: RATE_LIMIT, status: 200 }
    },
  }
  return { client, asked, failure }
}

test('whatever pages come, they end, and what a page has shown no later one shows again', async () => {
  await fc.assert(
    fc.asyncProperty(pages, fc.integer({ min: 1, max: 10 }), async (served, most) => {
      const { client, asked } = clientOf(served)
      const { raw, builds, end } = await readPages(client, JOB, { first: { perPage: 4 }, most })
      const [first, ...later] = served.slice(0, asked.length)
      const news = [...new Set(later.flatMap((page) => page.ids))].filter((id) => !first?.ids.includes(id))
      expect(asked.length).toBeLessThanOrEqual(most)
      expect(raw).toEqual({ builds })
      expect(new Set(builds.map(({ id }) => id))).toEqual(new Set([...(first?.ids ?? []), ...news]))
      if (end.kind === 'whole') expect(served[asked.length - 1]?.hasNextPage).toBe(false)
      else expect(served[Math.min(asked.length, served.length) - 1]?.hasNextPage).toBe(true)
      if (end.kind === 'more') expect(asked).toHaveLength(most)
      const cursors = asked.flatMap(({ cursor }) => cursor ?? [])
      expect(new Set(cursors).size).toBe(cursors.length)
    }),
  )
})

test('a page that fails ends it with what there is, but for the first', async () => {
  const served = [{ ids: ['a'], hasNextPage: true, cursor: '1' }]
  const { client, failure } = clientOf(served, 1)
  expect(await readPages(client, JOB, { first: {}, most: 9 })).toEqual({
    raw: { builds: [{ id: 'a' }] },
    builds: [{ id: 'a' }],
    end: { kind: 'failed', next: { cursor: '1' }, error: failure },
  })
  await expect(readPages(clientOf(served, 0).client, JOB, { first: {}, most: 9 })).rejects.toThrow(
    failure.message,
  )
})

test('a list that has no cursor after one is lost, for no number is known to lead on', async () => {
  const { client } = clientOf([{ ids: ['a'], hasNextPage: true }])
  const { end } = await readPages(client, JOB, { first: { cursor: '7' }, most: 9 })
  expect(end).toEqual({ kind: 'lost' })
})
