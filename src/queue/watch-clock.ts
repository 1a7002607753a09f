import type { Clock } from '../domain/ports.js'

const LOOK_MS = 1000
/** Whoever waits for a point in time waits this much longer at most; smaller corrections are everyday. */
const LEAST_MS = 2000

/** Tells when the system's clock was set back, for all that waits for a point in time now waits too long. */
export function watchClock(clock: Clock, onSetBack: (byMs: number) => void): { stop(): void } {
  let latestAt = clock.now()
  const timer = setInterval(() => {
    const byMs = latestAt - clock.now()
    latestAt = clock.now()
    if (byMs > LEAST_MS) onSetBack(byMs)
  }, LOOK_MS)
  return { stop: () => clearInterval(timer) }
}
