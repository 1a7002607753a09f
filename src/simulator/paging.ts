/** One page of a list, as Northflank cuts it: `per_page` up to 100 (50 by default), by `page` or by `cursor`. */
export interface PageQuery {
  readonly perPage?: string | undefined
  readonly page?: string | undefined
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: T[]
  readonly pagination: { readonly hasNextPage: boolean; readonly cursor?: string; readonly count: number }
}

const DEFAULT_PER_PAGE = 50
const MOST_PER_PAGE = 100

export function paged<T>(items: readonly T[], query: PageQuery): Page<T> {
  const perPage = Math.min(MOST_PER_PAGE, whole(query.perPage) ?? DEFAULT_PER_PAGE)
  const start = query.cursor === undefined ? ((whole(query.page) ?? 1) - 1) * perPage : offsetOf(query.cursor)
  const end = start + perPage
  const hasNextPage = end < items.length
  const slice = items.slice(start, end)
  const next = hasNextPage ? { cursor: cursorOf(end) } : {}
  return { items: slice, pagination: { hasNextPage, ...next, count: slice.length } }
}

function whole(text: string | undefined): number | undefined {
  const value = Number(text)
  return text !== undefined && Number.isInteger(value) && value >= 1 ? value : undefined
}

/** Holds characters that must be encoded in a URL, as a real cursor may. */
function cursorOf(offset: number): string {
  return Buffer.from(`after:${offset}`).toString('base64')
}

function offsetOf(cursor: string): number {
  const offset = Number(/^after:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1])
  return Number.isInteger(offset) ? offset : 0
}
