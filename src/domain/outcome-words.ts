import type { Outcome } from './outcome.js'

/** How a build ended, as what follows its name in a sentence. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  success: 'succeeded',
  failure: 'failed',
  crashed: 'crashed',
  submission_failure: 'could not be submitted',
  aborted: 'was aborted',
  unknown: 'ended with an unknown outcome',
}
