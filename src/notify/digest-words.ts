import { minuteWords } from '../domain/duration-words.js'
import type { DigestData, FailingLine } from '../domain/event.js'
import { lineWords } from '../domain/line.js'
import { OUTCOMES, type Outcome } from '../domain/outcome.js'
import { safeExcerpt } from '../domain/safe-text.js'

/** More names than these are counted only: a digest is one line. */
const MOST_NAMES = 3
const LONGEST_NAME = 200

/** Behind a number of builds. */
export const COUNTED_WORDS: Readonly<Record<Outcome, string>> = {
  success: 'succeeded',
  failure: 'failed',
  crashed: 'crashed',
  submission_failure: 'not submitted',
  aborted: 'aborted',
  unknown: 'ended unknown',
}

/** `since 2026-03-03 08:00Z: 12 builds ended (11 succeeded, 1 failed); failing: shop/jobs/nightly main (1 in a row)`. */
export function digestWords({ from, outcomes, failingLines, troubled, more }: DigestData): string {
  const failing = failingLines.map(failingWords)
  const unseen = troubled.map(({ subject, trouble }) => `${safeExcerpt(subject, LONGEST_NAME)} (${trouble})`)
  return [
    `since ${minuteWords(from)}: ${endedWords(outcomes)}`,
    failing.length === 0 ? 'no line is failing' : `failing: ${listWords(failing, more?.failingLines)}`,
    ...(unseen.length === 0 ? [] : [`in trouble: ${listWords(unseen, more?.troubled)}`]),
  ].join('; ')
}

function endedWords(outcomes: DigestData['outcomes']): string {
  const counted = OUTCOMES.filter((outcome) => outcomes[outcome] > 0)
  const all = counted.reduce((sum, outcome) => sum + outcomes[outcome], 0)
  if (all === 0) return 'no build ended'
  const each = counted.map((outcome) => `${outcomes[outcome]} ${COUNTED_WORDS[outcome]}`)
  return `${all} ${all === 1 ? 'build' : 'builds'} ended (${each.join(', ')})`
}

function failingWords(failing: FailingLine): string {
  return `${failingName(failing)} (${failing.consecutive} in a row)`
}

/** `shop/jobs/nightly main`, neutralised and cut. */
export function failingName({ resource, line }: FailingLine): string {
  return safeExcerpt(`${resource} ${lineWords(line)}`, LONGEST_NAME)
}

function listWords(names: readonly string[], leftOut = 0): string {
  const more = names.length + leftOut - MOST_NAMES
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}
