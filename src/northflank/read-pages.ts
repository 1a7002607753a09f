import type { ResourceRef } from '../domain/build.js'
import type { ApiBuild } from '../domain/snapshot.js'
import type { NorthflankClient } from './client.js'
import type { Page } from './endpoints.js'
import { createListWalk } from './list-walk.js'
import { fieldsOf, parseBuild } from './parse-build.js'

export interface PagesWanted {
  readonly first: Page
  /** As many requests at most, retries aside. */
  readonly most: number
}

/** Pages of a list as one, verbatim. */
export interface ReadPages {
  /** The first answer's `data`, with the builds of all pages: what a page shows that one before it has shown is left out. */
  readonly raw: object
  readonly builds: readonly ApiBuild[]
  readonly end:
    | { readonly kind: 'whole' }
    /** There is more, and nothing leads there. */
    | { readonly kind: 'lost' }
    /** As many as were wanted. */
    | { readonly kind: 'more'; readonly next: Page }
    /** `error` is what reading the page `next` has rejected with. */
    | { readonly kind: 'failed'; readonly next: Page; readonly error: unknown }
}

/**
 * One page after the other. Cursors that lead in circles, or to nothing new, end it; so does a page that fails, but for the
 * first, as which it rejects.
 */
export async function readPages(
  client: Pick<NorthflankClient, 'listBuilds'>,
  ref: ResourceRef,
  { first, most }: PagesWanted,
): Promise<ReadPages> {
  const way = createListWalk(first)
  const begun = await client.listBuilds(ref, first)
  const walk = createWalk(begun)
  let next = way.after(begun.pagination, true)
  for (let pages = 1; next.kind === 'page'; pages += 1) {
    const { page } = next
    if (pages === most) return walk.ended({ kind: 'more', next: page })
    try {
      const later = await client.listBuilds(ref, page)
      next = way.after(later.pagination, walk.take(later))
    } catch (error) {
      return walk.ended({ kind: 'failed', next: page, error })
    }
  }
  return walk.ended(next.kind === 'end' ? { kind: 'whole' } : next)
}

type OnePage = Pick<Awaited<ReturnType<NorthflankClient['listBuilds']>>, 'raw' | 'builds'>

interface Walk {
  /** Answers whether the page showed anything new. */
  take(page: OnePage): boolean
  ended(end: ReadPages['end']): ReadPages
}

function createWalk(first: OnePage): Walk {
  const entries = entriesOf(first.raw)
  const builds = [...first.builds]
  const seen = new Set(builds.map(({ id }) => id))
  return {
    take(page) {
      const before = seen.size
      const shown = new Set(seen)
      entries.push(...entriesOf(page.raw).filter((entry) => !shown.has(parseBuild(entry)?.id ?? '')))
      const news = page.builds.filter(({ id }) => !shown.has(id))
      builds.push(...news)
      for (const { id } of news) seen.add(id)
      return seen.size > before
    },
    ended: (end) => ({ raw: { ...Object(first.raw), builds: entries }, builds, end }),
  }
}

function entriesOf(raw: unknown): unknown[] {
  const entries: unknown = fieldsOf(raw)?.get('builds')
  return Array.isArray(entries) ? [...entries] : []
}
