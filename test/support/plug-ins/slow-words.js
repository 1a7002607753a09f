/** Makes its message slowly, or badly as the branch says, and never sends it. */
import { setTimeout as pause } from 'node:timers/promises'

const BADLY = {
  throws() {
    throw new Error('no words for hunter2hunter2')
  },
  'is too long': () => 'x'.repeat(2_000_000),
}

export default {
  secrets: ['token'],
  create: () => ({
    async render({ event }) {
      const badly = BADLY[event.data.build.branch]
      if (badly) return badly()
      await pause(500)
      return 'words'
    },
    send: () => new Promise(() => undefined),
  }),
}
