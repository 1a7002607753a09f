import { checkAttempts } from './check-attempts.js'
import { checkCopies } from './check-copies.js'
import { checkDeliveries } from './check-deliveries.js'
import { checkEnds } from './check-ends.js'
import { checkHashes } from './check-hashes.js'
import { checkTransitions } from './check-transitions.js'
import type { Finding, History } from './history.js'

/** Holds a finished run against I1–I6 of the design; empty when nothing is wrong. */
export function checkHistory(history: History): Finding[] {
  return [
    ...checkEnds(history),
    ...checkCopies(history),
    ...checkTransitions(history),
    ...checkDeliveries(history),
    ...checkAttempts(history),
    ...checkHashes(history),
  ]
}

/** One line per finding, for the message of a failed test. */
export function formatFinding({ invariant, kind, where, subject, detail }: Finding): string {
  return `${invariant} ${kind} in ${where}: ${subject}: ${detail}`
}
