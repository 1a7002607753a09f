import type { PollingStrategy } from '../domain/cadence.js'
import { durationWords } from '../domain/duration-words.js'
import type { Target } from '../domain/target.js'
import type { Forecast } from '../planning/forecast.js'

interface Facts {
  readonly budgetPerHour: number
  readonly targets: readonly Target[]
  readonly strategy: PollingStrategy
}

const HOUR_MS = 3_600_000
/** Chance alone may take a forecast a little over. */
const TOLERANCE = 1.02

/** What would make the watches of an account fit its budget; none where they do. */
export function curesFor(
  { requestsPerHour, leastPerHour }: Pick<Forecast, 'requestsPerHour' | 'leastPerHour'>,
  { budgetPerHour, targets, strategy }: Facts,
): string[] {
  const needed = Math.max(leastPerHour, strategy === 'backoff' ? requestsPerHour : 0)
  if (needed <= budgetPerHour * TOLERANCE) return []
  const missing = Math.ceil(needed - budgetPerHour)
  return [
    ...(strategy === 'backoff' && leastPerHour <= budgetPerHour
      ? ['take `polling: { strategy: backoff }` out: what is learned fits the budget by itself']
      : []),
    ...(leastPerHour > budgetPerHour ? [longerPauses(targets, budgetPerHour)] : []),
    `watch less, lower the reserve, or ask Northflank for a higher limit: ${missing} requests an hour are missing`,
  ]
}

function longerPauses(targets: readonly Target[], budgetPerHour: number): string {
  const feeds = targets.filter(({ kind }) => kind === 'feed').length
  const longestMs = Math.ceil((feeds * HOUR_MS) / Math.max(1, budgetPerHour) / 1000) * 1000
  const each = feeds === 1 ? 'the one job or service is' : `each of the ${feeds} jobs and services is`
  return `raise max_interval to ${durationWords(longestMs)} or more: ${each} asked once in that time at least`
}
