import type { Clock, Logger } from '../domain/ports.js'

/** Says what is wrong with the files, a line each. */
export type ProblemLog = (problems: readonly string[]) => void

const AGAIN_MS = 60_000

/**
 * A file that stays bad is read again with every change of any other: what was said within the last minute is no news, and
 * goes to the debug log.
 */
export function createProblemLog(logger: Logger, clock: Clock): ProblemLog {
  let said: ReadonlyMap<string, number> = new Map()
  return (problems) => {
    const now = clock.now()
    const next = new Map<string, number>()
    for (const problem of problems) {
      const saidAt = said.get(problem)
      const isNews = saidAt === undefined || Math.abs(now - saidAt) >= AGAIN_MS
      next.set(problem, isNews ? now : saidAt)
      logger[isNews ? 'error' : 'debug']({}, problem)
    }
    said = next
  }
}
