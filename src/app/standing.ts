import type { AccountSettings } from '../config/configuration.js'
import type { Clock, Prices } from '../domain/ports.js'
import { reservedRequests } from '../store/budget.js'
import { readLogLengths } from '../store/log-lengths.js'
import type { AccountStanding, Standing } from '../telemetry/standing-gauges.js'
import type { StoreParts } from './store-parts.js'

export interface StandingMeans extends Partial<Prices> {
  readonly accounts: () => Iterable<AccountSettings>
  readonly store: Pick<StoreParts, 'redis' | 'keys' | 'budget'>
  readonly clock: Clock
}

/** How the accounts in force and the logs stand. Rejects as every Redis call does. */
export async function readStanding(means: StandingMeans): Promise<Standing> {
  const [lengths, accounts] = await Promise.all([
    readLogLengths(means.store),
    Promise.all([...means.accounts()].map((account) => accountStanding(account, means))),
  ])
  return { ...lengths, accounts }
}

async function accountStanding(
  { name: account, reserve }: AccountSettings,
  { store, clock, priceOf }: StandingMeans,
): Promise<AccountStanding> {
  // A price that cannot be had is no reason to show nothing of the account.
  const price = priceOf?.(account).catch(() => undefined)
  const [allowance, priceS] = await Promise.all([store.budget.read(account), price])
  const priced = priceS === undefined ? {} : { priceS }
  if (!allowance) return { account, ...priced }
  const { limit, remaining, spentByUs, spentByOthers, resetAt } = allowance
  return {
    account,
    limit,
    remaining,
    reserve: reservedRequests(reserve, limit),
    spentByUs,
    spentByOthers,
    resetInMs: Math.max(0, resetAt - clock.now()),
    ...priced,
  }
}
