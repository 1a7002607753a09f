import { createHash } from 'node:crypto'
import { type Target, targetsOf, type Watch } from '../domain/target.js'
import type { AccountSettings } from './configuration.js'

export interface Wanted {
  readonly watches: readonly Watch[]
  readonly notifiers: Iterable<string>
  readonly accounts: Iterable<AccountSettings>
}

/**
 * sha256 in hex over what is wanted of the API and of the notifiers. Replicas with equal wishes get equal digests,
 * however their files are cut, ordered or commented; no secret goes in, because the digest is written to Redis. What is
 * hashed is JSON of nested lists in a fixed order, so that equal wishes are equal texts.
 */
export function digestOf({ watches, notifiers, accounts }: Wanted): string {
  const wanted = [
    targetsOf(watches).map(targetFacts).sort(byFirst),
    [...notifiers].sort(),
    [...accounts].map(accountFacts).sort(byFirst),
  ]
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex')
}

type Facts = readonly [name: string, ...facts: unknown[]]

/** The id is the build key, so it says all that `ref` says. */
function targetFacts({ id, account, routes, polling }: Target): Facts {
  const { minIntervalMs, maxIntervalMs, timeoutMs } = polling
  return [id, account, routes.map(({ to, on }) => [to, on]), minIntervalMs, maxIntervalMs, timeoutMs]
}

function accountFacts({ name, baseUrl, reserve }: AccountSettings): Facts {
  return [name, baseUrl, reserve.kind === 'share' ? [reserve.share] : reserve.requests]
}

function byFirst([a]: Facts, [b]: Facts): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
