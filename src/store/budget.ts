/**
 * The account's allowance: one window and one token bucket in Redis, shared by all replicas and fed by the answers'
 * headers. All rules are in the two Lua files, because they must hold between replicas; this file hands them the present
 * time and reads their replies. Planned requests stay within limit − reserve per window, nothing goes past the limit, and
 * after a 429 nothing goes out before the reset.
 */
import type { Redis } from 'ioredis'
import type { Budget, Clock, Permit, Purpose, RateLimitFacts, Reserve } from '../domain/ports.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'
import { asList, asNumber } from './reply.js'
import { loadScript } from './script.js'

const TAKE_PERMIT = loadScript('take-permit')
const LEARN_LIMIT = loadScript('learn-limit')

/** Northflank's documented allowance, until an answer says otherwise. */
const ASSUMED_LIMIT = 1000
const ASSUMED_WINDOW_MS = 3_600_000
/** After this long a request without an answer has arrived or never will: far above any probe's deadline. */
const IN_FLIGHT_MS = 120_000
const LEAST_RESERVE = 20
/** What the bucket holds at most, as in `take-permit.lua`. */
const BURST_SHARE = 0.1
/** Arguments of both scripts. */
const ASSUMPTIONS = [ASSUMED_LIMIT, ASSUMED_WINDOW_MS, IN_FLIGHT_MS] as const
/** A longer reset is no "seconds to go" but some other unit: better ignored than obeyed. */
const LONGEST_RESET_MS = 86_400_000

export interface BudgetDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  readonly reserves: (account: string) => Reserve
  /** Told after a 429 was written, for an engine that saves on demand. */
  readonly onDurable?: () => void
}

/** How an account stands, for people and metrics. */
export interface Allowance {
  readonly limit: number
  /** Requests left in this window, those under way already taken off. */
  readonly remaining: number
  readonly resetAt: number
  /** Permits granted since the account was first seen. */
  readonly issued: number
  /** Requests of this window: ours, those under way included, and those of everyone else on the account. */
  readonly spentByUs: number
  readonly spentByOthers: number
  /** How full the bucket of planned requests is, 0 to 1. */
  readonly bucket: number
  /** Absent when the account is not blocked. */
  readonly blockedUntil?: number
}

export function createBudget({ redis, keys, clock, reserves, onDurable }: BudgetDeps) {
  const keysOf = (account: string) => [keys.budget(account), keys.permits(account)]

  async function take(account: string, purpose: Purpose, patienceMs = Infinity): Promise<Permit> {
    const reserve = reserves(account)
    const reply = await TAKE_PERMIT.run(redis, {
      keys: keysOf(account),
      args: [
        clock.now(),
        purpose,
        reserve.kind,
        reserveValue(reserve),
        ...ASSUMPTIONS,
        Number.isFinite(patienceMs) ? patienceMs : '',
      ],
    })
    return readPermit(asList(reply))
  }

  async function learn(account: string, permitNumber: number, facts: RateLimitFacts): Promise<void> {
    const { limit, remaining, resetInMs, throttled } = plausible(facts)
    const said = [limit ?? '', remaining ?? '', resetInMs ?? '']
    const blocked = await LEARN_LIMIT.run(redis, {
      keys: keysOf(account),
      args: [clock.now(), permitNumber, ...said, throttled ? '1' : '', ...ASSUMPTIONS],
    })
    if (asNumber(blocked) === 1) onDurable?.()
  }

  /** `undefined` before the first permit. */
  async function read(account: string): Promise<Allowance | undefined> {
    const [fields, inFlight] = await redisCall(`read the budget of ${account}`, () =>
      Promise.all([redis.hgetall(keys.budget(account)), redis.zrange(keys.permits(account), '0', '-1')]),
    )
    return fields['issued'] === undefined
      ? undefined
      : allowanceOf(fields, inFlight, { now: clock.now(), reserve: reserves(account) })
  }

  return { take, learn, read } satisfies Budget & { read: typeof read }
}

function allowanceOf(
  fields: Readonly<Record<string, string>>,
  inFlight: readonly string[],
  { now, reserve }: { readonly now: number; readonly reserve: Reserve },
): Allowance {
  const count = (name: string): number => Number(fields[name] ?? 0)
  const limit = Number(fields['limit'] ?? ASSUMED_LIMIT)
  const resetAt = count('resetAt')
  const isOver = now >= resetAt
  const used = isOver ? 0 : count('used')
  const ours = isOver ? 0 : count('ours')
  // What is under way the server has not counted yet.
  const uncounted = inFlight.filter((number) => Number(number) > count('issuedBefore')).length
  const blockedUntil = count('blockedUntil')
  const remaining = Math.max(0, limit - used - inFlight.length)
  return {
    limit,
    remaining,
    resetAt,
    issued: count('issued'),
    spentByUs: ours,
    spentByOthers: Math.max(0, used - Math.max(0, ours - uncounted)),
    bucket: isOver
      ? 1
      : bucketOf(fields, { limit, now, spendable: remaining - reservedRequests(reserve, limit) }),
    ...(blockedUntil > now ? { blockedUntil } : {}),
  }
}

/** Refilled since it was last used, by the rule of `take-permit.lua`; full before its first use. */
function bucketOf(
  { tokens, refilledAt, resetAt }: Readonly<Record<string, string>>,
  { limit, now, spendable }: { readonly limit: number; readonly now: number; readonly spendable: number },
): number {
  if (tokens === undefined) return 1
  const rate = Math.max(0, spendable) / Math.max(1, Number(resetAt) - now)
  const gained = Math.max(0, now - Number(refilledAt)) * rate
  return Math.min(1, (Number(tokens) + gained) / Math.max(1, limit * BURST_SHARE))
}

/** Requests of a window that planned ones leave alone; the rule is that of `take-permit.lua`. */
export function reservedRequests(reserve: Reserve, limit: number): number {
  const wanted = reserve.kind === 'share' ? Math.ceil(limit * reserve.share) : reserve.requests
  return Math.min(Math.max(wanted, LEAST_RESERVE), Math.floor(limit / 2))
}

function reserveValue(reserve: Reserve): number {
  return reserve.kind === 'share' ? reserve.share : reserve.requests
}

function readPermit([kind, detail, inMs]: readonly unknown[]): Permit {
  if (kind === 'granted') return { kind, number: asNumber(detail) }
  if (detail === 'pace' || detail === 'budget' || detail === 'throttled')
    return { kind: 'denied', because: detail, inMs: asNumber(inMs) }
  throw new TypeError(`take-permit.lua answered ${String(kind)} ${String(detail)}`)
}

/** Headers pass through proxies: nonsense counts as absent. */
function plausible(facts: RateLimitFacts): RateLimitFacts {
  const { limit, remaining, resetInMs, throttled } = facts
  return {
    throttled,
    ...(isCount(limit) && limit > 0 ? { limit } : {}),
    ...(isCount(remaining) ? { remaining } : {}),
    ...(resetInMs !== undefined && resetInMs >= 0 && resetInMs <= LONGEST_RESET_MS ? { resetInMs } : {}),
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0
}
