/**
 * Pages of a list, newest first. A cursor names the last item of the page before it rather than a position, so builds that
 * begin meanwhile shift nothing and no build is shown twice or skipped; page numbers do shift, as they do everywhere.
 */
export interface PageRequest {
  readonly perPage: number
  readonly page: number
  readonly cursor?: string | undefined
}

interface Pagination {
  readonly hasNextPage: boolean
  readonly cursor?: string
  readonly count: number
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly pagination: Pagination
  /** The items of the page before it; none of the first. */
  readonly before: readonly T[]
  /** Leads to this very page. */
  readonly ownCursor: string
}

export interface Paging<T> {
  /** Must tell all items apart. */
  readonly idOf: (item: T) => string
  /** Of all items, those that the list shows; a cursor that names another one still holds. */
  readonly isShown: (item: T, at: number) => boolean
}

const DEFAULT_PER_PAGE = 50
/** What the API takes. */
export const MOST_PER_PAGE = 100
/** Leads to the first page; no item has this id. */
const BEFORE_ALL = '^'

/** The page that a query asks for, or what is wrong with it. No page holds more than `most`. */
export function readPageRequest(
  query: URLSearchParams,
  most: number,
): PageRequest | { readonly problem: string } {
  const perPage = wholeNumber(query.get('per_page'), DEFAULT_PER_PAGE)
  const page = wholeNumber(query.get('page'), 1)
  if (perPage === undefined || perPage > MOST_PER_PAGE) {
    return { problem: `per_page must be a whole number from 1 to ${MOST_PER_PAGE}` }
  }
  if (page === undefined) return { problem: 'page must be a whole number from 1' }
  return { perPage: Math.min(perPage, most), page, cursor: query.get('cursor') ?? undefined }
}

/** `undefined` when the cursor names none of the items. */
export function pageOf<T>(
  items: readonly T[],
  request: PageRequest,
  { idOf, isShown }: Paging<T>,
): Page<T> | undefined {
  const { perPage } = request
  const shown = items.filter((item, at) => isShown(item, at))
  const passed = passedBy(request, items, idOf)
  if (passed === undefined) return undefined
  const from = request.cursor === undefined ? (request.page - 1) * perPage : countOf(passed, shown)
  const page = shown.slice(from, from + perPage)
  const last = page.at(-1)
  const hasNextPage = from + perPage < shown.length
  const cursorAfter = (item: T | undefined) => cursorOf(item === undefined ? BEFORE_ALL : idOf(item))
  return {
    items: page,
    pagination: { hasNextPage, ...(hasNextPage ? { cursor: cursorAfter(last) } : {}), count: page.length },
    before: shown.slice(Math.max(0, from - perPage), from),
    ownCursor: cursorAfter(shown[from - 1]),
  }
}

/** The items up to the one that the cursor names; `undefined` when there is none such. */
function passedBy<T>(
  { cursor }: PageRequest,
  items: readonly T[],
  idOf: (item: T) => string,
): ReadonlySet<T> | undefined {
  if (cursor === undefined || cursor === cursorOf(BEFORE_ALL)) return new Set()
  const at = items.findIndex((item) => cursorOf(idOf(item)) === cursor)
  return at === -1 ? undefined : new Set(items.slice(0, at + 1))
}

function countOf<T>(passed: ReadonlySet<T>, shown: readonly T[]): number {
  return shown.filter((item) => passed.has(item)).length
}

/** Opaque to the reader, and safe in a query as it is: the official client does not encode it. */
function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64url')
}

function wholeNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
