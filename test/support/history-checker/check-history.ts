import { checkAttempts } from './check-attempts.js'
import { checkBudget } from './check-budget.js'
import { checkCopies } from './check-copies.js'
import { checkDeliveries } from './check-deliveries.js'
import { checkEnds } from './check-ends.js'
import { checkHashes } from './check-hashes.js'
import { checkLines } from './check-lines.js'
import { checkReloads } from './check-reloads.js'
import { checkSecrets } from './check-secrets.js'
import { checkTransitions } from './check-transitions.js'
import { checkTroubles } from './check-troubles.js'
import type { Finding, History } from './history.js'

/** Holds a finished run against I1–I10 of the design, and its lines' verdicts against their rules; empty when nothing is wrong. */
export function checkHistory(history: History): Finding[] {
  const ends = checkEnds(history)
  return [
    ...ends,
    ...checkCopies(history),
    ...checkTransitions(history),
    ...checkDeliveries(history),
    ...checkAttempts(history),
    ...checkHashes(history),
    ...checkLines(history, new Set(ends.map(({ subject }) => subject))),
    ...checkBudget(history),
    ...checkTroubles(history),
    ...checkSecrets(history),
    ...checkReloads(history),
  ]
}

/** One line per finding, for the message of a failed test. */
export function formatFinding({ invariant, kind, where, subject, detail }: Finding): string {
  return `${invariant} ${kind} in ${where}: ${subject}: ${detail}`
}
