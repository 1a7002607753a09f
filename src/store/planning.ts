/**
 * What planning goes by, shared by all replicas: how long the builds of a job have taken, which are followed, what its plans
 * claim of the account's budget, and the account's own state, whose form is known to the planner alone.
 */
import type { Redis } from 'ioredis'
import { type ResourceRef, resourceKey } from '../domain/build.js'
import type { BudgetStanding, Claim, Claims, JobFacts } from '../domain/cadence.js'
import type { Clock, PlanningStore, Reserve } from '../domain/ports.js'
import { type createBudget, reservedRequests } from './budget.js'
import type { Keys } from './keys.js'
import { repliesOf } from './pipeline.js'
import { readEach } from './read-each.js'
import { redisCall } from './redis-failure.js'
import { asList, asNumber, asText } from './reply.js'
import { scanScores } from './scan.js'
import { loadScript } from './script.js'
import { storedClaim } from './target-hash.js'

const SWAP = loadScript('swap-fields')

/** Since it was written last: of an account that nobody watches any more. */
const KEPT_MS = 180 * 86_400_000

export interface PlanningDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  readonly budget: Pick<ReturnType<typeof createBudget>, 'read'>
  readonly reserves: (account: string) => Reserve
}

export function createPlanningStore({ redis, keys, clock, budget, reserves }: PlanningDeps): PlanningStore {
  async function job(ref: ResourceRef & { readonly build?: string }): Promise<JobFacts> {
    const resource = resourceKey(ref)
    const active = keys.active(resource)
    const batch = redis.pipeline().zrevrange(keys.durations(resource), '0', '-1', 'WITHSCORES')
    const { build } = ref
    // One job may have thousands of builds that are watched one by one.
    if (build === undefined) batch.zrange(active, '0', '-1', 'WITHSCORES')
    else batch.zscore(active, build)
    const [durations, followed] = await redisCall(`read what is known of ${resource}`, () => repliesOf(batch))
    return { ended: pairsOf(durations).map(endedOf), active: followedOf(followed, build) }
  }

  async function account(name: string): Promise<string | undefined> {
    const key = keys.planning(name)
    return (await redisCall(`read ${key}`, () => redis.hget(key, 'state'))) ?? undefined
  }

  async function swapAccount(name: string, before: string | undefined, next: string): Promise<boolean> {
    const key = keys.planning(name)
    const swapped =
      before === undefined
        ? await redisCall(`write ${key}`, () => redis.hsetnx(key, 'state', next))
        : await SWAP.run(redis, { keys: [key], args: ['state', before, next] })
    await redisCall(`write ${key}`, () => redis.pexpire(key, KEPT_MS))
    return asNumber(swapped) === 1
  }

  async function claims(name: string): Promise<Claims> {
    const open = [...(await scanScores(redis, keys.openTargets)).keys()]
    const replies = await readEach(redis, open.map(keys.target), ['hget', 'claim'])
    return sumOf(replies.flatMap(claimOf).filter((claim) => claim.account === name))
  }

  async function standing(name: string): Promise<BudgetStanding | undefined> {
    const allowance = await budget.read(name)
    if (!allowance) return undefined
    const { limit, remaining, resetAt, spentByUs, spentByOthers, bucket } = allowance
    return {
      limit,
      remaining,
      bucket,
      resetInMs: Math.max(0, resetAt - clock.now()),
      reserve: reservedRequests(reserves(name), limit),
      used: spentByUs + spentByOthers,
      ours: spentByUs,
    }
  }

  return { job, account, swapAccount, claims, standing }
}

function pairsOf(reply: unknown): [member: string, score: number][] {
  const flat = asList(reply)
  return Array.from({ length: flat.length / 2 }, (_, at) => [
    asText(flat[2 * at]),
    asNumber(flat[2 * at + 1]),
  ])
}

function followedOf(reply: unknown, build: string | undefined): JobFacts['active'] {
  if (build === undefined) return pairsOf(reply).map(activeOf)
  return reply === null ? [] : [activeOf([build, asNumber(reply)])]
}

function endedOf([member, createdAt]: [string, number]): JobFacts['ended'][number] {
  return { createdAt, durationMs: Number(member.slice(0, member.indexOf(':'))) }
}

function activeOf([build, createdAt]: [string, number]): JobFacts['active'][number] {
  return createdAt === 0 ? { build } : { build, createdAt }
}

function claimOf(reply: unknown): Claim[] {
  const claim = reply === null ? undefined : storedClaim(asText(reply))
  return claim ? [claim] : []
}

function sumOf(claims: readonly Claim[]): Claims {
  const following = claims.filter(({ active }) => active > 0)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    appetite: sum(claims.map(({ appetite }) => appetite)),
    fixedPerS: sum(claims.map(({ fixedPerS }) => fixedPerS)),
    urgency: sum(following.map(({ urgency }) => urgency)) / Math.max(1, following.length),
    active: following.length,
    idle: claims.length - following.length,
  }
}
