import { z } from 'zod'
import type { WatchEvent } from '../domain/event.js'
import { safeText } from '../domain/safe-text.js'
import { startDeadline } from './deadline.js'
import { eventWords, sourceWords } from './event-words.js'
import { defineNotifierKind } from './notifier-kind.js'

/** A reader that has stopped reading holds up its own lines, not the daemon. */
const DEADLINE_MS = 15_000

export const logKind = defineNotifierKind({
  type: 'log',
  summary: "Prints one line per event on the daemon's stdout.",
  reaches: 'stdout',
  options: z.strictObject({
    format: z
      .enum(['words', 'json'])
      .default('words')
      .describe('`words` for people; `json` prints the event itself.'),
  }),
  secrets: [],
  sample: () => ({ options: { format: 'words' }, secrets: {} }),
  create: ({ options }, { out }) => ({
    isPlain: true,
    render: ({ event }) => safeText(options.format === 'json' ? JSON.stringify(event) : inWords(event)),
    async send({ body }, { signal }) {
      const deadline = startDeadline(DEADLINE_MS, signal)
      try {
        await deadline.race(Promise.resolve(out(body)))
        return { kind: 'accepted' }
      } catch (error) {
        const because = deadline.endedBecause()
        if (because === undefined) throw error
        return { kind: 'retry', reason: because }
      } finally {
        deadline.clear()
      }
    },
  }),
})

/** `2026-03-04 10:16:30Z  shop/jobs/nightly/brave-lion-1 failed after 4 min 12 s (main, 1a2b3c4)` */
function inWords(event: WatchEvent): string {
  const source = sourceWords(event)
  const line = `${timeWords(event.time)}  ${event.subject} ${eventWords(event)}`
  return source === '' ? line : `${line} (${source})`
}

/** The event's own time, not the printing's: what is rendered once must come out the same at every attempt. */
function timeWords(isoTime: string): string {
  return isoTime.replace('T', ' ').replace(/(?:\.\d+)?Z$/, 'Z')
}
