import { ApiError } from '../domain/errors.js'
import type { ApiBuild } from '../domain/snapshot.js'
import type { Page } from './endpoints.js'
import { createListWalk } from './list-walk.js'
import type { Pagination } from './parse-build.js'

export interface BuildsPage {
  readonly builds: readonly ApiBuild[]
  readonly pagination: Pagination
  /** Where it was asked for; without anything secret. */
  readonly url: string
}

export interface AllBuildsMeans {
  readonly first: Page
  readonly maxPages: number
  readonly readPage: (page: Page) => Promise<BuildsPage>
}

/**
 * The builds of a list, each once, a page ahead at most. Rejects as reading a page does, and with API_BAD_RESPONSE where the
 * list promises more than can be had: what is handed out in silence must be the whole list.
 */
export async function* allBuilds(means: AllBuildsMeans): AsyncGenerator<ApiBuild, undefined> {
  const { first, maxPages, readPage } = means
  const walk = createListWalk(first)
  const seen = new Set<string>()
  let next = first
  for (let pages = 1; ; pages += 1) {
    const { builds, pagination, url } = await readPage(next)
    const news = builds.filter(({ id }) => !seen.has(id) && seen.add(id))
    yield* news
    const after = walk.after(pagination, news.length > 0)
    if (after.kind === 'end') return
    if (after.kind === 'lost') throw endless(url, LOST)
    if (pages >= maxPages) throw endless(url, `the list goes on after ${pages} pages; ${CURE}`)
    next = after.page
  }
}

const LOST =
  'the list promises more but leads back to what it has shown; what came so far holds, ask again later'
const CURE = 'raise maxPages, or leave the loop when you have what you need'

function endless(url: string, what: string): ApiError {
  return new ApiError('API_BAD_RESPONSE', `GET ${url}: ${what}`, { retryable: false, status: 200 })
}
