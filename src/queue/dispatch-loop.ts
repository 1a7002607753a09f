import type { Logger } from '../domain/ports.js'

export interface DispatchLoop {
  /** Ends after the batch in hand; at most one blocking read later. */
  stop(): Promise<void>
}

const BLOCK_MS = 2000
const AFTER_FAULT_MS = 1000

/** Runs `dispatch` for ever: it waits for events itself, and after a fault of Redis it is asked again a second later. */
export function startDispatchLoop(
  dispatch: (blockMs: number) => Promise<unknown>,
  logger: Logger,
): DispatchLoop {
  const stopping = new AbortController()
  const ended = loop()

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await dispatch(BLOCK_MS)
      } catch (error) {
        logger.warn({ error }, 'dispatch was cut short; it goes on')
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

/** Resolves after `inMs`, or at once when `signal` fires. */
function pause(inMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, inMs)
    function finish(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}
