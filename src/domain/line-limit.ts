import type { Clock } from './ports.js'

/** A log line may go out, and stands for `alike` earlier ones of its kind that were held back. */
interface Leave {
  readonly alike: number
}

/** `undefined` when a line of this kind must be held back. */
export type LineLimit = (kind: string) => Leave | undefined

const PAUSE_MS = 5000

/**
 * One cause can show at thousands of builds at once. Of each kind of line one goes out, then none for five seconds; the next
 * says how many it stands for. Kinds come from fixed lists and the settings, so that few are remembered.
 */
export function createLineLimit(clock: Clock): LineLimit {
  const kinds = new Map<string, { saidAt: number; heldBack: number }>()
  return (kind) => {
    const now = clock.now()
    const known = kinds.get(kind)
    // Apart in either direction: a clock that was set back must not silence a kind.
    if (known && Math.abs(now - known.saidAt) < PAUSE_MS) {
      known.heldBack += 1
      return undefined
    }
    kinds.set(kind, { saidAt: now, heldBack: 0 })
    return { alike: known?.heldBack ?? 0 }
  }
}
