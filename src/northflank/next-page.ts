import type { Page } from './endpoints.js'
import type { Pagination } from './parse-build.js'

/** Where a list goes on after a page of it. */
type NextPage =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'end' }
  /** There is more, and nothing leads there: the cursor is one that has been followed, or there is none after another. */
  | { readonly kind: 'lost' }

export type PageTurner = (pagination: Pagination) => NextPage

/** To be told of each page of one walk in turn, the one that `first` asks for to begin with. Without cursors it counts. */
export function createPageTurner(first: Page): PageTurner {
  const { perPage } = first
  const size = perPage === undefined ? {} : { perPage }
  const cursors = new Set(first.cursor === undefined ? [] : [first.cursor])
  let number = first.cursor === undefined ? (first.page ?? 1) : undefined
  return ({ hasNextPage, cursor }) => {
    if (!hasNextPage) return { kind: 'end' }
    if (number !== undefined) number += 1
    if (cursor === undefined) {
      return number === undefined ? { kind: 'lost' } : { kind: 'page', page: { ...size, page: number } }
    }
    if (cursors.has(cursor)) return { kind: 'lost' }
    cursors.add(cursor)
    return { kind: 'page', page: { ...size, cursor } }
  }
}
