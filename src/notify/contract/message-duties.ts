/** What a notifier owes when it renders. */
import assert from 'node:assert/strict'
import { SAMPLE_WORDS, sampleEvent } from '../../domain/sample-events.js'
import { assertNoSecret, type Duty } from './contract-check.js'
import { HOSTILE_TEXTS, hostileEvents } from './hostile-events.js'
import { messageShape } from './message-shape.js'

const NOW = Date.UTC(2026, 2, 4, 10, 16, 30, 412)
/** Bytes. */
const LARGEST_BODY = 64 * 1024

export const MESSAGE_DUTIES: readonly Duty[] = [
  {
    name: 'renders a text of at most 64 KiB for an event of every word',
    needs: 'nothing',
    async check(bench) {
      for (const word of SAMPLE_WORDS) {
        const body = await bench.render(sampleEvent(word, NOW))
        assert.notEqual(body, '', `the text of ${word} is empty`)
        const bytes = Buffer.byteLength(body)
        assert.ok(bytes <= LARGEST_BODY, `the text of ${word} has ${bytes} bytes`)
      }
    },
  },
  {
    name: 'renders the same text each time, and leaves the event as it was',
    needs: 'nothing',
    async check(bench) {
      for (const word of SAMPLE_WORDS) {
        const first = await bench.render(frozen(sampleEvent(word, NOW)))
        const second = await bench.render(frozen(sampleEvent(word, NOW)))
        assert.equal(second, first, `${word} was rendered twice, with two texts`)
      }
    },
  },
  {
    name: 'renders no secret',
    needs: 'nothing',
    async check(bench) {
      for (const word of SAMPLE_WORDS)
        assertNoSecret(bench, `the text of ${word}`, await bench.render(sampleEvent(word, NOW)))
    },
  },
  {
    name: 'stays one message, whatever stands in a branch or a commit message',
    needs: 'nothing',
    async check(bench) {
      const shapes = async (text: string) => {
        const bodies = await Promise.all(hostileEvents(text).map((event) => bench.render(event)))
        return bodies.map(messageShape)
      }
      const plain = await shapes('plain')
      for (const text of HOSTILE_TEXTS)
        assert.deepEqual(
          await shapes(text),
          plain,
          `the keys of the text change with ${JSON.stringify(text.slice(0, 80))}`,
        )
    },
  },
]

/** An object that cannot be written to: whoever tries throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}
