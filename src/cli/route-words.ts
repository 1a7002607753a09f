import type { JudgedRoute } from '../app/route-test.js'

/** Why nothing comes of a route: its verdict by name, and what stands behind it; or another route to its notifier came first. */
export function refusalWords({ route, verdict }: Pick<JudgedRoute, 'route' | 'verdict'>): string {
  if ('after' in verdict) return `${verdict.kind} (${verdict.failures} of ${verdict.after})`
  if (verdict.kind !== 'matches') return verdict.kind
  return `matches, but an earlier route to ${route.to} decides`
}
