/** How a concluded build ended. */
export const OUTCOMES = ['success', 'failure', 'crashed', 'submission_failure', 'aborted', 'unknown'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Words that say it all, whatever `success` holds. */
const DECISIVE: Readonly<Record<string, Outcome>> = {
  ABORTED: 'aborted',
  CRASHED: 'crashed',
  SUBMISSION_FAILURE: 'submission_failure',
}

/**
 * The outcome of a build that the API calls concluded; the first rule that matches wins. A contradiction
 * (`SUCCESS` with `success: false`) is `unknown`: no outcome is invented.
 */
export function outcomeOf(status: string | undefined, success: boolean | undefined): Outcome {
  if (status === 'SUCCESS') return success === false ? 'unknown' : 'success'
  if (status === 'FAILURE') return success === true ? 'unknown' : 'failure'
  if (status !== undefined && Object.hasOwn(DECISIVE, status)) return DECISIVE[status] ?? 'unknown'
  if (success === undefined) return 'unknown'
  return success ? 'success' : 'failure'
}
