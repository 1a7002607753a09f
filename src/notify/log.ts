import { z } from 'zod'
import { safeText } from '../domain/safe-text.js'
import { startDeadline } from './deadline.js'
import { eventLine, lineText } from './event-line.js'
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
    render: ({ event }) =>
      options.format === 'json' ? safeText(JSON.stringify(event)) : lineText(eventLine(event)),
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
