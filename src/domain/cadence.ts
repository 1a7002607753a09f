/** How the pauses between good probes are found: from what builds of the job have taken, or by plain exponential backoff. */
export const POLLING_STRATEGIES = ['learned', 'backoff'] as const
export type PollingStrategy = (typeof POLLING_STRATEGIES)[number]
