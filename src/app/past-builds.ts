/** What is known of the builds that have been, for who plans ahead: from Redis, or from a file. */
import { type AccountOutlook, type PastBuilds, priorFrom, readPrior } from '../core/plan-ahead.js'
import { resourceKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Target } from '../domain/target.js'
import { createBudget } from '../store/budget.js'
import { createPlanningStore } from '../store/planning.js'
import { readHistoryFile } from './history-file.js'
import { type RedisAccess, type RedisRequest, readingRedis } from './redis-access.js'

export interface Past {
  /** Where it comes from, in words. */
  readonly source: string
  readonly builds: PastBuilds
  ofAccount(name: string): AccountPast
}

/** `limit`: requests an hour, where the API has told. */
type AccountPast = Pick<AccountOutlook, 'prior'> & { readonly limit?: number }

export interface PastRequest extends RedisRequest {
  /** A CSV file of past builds; Redis is not asked then. */
  readonly historyFile: string | undefined
}

/** A Redis that is not there is no error: then nothing is known. Rejects with USAGE, and as {@link readingRedis} does for the rest. */
export async function readPast(
  targets: readonly Target[],
  accounts: readonly string[],
  request: PastRequest,
): Promise<Past> {
  const { historyFile } = request
  if (historyFile !== undefined) return fromFile(historyFile, targets)
  try {
    return await readingRedis(request, (access) => fromRedis(access, targets, accounts))
  } catch (error) {
    if (!(error instanceof BuildwatchdError) || error.code !== 'REDIS_UNREACHABLE') throw error
    return { source: `none (${error.message})`, builds: new Map(), ofAccount: () => ({}) }
  }
}

/** A file of other jobs would look like one of which nothing is known, and any watchlist would pass. */
async function fromFile(source: string, targets: readonly Target[]): Promise<Past> {
  const builds = await readHistoryFile(source)
  const [known] = builds.keys()
  if (targets.length > 0 && !targets.some(({ ref }) => builds.has(resourceKey(ref))))
    throw new BuildwatchdError(
      'USAGE',
      `--history ${source} knows none of the watched jobs and services; write their keys, such as ${targets.map(({ ref }) => resourceKey(ref))[0]}${known === undefined ? '' : `, not ${JSON.stringify(known)}`}`,
    )
  const prior = priorFrom(builds)
  return { source, builds, ofAccount: () => ({ prior }) }
}

async function fromRedis(
  access: RedisAccess,
  targets: readonly Target[],
  accounts: readonly string[],
): Promise<Past> {
  const means = { ...access, clock: Date, reserves: () => ({ kind: 'share', share: 0 }) as const }
  const budget = createBudget(means)
  const store = createPlanningStore({ ...means, budget })
  const builds = await Promise.all(
    targets.map(async ({ ref }) => [resourceKey(ref), (await store.job(ref)).ended] as const),
  )
  const known = await Promise.all(
    accounts.map(async (name): Promise<[string, AccountPast]> => {
      const [prior, allowance] = await Promise.all([readPrior(name, store), budget.read(name)])
      return [name, allowance ? { prior, limit: allowance.limit } : { prior }]
    }),
  )
  const each = new Map(known)
  return { source: 'Redis', builds: new Map(builds), ofAccount: (name) => each.get(name) ?? {} }
}
