import type { Watermark } from '../domain/history.js'
import { fieldOf, formatMark, isRemoved, parseMark, splitField } from './watermark-fields.js'

export type WatermarkMemory = ReturnType<typeof createWatermarkMemory>

/**
 * Every watermark that this process has seen, as fields of their hash. It outlives a Redis that loses its data, and tells
 * which fields belong to a feed.
 */
export function createWatermarkMemory() {
  const feeds = new Map<string, Map<string, Watermark>>()

  function get(field: string): Watermark | undefined {
    const { feed, interest } = splitField(field)
    return feeds.get(feed)?.get(interest)
  }

  /** What Redis holds. Answers whether it knows less than this process: that a list was read far enough holds for good. */
  function note(field: string, text: string): { readonly isBehind: boolean } {
    const held = parseMark(text)
    if (isRemoved(held)) {
      forget(field)
      return { isBehind: false }
    }
    const isBehind = !held.caughtUp && get(field)?.caughtUp === true
    remember(field, { at: held.at, caughtUp: held.caughtUp || isBehind })
    return { isBehind }
  }

  function remember(field: string, mark: Watermark): void {
    const { feed, interest } = splitField(field)
    const marks = feeds.get(feed) ?? new Map<string, Watermark>()
    feeds.set(feed, marks.set(interest, mark))
  }

  function forget(field: string): void {
    const { feed, interest } = splitField(field)
    const marks = feeds.get(feed)
    marks?.delete(interest)
    if (marks?.size === 0) feeds.delete(feed)
  }

  return {
    note,
    get,
    /** As it would be put back; `undefined` when it was never seen. */
    textOf(field: string): string | undefined {
      const mark = get(field)
      return mark && formatMark(mark)
    },
    catchUp(field: string): void {
      const mark = get(field)
      if (mark) remember(field, { ...mark, caughtUp: true })
    },
    interestsOf: (feed: string): string[] => [...(feeds.get(feed)?.keys() ?? [])],
    fields: (): string[] =>
      [...feeds].flatMap(([feed, marks]) => [...marks.keys()].map((interest) => fieldOf(feed, interest))),
  }
}
