import { createLineLimit } from '../domain/line-limit.js'
import type { Clock } from '../domain/ports.js'

/** A reload without news is worth its lines, and stands for `alike` earlier ones that were not; `undefined` when it is not. */
export type ReloadStorm = (kind: 'refused' | 'same' | 'cut short') => { readonly alike: number } | undefined

/** Who edits, or sends a signal by hand, is answered each time. */
const FEW = 5
const CALM_MS = 5000

/**
 * A program that asks for reloads in a loop would bury the log. After a few of a kind without a pause between them, one goes out
 * every five seconds and says how many were left out.
 */
export function createReloadStorm(clock: Clock): ReloadStorm {
  const limit = createLineLimit(clock)
  const kinds = new Map<string, { lastAt: number; inARow: number; leftOut: number }>()
  return (kind) => {
    const now = clock.now()
    const known = kinds.get(kind)
    const isCalm = known === undefined || Math.abs(now - known.lastAt) >= CALM_MS
    const inARow = isCalm ? 1 : known.inARow + 1
    const leftOut = known?.leftOut ?? 0
    const mayGo = limit(kind) !== undefined || inARow <= FEW
    kinds.set(kind, { lastAt: now, inARow, leftOut: mayGo ? 0 : leftOut + 1 })
    return mayGo ? { alike: leftOut } : undefined
  }
}
