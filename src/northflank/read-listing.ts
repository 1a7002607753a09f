/**
 * A list read page by page. Nobody documents its order, its cursors may lead in circles, and builds that begin meanwhile push
 * others to the next page: so each build counts once, a page that brings no new one ends the list, and what earlier pages
 * have shown outlasts the failure of a later one.
 */
import type { ResourceRef } from '../domain/build.js'
import { ApiError, BuildwatchdError } from '../domain/errors.js'
import type { ListHooks, Listing } from '../domain/ports.js'
import type { ApiBuild, Snapshot } from '../domain/snapshot.js'
import { canBeSegment, type Page } from './endpoints.js'
import { createListWalk } from './list-walk.js'
import type { Pagination } from './parse-build.js'
import { snapshotOf } from './snapshot-of.js'

interface ReadPage {
  readonly builds: readonly ApiBuild[]
  readonly pagination: Pagination
  /** Epoch ms. */
  readonly observedAt: number
}

export interface ListingMeans {
  readonly hooks: ListHooks
  readonly readPage: (page: Page) => Promise<ReadPage>
  /** Told of the failure that cut a listing short after `pages` good ones. */
  readonly onCut: (error: BuildwatchdError, pages: number) => void
}

const PER_PAGE = 100
/** Two thousand builds: whatever has not shown until then is looked for in vain. */
const MOST_PAGES = 20

/** Rejects as the first page does, and with the signal's reason at any. */
export async function readListing(ref: ResourceRef, means: ListingMeans): Promise<Listing> {
  const { hooks } = means
  const seen = new Map<string, Snapshot>()
  const shown = (end: Listing['end']): Listing => ({ snapshots: [...seen.values()], end })
  let next: Page = { perPage: PER_PAGE }
  const walk = createListWalk(next)
  for (let pages = 0; pages < MOST_PAGES; ) {
    const page = await (pages === 0 ? means.readPage(next) : laterPage(next, { ...means, pages }))
    if (!page) return shown('cut')
    pages += 1
    const after = walk.after(page.pagination, take(page, ref, seen))
    if (after.kind !== 'page') return shown('whole')
    if (!hooks.wantsMore([...seen.values()])) return shown('enough')
    const mayAsk = pages < MOST_PAGES && (await hooks.mayAsk())
    hooks.signal.throwIfAborted()
    if (!mayAsk) break
    next = after.page
  }
  return shown('cut')
}

/** `undefined` where it cannot be had. */
async function laterPage(
  page: Page,
  { hooks, readPage, onCut, pages }: ListingMeans & { readonly pages: number },
): Promise<ReadPage | undefined> {
  try {
    return await readPage(page)
  } catch (error) {
    hooks.signal.throwIfAborted()
    if (!isReadFailure(error)) throw error
    onCut(error, pages)
    return undefined
  }
}

/** Not what a hook rejects with: that is no failure of the read. */
function isReadFailure(error: unknown): error is BuildwatchdError {
  return (
    error instanceof ApiError || (error instanceof BuildwatchdError && error.code === 'SECRET_UNREADABLE')
  )
}

/** Adds the page's builds that have not been seen; answers whether there was any. */
function take({ builds, observedAt }: ReadPage, ref: ResourceRef, seen: Map<string, Snapshot>): boolean {
  const before = seen.size
  for (const build of builds) {
    if (seen.has(build.id) || !canBeSegment(build.id)) continue
    seen.set(build.id, snapshotOf({ ref: { ...ref, build: build.id }, build, observedAt }))
  }
  return seen.size > before
}
