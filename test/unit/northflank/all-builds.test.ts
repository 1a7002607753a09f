import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { allBuilds, type BuildsPage } from '../../../src/northflank/all-builds.js'
import type { Page } from '../../../src/northflank/endpoints.js'
import type { Pagination } from '../../../src/northflank/parse-build.js'
import { apiErrorOf } from './fixtures.js'

const URL = 'https://api.example.test/list'

interface ServedPage extends Partial<Pagination> {
  readonly ids: readonly string[]
}

const builds = (ids: readonly string[]): ApiBuild[] => ids.map((id) => ({ id }))

/** Serves the pages in turn, whatever is asked for, and notes what was. */
function listOf(served: readonly ServedPage[], { first = {}, maxPages = 100 } = {}) {
  const asked: Page[] = []
  const walk = allBuilds({
    first,
    maxPages,
    async readPage(page): Promise<BuildsPage> {
      const { ids = [], hasNextPage = false, ...pagination } = served[asked.length] ?? {}
      asked.push(page)
      return { builds: builds(ids), pagination: { hasNextPage, ...pagination }, url: URL }
    },
  })
  return { asked, walk }
}

async function idsOf(walk: AsyncIterable<ApiBuild>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of walk) ids.push(id)
  return ids
}

const MORE = { hasNextPage: true }

describe('all builds', () => {
  test('come by the cursors, while there is a next page', async () => {
    const { asked, walk } = listOf(
      [
        { ids: ['b-3', 'b-2'], ...MORE, cursor: 'n-1' },
        { ids: ['b-1'], cursor: 'n-2' },
      ],
      { first: { perPage: 2 } },
    )
    expect(await idsOf(walk)).toEqual(['b-3', 'b-2', 'b-1'])
    expect(asked).toEqual([{ perPage: 2 }, { perPage: 2, cursor: 'n-1' }])
  })

  test('come by numbers from the first page on, where there are no cursors', async () => {
    const { asked, walk } = listOf([{ ids: ['b-2'], ...MORE }, { ids: ['b-1'] }], { first: { page: 3 } })
    expect(await idsOf(walk)).toEqual(['b-2', 'b-1'])
    expect(asked).toEqual([{ page: 3 }, { page: 4 }])
  })

  test('each come once, though builds that begin meanwhile push others to the next page', async () => {
    const { walk } = listOf([{ ids: ['b-3', 'b-2'], ...MORE, cursor: 'n-1' }, { ids: ['b-2', 'b-1'] }])
    expect(await idsOf(walk)).toEqual(['b-3', 'b-2', 'b-1'])
  })

  test('ask for no page before its builds are wanted', async () => {
    const { asked, walk } = listOf([{ ids: ['b-3', 'b-2'], ...MORE, cursor: 'n-1' }, { ids: ['b-1'] }])
    for await (const { id } of walk) if (id === 'b-2') break
    expect(asked).toHaveLength(1)
  })

  test.each([
    [
      'shows nothing new',
      [
        { ids: ['b-1'], ...MORE, cursor: 'n-1' },
        { ids: ['b-1'], ...MORE, cursor: 'n-2' },
      ],
    ],
    [
      'goes on by a cursor that was followed',
      [
        { ids: ['b-2'], ...MORE, cursor: 'n-1' },
        { ids: ['b-1'], ...MORE, cursor: 'n-1' },
      ],
    ],
  ])('end with an error where a page that promises more %s, after what there was', async (_, pages) => {
    const { walk } = listOf(pages)
    const ids: string[] = []
    const error = await apiErrorOf(
      (async () => {
        for await (const { id } of walk) ids.push(id)
      })(),
    )
    expect(error).toMatchObject({ code: 'API_BAD_RESPONSE', retryable: false })
    expect(error.message).toMatch(`GET ${URL}: the list promises more but leads back`)
    expect(ids).toEqual([...new Set(pages.flatMap((page) => page.ids))])
  })

  test('end with an error where the cursor that they began at comes again', async () => {
    const { walk } = listOf([{ ids: ['b-1'], ...MORE, cursor: 'n-0' }], { first: { cursor: 'n-0' } })
    expect((await apiErrorOf(idsOf(walk))).code).toBe('API_BAD_RESPONSE')
  })

  test('that began at a cursor end with an error where no cursor leads on, for nobody knows the page’s number', async () => {
    const { asked, walk } = listOf([{ ids: ['b-1'], ...MORE }], { first: { cursor: 'n-0' } })
    expect((await apiErrorOf(idsOf(walk))).code).toBe('API_BAD_RESPONSE')
    expect(asked).toHaveLength(1)
  })

  test('end with an error after the most pages, where the list goes on, and without one where it does not', async () => {
    const pages = [
      { ids: ['b-2'], ...MORE, cursor: 'n-1' },
      { ids: ['b-1'], ...MORE, cursor: 'n-2' },
      { ids: ['b-0'] },
    ]
    const short = listOf(pages, { maxPages: 2 })
    expect((await apiErrorOf(idsOf(short.walk))).message).toContain('goes on after 2 pages; raise maxPages')
    expect(short.asked).toHaveLength(2)
    expect(await idsOf(listOf(pages, { maxPages: 3 }).walk)).toEqual(['b-2', 'b-1', 'b-0'])
  })
})

test('whatever pages come, each build comes once, the walk ends, and in silence only behind a last page', async () => {
  const page = fc.record(
    {
      ids: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 3 }),
      hasNextPage: fc.boolean(),
      cursor: fc.constantFrom('0', '1', '2'),
    },
    { requiredKeys: ['ids', 'hasNextPage'] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(page, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 8 }),
      async (pages, maxPages) => {
        const endless = Array.from({ length: 20 }, () => pages).flat()
        const { asked, walk } = listOf(endless, { maxPages })
        const ids: string[] = []
        let failed = false
        try {
          for await (const { id } of walk) ids.push(id)
        } catch {
          failed = true
        }
        const read = endless.slice(0, asked.length)
        expect(ids).toEqual([...new Set(read.flatMap((shown) => shown.ids))])
        expect(asked.length).toBeLessThanOrEqual(maxPages)
        expect(failed).toBe(read.at(-1)?.hasNextPage)
      },
    ),
  )
})
