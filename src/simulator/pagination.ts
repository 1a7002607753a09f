/**
 * Pages of a list, newest first. A cursor names the last item of the page before it rather than a position, so builds that
 * begin meanwhile shift nothing and no build is shown twice or skipped; page numbers do shift, as they do everywhere.
 */
export interface PageRequest {
  readonly perPage: number
  readonly page: number
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly pagination: { readonly hasNextPage: boolean; readonly cursor?: string; readonly count: number }
}

const DEFAULT_PER_PAGE = 50
const MOST_PER_PAGE = 100

/** The page that a query asks for, or what is wrong with it. */
export function readPageRequest(query: URLSearchParams): PageRequest | { readonly problem: string } {
  const perPage = wholeNumber(query.get('per_page'), DEFAULT_PER_PAGE)
  const page = wholeNumber(query.get('page'), 1)
  if (perPage === undefined || perPage > MOST_PER_PAGE) {
    return { problem: `per_page must be a whole number from 1 to ${MOST_PER_PAGE}` }
  }
  if (page === undefined) return { problem: 'page must be a whole number from 1' }
  return { perPage, page, cursor: query.get('cursor') ?? undefined }
}

/** `idOf` must tell all items apart. `undefined` when the cursor names none of them. */
export function pageOf<T>(
  items: readonly T[],
  { perPage, page, cursor }: PageRequest,
  idOf: (item: T) => string,
): Page<T> | undefined {
  const after = cursor === undefined ? undefined : items.findIndex((item) => cursorOf(idOf(item)) === cursor)
  if (after === -1) return undefined
  const from = after === undefined ? (page - 1) * perPage : after + 1
  const shown = items.slice(from, from + perPage)
  const last = shown.at(-1)
  const hasNextPage = from + perPage < items.length
  return {
    items: shown,
    pagination: {
      hasNextPage,
      ...(hasNextPage && last !== undefined ? { cursor: cursorOf(idOf(last)) } : {}),
      count: shown.length,
    },
  }
}

/** Opaque to the reader, and safe in a query as it is: the official client does not encode it. */
function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64url')
}

function wholeNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
