/** What the daemon asks of one plug-in, and how long each answer may take. Its thread starts with the first call. */
import type { Occasion } from '../domain/occasion.js'
import type { Logger } from '../domain/ports.js'
import type { PlugInDelivery } from './plug-in.js'
import { createPlugInHost, type PlugInSource } from './plug-in-host.js'

const RENDER_MS = 5000
/** For one attempt. */
export const SEND_MS = 15_000

interface AttemptMeans {
  /** Revealed. */
  readonly secrets: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** Both calls reject with PlugInFault when it throws, ends its thread, or does not answer in time. */
export interface PlugInCalls {
  render(occasion: Occasion): Promise<string>
  /** What it said, of any shape; nothing said is `accepted`. */
  send(delivery: PlugInDelivery, means: AttemptMeans): Promise<unknown>
  close(): Promise<void>
}

export function createPlugInCalls(source: PlugInSource, sendMs = SEND_MS): PlugInCalls {
  const host = createPlugInHost(source)
  return {
    async render(occasion) {
      const body = await host.call('render', { occasion }, { deadlineMs: RENDER_MS })
      if (typeof body === 'string') return body
      throw new Error('its render gave no text')
    },
    async send(delivery, { secrets, signal, logger }) {
      const said = await host.call('send', { delivery, secrets }, { deadlineMs: sendMs, signal, logger })
      return said ?? { kind: 'accepted' }
    },
    close: () => host.close(),
  }
}
