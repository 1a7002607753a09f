import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import type { Page } from '../../../src/northflank/endpoints.js'
import { readListing } from '../../../src/northflank/read-listing.js'

const JOB = { project: 'p', kind: 'jobs', resource: 'j' } as const
const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '.', '..'), { maxLength: 4 })
const pages = fc.array(
  fc.record(
    { ids, hasNextPage: fc.boolean(), cursor: fc.constantFrom('0', '1', '2', '3') },
    { requiredKeys: ['ids', 'hasNextPage'] },
  ),
  { minLength: 1, maxLength: 30 },
)

test('whatever pages come, each build shows once and in the order of the pages, within twenty requests', async () => {
  await fc.assert(
    fc.asyncProperty(pages, fc.nat({ max: 25 }), async (served, leave) => {
      const asked: Page[] = []
      let left = leave
      const { snapshots, end } = await readListing(JOB, {
        hooks: {
          signal: new AbortController().signal,
          timeoutMs: 1,
          mayRetry: async () => false,
          onAnswer: async () => undefined,
          wantsMore: () => true,
          mayAsk: async () => left-- > 0,
        },
        readPage: async (page) => {
          const { ids, ...pagination } = served[asked.length % served.length] ?? {
            ids: [],
            hasNextPage: false,
          }
          asked.push(page)
          return { builds: ids.map((id) => ({ id })), pagination, observedAt: asked.length }
        },
        onCut: () => undefined,
      })
      const shown = Array.from(asked, (_, at) => served[at % served.length]?.ids ?? []).flat()
      const unique = [...new Set(shown)].filter((id) => !/^\.+$/.test(id))
      expect(snapshots.map(({ build }) => build.id)).toEqual(unique)
      const most = Math.min(20, leave + 1)
      expect(asked.length).toBeLessThanOrEqual(most)
      expect(end).toMatch(asked.length < most ? /^whole$/ : /^(?:whole|cut)$/)
      const cursors = asked.flatMap(({ cursor }) => cursor ?? [])
      expect(new Set(cursors).size).toBe(cursors.length)
    }),
  )
})
