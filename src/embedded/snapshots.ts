/**
 * When the engine's data goes to disk. Capturing stops the whole process for its duration (there is no fork in
 * WebAssembly), writing does not; so captures are rare, never doubled, and one write at a time is under way.
 */
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers'
import type { Logger } from '../domain/ports.js'
import { describeError } from './describe-error.js'

export interface Snapshots {
  /** All that is written by now is on disk when it resolves; calls made meanwhile share one snapshot. */
  save(): Promise<void>
  /** Asks for a snapshot within 250 ms; repeated calls until then are one. */
  saveSoon(): void
  /** The last one, of what `captureLast` answers. Never rejects. */
  finish(captureLast: () => Uint8Array): Promise<void>
  /** No more timers: the engine is gone. */
  cancel(): void
}

/** For an engine that keeps nothing. */
export const NO_SNAPSHOTS: Snapshots = {
  save: async () => undefined,
  saveSoon: () => undefined,
  finish: async () => undefined,
  cancel: () => undefined,
}

export interface SnapshotsDeps {
  /** The data as it stands now. */
  readonly capture: () => Uint8Array
  readonly write: (bytes: Uint8Array, options: { readonly complete: boolean }) => Promise<void>
  readonly intervalMs: number
  readonly logger: Logger
}

/** Leaves 100 of the promised 250 ms to capture and write. */
const SOON_MS = 150

export function createSnapshots({ capture, write, intervalMs, logger }: SnapshotsDeps): Snapshots {
  const health = createHealth(logger)
  let underWay: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  let soon: NodeJS.Timeout | undefined

  const saveNext = async (): Promise<void> => {
    await underWay.catch(() => undefined)
    next = undefined
    underWay = health.watch(async () => write(capture(), { complete: false }))
    return underWay
  }
  const save = (): Promise<void> => (next ??= saveNext())
  // A failure has been logged; the next timer tries again.
  const saveInBackground = (): void => void save().catch(() => undefined)

  const timer = setInterval(saveInBackground, intervalMs).unref()
  let cancelled = false
  const cancel = (): void => {
    cancelled = true
    clearInterval(timer)
    clearTimeout(soon)
  }
  return {
    save,
    cancel,
    saveSoon() {
      if (cancelled) return
      soon ??= setTimeout(() => {
        soon = undefined
        saveInBackground()
      }, SOON_MS)
    },
    async finish(captureLast) {
      if (cancelled) return
      cancel()
      await (next ?? underWay).catch(() => undefined)
      await health.watch(async () => write(captureLast(), { complete: true })).catch(() => undefined)
    },
  }
}

/** Says once that snapshots fail, and once that they work again. */
function createHealth(logger: Logger) {
  let failing = false
  return {
    async watch(work: () => Promise<void>): Promise<void> {
      try {
        await work()
      } catch (error) {
        if (!failing)
          logger.warn({ reason: describeError(error) }, 'The data of the embedded Valkey is not saved.')
        failing = true
        throw error
      }
      if (failing) logger.info({}, 'The data of the embedded Valkey is saved again.')
      failing = false
    },
  }
}
