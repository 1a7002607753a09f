/** The hash of watermarks: `<feed id> <interest id>` → JSON. Ids of feeds hold no space, those of interests may. */
import type { Watermark } from '../domain/history.js'

export interface HeldMark extends Watermark {
  /** When retention first found that no target wants it; epoch ms. */
  readonly unwantedSince?: number
}

/** Left for a while in place of one that retention took away, so that no process puts it back from memory. */
export interface RemovedMark {
  readonly removedAt: number
}

export function fieldOf(feed: string, interest: string): string {
  return `${feed} ${interest}`
}

export function splitField(field: string): { readonly feed: string; readonly interest: string } {
  const space = field.indexOf(' ')
  return { feed: field.slice(0, space), interest: field.slice(space + 1) }
}

/** Whatever is there was written by this room. */
export function parseMark(text: string): HeldMark | RemovedMark {
  return JSON.parse(text)
}

export function formatMark({ at, caughtUp }: Watermark): string {
  return JSON.stringify({ at, caughtUp })
}

export function isRemoved(mark: HeldMark | RemovedMark): mark is RemovedMark {
  return 'removedAt' in mark
}
