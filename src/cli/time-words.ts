import { isoInstant } from '../domain/instant.js'

/** `2026-03-04 09:12:05Z`. */
export function timeWords(at: number): string {
  return `${dayOf(at)} ${clockOf(at)}`
}

/** `09:12:05Z` of what happened on the same day as `since`, else with the day. */
export function timeSince(since: number, at: number): string {
  return dayOf(at) === dayOf(since) ? clockOf(at) : timeWords(at)
}

export function dayOf(at: number): string {
  return isoInstant(at).slice(0, 10)
}

function clockOf(at: number): string {
  return `${isoInstant(at).slice(11, 19)}Z`
}
