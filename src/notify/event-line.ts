import type { WatchEvent } from '../domain/event.js'
import { safeText } from '../domain/safe-text.js'
import { eventWords, sourceWords } from './event-words.js'
import { type Tone, toneOf } from './message.js'

/** The parts of the line that tells an event where there is nothing but lines; nothing foreign in them is raw. */
export interface EventLine {
  /** `2026-03-04 10:16:30Z`: the event's own time, not the printing's, so that it comes out the same whenever it is said. */
  readonly time: string
  readonly subject: string
  readonly words: string
  /** `main, 1a2b3c4`; empty where it is about no build. */
  readonly source: string
  readonly tone: Tone
}

export function eventLine(event: WatchEvent): EventLine {
  return {
    time: safeText(event.time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, 'Z')),
    subject: safeText(event.subject),
    words: safeText(eventWords(event)),
    source: sourceWords(event),
    tone: toneOf(event),
  }
}

/** `2026-03-04 10:16:30Z  shop/jobs/nightly/brave-lion-1 failed after 4 min 12 s (main, 1a2b3c4)` */
export function lineText({ time, subject, words, source }: EventLine): string {
  const line = `${time}  ${subject} ${words}`
  return source === '' ? line : `${line} (${source})`
}
