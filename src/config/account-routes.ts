import { type Route, TROUBLE_TRIGGERS } from '../domain/route.js'
import type { Watch } from '../domain/target.js'

export interface RoutedWatches {
  readonly accounts: Iterable<string>
  /** By default. */
  readonly routes: readonly Route[]
  readonly watches: readonly Watch[]
}

/** By account, each route once that asks for trouble of any kind: those by default and those of its watches. */
export function accountRoutesOf({
  accounts,
  routes,
  watches,
}: RoutedWatches): ReadonlyMap<string, readonly Route[]> {
  const byAccount = new Map([...accounts].map((account) => [account, new Map<string, Route>()]))
  for (const known of byAccount.values()) addAll(known, routes)
  for (const watch of watches) {
    const known = byAccount.get(watch.account)
    // Most watches share the routes by default.
    if (known && watch.routes !== routes) addAll(known, watch.routes)
  }
  return new Map([...byAccount].map(([account, known]) => [account, Object.freeze([...known.values()])]))
}

const TROUBLE_WORDS: ReadonlySet<string> = new Set(TROUBLE_TRIGGERS)

function addAll(known: Map<string, Route>, routes: readonly Route[]): void {
  for (const route of routes.filter(({ on }) => on.some((word) => TROUBLE_WORDS.has(word)))) {
    const key = JSON.stringify(route)
    if (!known.has(key)) known.set(key, route)
  }
}
