/**
 * What the API says of each account's token, where it says anything: when it expires, and which of the rights that the watches
 * take it does not have. It is for people alone: nothing depends on it, and it costs one request an hour at most.
 */
import type { AccountSettings } from '../config/configuration.js'
import { isoInstant } from '../domain/instant.js'
import type { Budget, Clock, Logger } from '../domain/ports.js'
import type { Target } from '../domain/target.js'
import type { NorthflankClient } from '../northflank/client.js'
import { missingRights, neededRights } from '../northflank/missing-rights.js'
import type { TokenFacts } from '../northflank/parse-token-facts.js'

export interface FirstLookMeans {
  readonly clientOf: (account: string) => Pick<NorthflankClient, 'whoAmI'> | undefined
  readonly targets: readonly Target[]
  readonly budget: Budget
  /** So that of all replicas one looks. */
  readonly claimRun: (key: string, ttlMs: number) => Promise<boolean>
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly logger: Logger
}

const ONCE_PER_MS = 3_600_000
const TIMEOUT_MS = 15_000
const DAY_MS = 86_400_000
const SOON_MS = 14 * DAY_MS

/** Never rejects. */
export async function firstLook(accounts: Iterable<AccountSettings>, means: FirstLookMeans): Promise<void> {
  for (const { name } of accounts) {
    try {
      const facts = await ask(name, means)
      if (facts) tell(name, facts, means)
    } catch (error) {
      means.logger.debug({ account: name, error }, 'the API does not say whose the token is')
    }
  }
}

async function ask(account: string, means: FirstLookMeans): Promise<TokenFacts | undefined> {
  const { clientOf, budget, claimRun, signal } = means
  const client = clientOf(account)
  if (!client || signal.aborted || !(await claimRun(`first-look:${account}`, ONCE_PER_MS))) return undefined
  const permit = await budget.take(account, 'reserve')
  if (permit.kind === 'denied') return undefined
  return client.whoAmI({
    signal,
    timeoutMs: TIMEOUT_MS,
    mayRetry: async () => false,
    onAnswer: (answer) => budget.learn(account, permit.number, answer),
  })
}

function tell(
  account: string,
  { expiresAt, permissions }: TokenFacts,
  { targets, clock, logger }: FirstLookMeans,
): void {
  if (expiresAt !== undefined) tellExpiry(account, expiresAt, { clock, logger })
  const needs = neededRights(targets.filter((target) => target.account === account))
  const missing = missingRights(needs, permissions)
  if (missing.length > 0)
    logger.warn(
      { account, missing },
      'the token lacks rights that the watches take; give them to its role, else builds are followed through lists where it may read those',
    )
}

function tellExpiry(
  account: string,
  expiresAt: number,
  { clock, logger }: Pick<FirstLookMeans, 'clock' | 'logger'>,
): void {
  const leftMs = expiresAt - clock.now()
  const fields = { account, expiresAt: isoInstant(expiresAt), days: Math.floor(leftMs / DAY_MS) }
  if (leftMs < SOON_MS) logger.warn(fields, 'the token expires soon; replace it in time')
  else logger.info(fields, 'the token is good until then')
}
