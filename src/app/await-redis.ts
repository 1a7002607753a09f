import { randomUUID } from 'node:crypto'
import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'
import { pause } from '../queue/pause.js'
import { ensureDataset, renewDataset } from '../store/dataset.js'
import { selfTest } from '../store/self-test.js'
import { requireSuitableServer } from '../store/server-check.js'
import { isCredentialRefusal } from './redis-words.js'
import type { StoreParts } from './store-parts.js'

export interface AwaitMeans {
  readonly store: StoreParts
  /** The data came back older than what readers have seen. */
  readonly rewound: boolean
  readonly signal: AbortSignal
  readonly logger: Logger
}

const ASK_AGAIN_MS = 1000

/**
 * Waits until Redis answers and has been found suitable. Rejects with REDIS_UNSUITABLE or REDIS_REFUSED, which no waiting
 * cures; answers `false` when the daemon is stopped before.
 */
export async function awaitRedis({ store, rewound, signal, logger }: AwaitMeans): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await requireSuitableServer(store.redis, logger)
      await selfTest(store)
      await (rewound ? renewDataset : ensureDataset)({ ...store, newId: randomUUID })
      return true
    } catch (error) {
      // A password may be put right at the server; the connections have said that it is refused.
      const mayPass = isCredentialRefusal(error) || (error instanceof BuildwatchdError && error.retryable)
      if (!mayPass) throw error
      await pause(ASK_AGAIN_MS, signal)
    }
  }
  return false
}
