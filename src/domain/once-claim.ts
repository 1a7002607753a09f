import { CONCLUDED, type WatchEvent } from './event.js'
import { laneOf } from './lane.js'
import { resultOf } from './line.js'
import type { Route } from './route.js'

/**
 * What a notifier is told once under `once_per`; absent where the event is told whenever it comes. Of a line that is each row
 * of equal results: once the line turns, it may be told again. What is no part of a row (no end, or one that the line looks
 * through) and what is about no build has no claim.
 */
export function onceClaim({ oncePer }: Route, event: WatchEvent): string | undefined {
  if (oncePer === undefined || !('build' in event.data)) return undefined
  return oncePer === 'build' ? `build:${event.subject}` : rowClaim(event)
}

function rowClaim(event: WatchEvent): string | undefined {
  if (event.type !== CONCLUDED) return undefined
  const { since, outcome } = event.data
  if (since === undefined || outcome === undefined) return undefined
  return `line:${laneOf(event)}|${resultOf(outcome)}|${since}`
}
