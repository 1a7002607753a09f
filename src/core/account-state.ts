/** What planning knows of an account as a whole, as all replicas share it. */
import type { PlanningStore } from '../domain/ports.js'
import { type AccountPrior, FRESH_PRIOR } from '../planning/account-prior.js'
import { NOBODY_ELSE, type Others } from '../planning/others.js'
import { FIRST_PRICE, type PriceState } from '../planning/price.js'

export interface AccountState {
  readonly prior: AccountPrior
  readonly price: PriceState
  readonly others: Others
  /** Mean urgency of the plans that follow builds. */
  readonly usualUrgency: number
  /** Requests that had been used of the window when the price was set last. */
  readonly used: number
}

const FRESH: AccountState = {
  prior: FRESH_PRIOR,
  price: FIRST_PRICE,
  others: NOBODY_ELSE,
  usualUrgency: 0,
  used: 0,
}

/** As JSON too, for whoever is going to change it. */
export interface HeldState {
  readonly state: AccountState
  readonly held: string | undefined
}

export async function readState(
  account: string,
  { account: read }: Pick<PlanningStore, 'account'>,
): Promise<HeldState> {
  const held = await read(account)
  return { held, state: held === undefined ? FRESH : stateOf(held) }
}

/**
 * Another version may have written it, or written half of it. What is missing or no number is as at the beginning, for a price
 * that is none would end all pauses; what is not known here is kept for who knows it.
 */
function stateOf(held: string): AccountState {
  const state = soundOr(FRESH, parsed(held))
  const { priceS, evenStepS, idleStepS } = state.price
  return Math.min(priceS, evenStepS, idleStepS) > 0 ? state : { ...state, price: FRESH.price }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function soundOr<T>(fresh: T, held: unknown): T
function soundOr(fresh: unknown, held: unknown): unknown {
  if (typeof fresh !== 'object' || fresh === null) return Number.isFinite(held) ? held : fresh
  const known = Object.fromEntries(typeof held === 'object' && held !== null ? Object.entries(held) : [])
  const sound = Object.entries(fresh).map(([name, value]) => [name, soundOr(value, known[name])])
  return { ...known, ...Object.fromEntries(sound) }
}

/** What one request must save of waiting at present, in seconds; `undefined` before anything was learned. */
export async function priceOf(
  account: string,
  store: Pick<PlanningStore, 'account'>,
): Promise<number | undefined> {
  const { state, held } = await readState(account, store)
  return held === undefined || state.price.rounds === 0 ? undefined : state.price.priceS
}

/** Others change other parts of it at the same time. */
const MOST_TRIES = 5

/** `change` may answer that there is nothing to do any more. What could not be changed in time is left: the next change says more. */
export async function changeState(
  account: string,
  store: Pick<PlanningStore, 'account' | 'swapAccount'>,
  change: (state: AccountState) => AccountState | undefined,
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { state, held } = await readState(account, store)
    const next = change(state)
    if (!next || (await store.swapAccount(account, held, JSON.stringify(next)))) return
  }
}
