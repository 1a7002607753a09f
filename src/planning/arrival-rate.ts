/**
 * Builds a second that a job starts, from when its newest ones were created: (n + 1) starts in the time they span and
 * ten minutes more. So a job without history is thought to build about every ten minutes, until it is seen not to.
 */
const HEAD_START_S = 600
const NEWEST = 20

/** @param createdAt epoch ms, newest first. @param sinceAt when the job was first looked at, epoch ms. */
export function arrivalsPerS(
  createdAt: readonly number[],
  { sinceAt, now }: { sinceAt: number; now: number },
): number {
  const newest = createdAt.slice(0, NEWEST).filter(Number.isFinite)
  const oldest = newest.length < NEWEST ? Math.min(sinceAt, ...newest) : Math.min(...newest)
  return (newest.length + 1) / (HEAD_START_S + Math.max(0, now - oldest) / 1000)
}
