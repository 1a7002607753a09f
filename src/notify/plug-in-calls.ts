/** What the daemon asks of one plug-in, and how long each answer may take. Its thread starts with the first call. */
import type { Occasion } from '../domain/occasion.js'
import type { Logger } from '../domain/ports.js'
import type { HiddenValues } from './hidden-values.js'
import type { PlugInDelivery } from './plug-in.js'
import { createPlugInHost, PlugInFault, type PlugInHost, type PlugInSource } from './plug-in-host.js'

const RENDER_MS = 5000
/** What cannot be rendered is given up: not for the end of a thread that a hanging attempt beside it took along. */
const MOST_THREADS = 3
/** Characters. It is kept in Redis until it is told. */
const LONGEST_BODY = 1_000_000
/** For one attempt. */
export const SEND_MS = 15_000

interface AttemptMeans {
  /** Revealed. */
  readonly secrets: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly hidden?: HiddenValues
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
      const body = await renderIn(host, occasion)
      if (typeof body !== 'string') throw new PlugInFault('its render gave no text')
      if (body.length <= LONGEST_BODY) return body
      throw new PlugInFault(`its render gave ${body.length} characters; ${LONGEST_BODY} are the most`)
    },
    async send(delivery, { secrets, ...means }) {
      const said = await host.call('send', { delivery, secrets }, { deadlineMs: sendMs, ...means })
      return said ?? { kind: 'accepted' }
    },
    close: () => host.close(),
  }
}

async function renderIn(host: PlugInHost, occasion: Occasion, threads = MOST_THREADS): Promise<unknown> {
  try {
    return await host.call('render', { occasion }, { deadlineMs: RENDER_MS })
  } catch (error) {
    if (threads > 1 && error instanceof PlugInFault && error.isOfThread)
      return renderIn(host, occasion, threads - 1)
    throw error
  }
}
