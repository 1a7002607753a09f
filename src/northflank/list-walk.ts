import type { Page } from './endpoints.js'
import type { Pagination } from './parse-build.js'

/** Where a list goes on. `lost`: it promises more, but leads back to what has been read, or nowhere. */
type Onward =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'end' }
  | { readonly kind: 'lost' }

export interface ListWalk {
  /** What follows a page; `hasNews`: it has shown something that no page before it did. */
  after(pagination: Pagination, hasNews: boolean): Onward
}

/**
 * The way through the pages of one list, from `first` on. A cursor is followed once and only while there is a next page, and
 * pages that show nothing new lead no further: so the walk ends, whatever a server answers.
 */
export function createListWalk(first: Page): ListWalk {
  const { perPage, cursor: start } = first
  const size = perPage === undefined ? {} : { perPage }
  const cursors = new Set(start === undefined ? [] : [start])
  let page = start === undefined ? (first.page ?? 1) : undefined
  return {
    after({ hasNextPage, cursor }, hasNews) {
      if (page !== undefined) page += 1
      if (!hasNextPage) return { kind: 'end' }
      if (!hasNews) return { kind: 'lost' }
      if (cursor === undefined) {
        // The number of a page is known only where the walk began at one.
        return page === undefined ? { kind: 'lost' } : { kind: 'page', page: { ...size, page } }
      }
      if (cursors.has(cursor)) return { kind: 'lost' }
      cursors.add(cursor)
      return { kind: 'page', page: { ...size, cursor } }
    },
  }
}
