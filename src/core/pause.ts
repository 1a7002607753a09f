/** How long a target is left alone, and whether that still holds: what is planned is thought over while it waits. */
import type { NextProbe } from '../domain/cadence.js'
import type { Cadence, Clock, WatchedTarget } from '../domain/ports.js'
import type { ProbeReason } from '../domain/probe.js'
import type { Pacing } from '../domain/target.js'

export interface Pause extends Omit<NextProbe, 'claim'> {
  readonly pacing: Pacing
}

/** So little is not worth another wait. */
const SOON_MS = 100

const PLANNED: ReadonlySet<ProbeReason> = new Set<ProbeReason>([
  'plan',
  'square-root',
  'idle',
  'longest-step',
])

export function pausing({ pacing }: WatchedTarget, { claim, ...next }: NextProbe): Pause {
  return { ...next, pacing: claim === undefined ? pacing : { ...pacing, claim } }
}

/** Who is not to ask for long, whatever was planned, claims nothing of the budget meanwhile. */
export function resting(pacing: Pacing): Pacing {
  const { claim: _, ...rest } = pacing
  return rest
}

/** How long a poll may sleep: until it is due, or is to be thought over. */
export function sleepMs({ inMs, reconsiderInMs = inMs }: Omit<Pause, 'pacing'>): number {
  return Math.min(inMs, reconsiderInMs)
}

/** `undefined` when it is due: it was to be by now, or is by what is known now. */
export async function stillWaiting(
  watched: WatchedTarget,
  { cadence, clock }: { readonly cadence: Pick<Cadence, 'reconsider'>; readonly clock: Clock },
): Promise<Pause | undefined> {
  const { nextProbeAt = 0, answeredAt = 0, why } = watched.pacing
  const now = clock.now()
  // A clock that was set back must not make anyone wait for long.
  if (why === undefined || !PLANNED.has(why) || nextProbeAt - now <= SOON_MS || answeredAt > now)
    return undefined
  const next = await cadence.reconsider(watched)
  const inMs = next === undefined ? 0 : answeredAt + next.inMs - now
  return next === undefined || inMs <= SOON_MS ? undefined : { ...pausing(watched, next), inMs }
}
