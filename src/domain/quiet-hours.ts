import type { QuietHours } from './route.js'
import type { WatchWindow } from './target.js'

/** When a window that is open ends; implemented in queue. */
export interface QuietClock {
  /** 0 outside of the window; else ms until it ends, at most 400 days. */
  closesInMs(window: WatchWindow, now: number): number
}

export type Quiet =
  | { readonly kind: 'no' }
  /** `until`: epoch ms, the end of the quiet hours. */
  | { readonly kind: 'later' | 'drop'; readonly until: number }

export interface QuietFacts {
  /** All words that the event answers to, those included by which its route asked for it. */
  readonly words: Iterable<string>
  readonly now: number
  readonly clock: QuietClock
}

/** What quiet hours do to an event that would be told now. */
export function quietOf(quietHours: QuietHours | undefined, { words, now, clock }: QuietFacts): Quiet {
  if (quietHours === undefined) return { kind: 'no' }
  const loud: ReadonlySet<string> = new Set(quietHours.except)
  for (const word of words) if (loud.has(word)) return { kind: 'no' }
  const { cron, timezone, instead } = quietHours
  const endsInMs = closesInMs({ cron, timezone }, now, clock)
  return endsInMs === 0 ? { kind: 'no' } : { kind: instead, until: now + endsInMs }
}

/** A window that this replica cannot read, as of a time zone that only a newer one knows, is closed: else it would hold up all that is told. */
function closesInMs(window: WatchWindow, now: number, clock: QuietClock): number {
  try {
    return clock.closesInMs(window, now)
  } catch {
    return 0
  }
}
