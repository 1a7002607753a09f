import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { type Page, pageOf } from '../../../src/simulator/pagination.js'

const items = fc.uniqueArray(fc.nat(1000), { maxLength: 40 })
const sizes = fc.integer({ min: 1, max: 10 })
const idOf = (item: number) => `shop/jobs/web/b-${item}`

/** All pages from the first to the last, each asked for by what the one before it said. */
function walk(
  all: readonly number[],
  { perPage, isShown, by }: { perPage: number; isShown: (item: number) => boolean; by: 'cursor' | 'page' },
): (Page<number> | undefined)[] {
  const pages: (Page<number> | undefined)[] = []
  for (let page = 1, cursor: string | undefined; page <= 50; page++) {
    const shown = pageOf(all, by === 'page' ? { perPage, page } : { perPage, page: 1, cursor }, {
      idOf,
      isShown,
    })
    pages.push(shown)
    if (!shown?.pagination.hasNextPage) break
    cursor = shown.pagination.cursor
  }
  return pages
}

test.each(['cursor', 'page'] as const)(
  'by %s every shown item comes once and in order, and no page is empty but an only one',
  (by) => {
    fc.assert(
      fc.property(items, sizes, fc.integer({ min: 1, max: 4 }), (all, perPage, every) => {
        const isShown = (item: number) => item % every === 0
        const pages = walk(all, { perPage, isShown, by })
        expect(pages.flatMap((page) => page?.items ?? [-1])).toEqual(all.filter(isShown))
        if (pages.length > 1) expect(pages.every((page) => (page?.items.length ?? 0) > 0)).toBe(true)
        expect(pages.map((page) => page?.before)).toEqual([
          [],
          ...pages.slice(0, -1).map((page) => page?.items),
        ])
      }),
    )
  },
)

test('a page’s own cursor leads to that page', () => {
  fc.assert(
    fc.property(items, sizes, (all, perPage) => {
      const paging = { idOf, isShown: () => true }
      for (const page of walk(all, { perPage, isShown: () => true, by: 'page' }))
        expect(pageOf(all, { perPage, page: 1, cursor: page?.ownCursor }, paging)).toEqual(page)
    }),
  )
})

test('a cursor holds though its item is no longer shown, and is none when its item is gone', () => {
  const all = [5, 4, 3, 2, 1]
  const cursor = pageOf(all, { perPage: 2, page: 1 }, { idOf, isShown: () => true })?.pagination.cursor
  const next = (items: number[], isShown: (item: number) => boolean) =>
    pageOf(items, { perPage: 2, page: 1, cursor }, { idOf, isShown })?.items
  expect(next(all, (item) => item !== 4)).toEqual([3, 2])
  expect(next([5, 3, 2, 1], () => true)).toBeUndefined()
})
