import type { FaultLog } from './fault-log.js'
import { pause } from './pause.js'

export interface DispatchLoop {
  /** Ends after the batch in hand; at most one blocking read later. */
  stop(): Promise<void>
}

const BLOCK_MS = 2000
const AFTER_FAULT_MS = 1000

/** Runs `dispatch` for ever: it waits for events itself, and after a fault of Redis it is asked again a second later. */
export function startDispatchLoop(
  dispatch: (blockMs: number) => Promise<unknown>,
  faults: FaultLog,
): DispatchLoop {
  const stopping = new AbortController()
  const ended = loop()

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await dispatch(BLOCK_MS)
      } catch (error) {
        faults(error, 'dispatch was cut short; it goes on')
        await pause(AFTER_FAULT_MS, stopping.signal)
      }
    }
  }

  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}
