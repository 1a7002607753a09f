/**
 * How everything stands, for people: what the `status` command shows. Read in few round trips, page by page, so that ten
 * thousand targets take well under a second and hold nobody up. Instants are epoch ms, durations ms; what is not known is
 * absent. Nothing in it is secret.
 */
import type { Redis } from 'ioredis'
import { resourceKey } from '../domain/build.js'
import type { LineHead } from '../domain/line.js'
import type { Clock } from '../domain/ports.js'
import type { Pacing, Target } from '../domain/target.js'
import { accountSubject, type TroubleRecord } from '../domain/trouble.js'
import type { Allowance } from './budget.js'
import { type Heartbeat, readHeartbeats } from './heartbeat.js'
import type { Keys } from './keys.js'
import { readLines } from './line-heads.js'
import { scanMembers } from './scan.js'
import { type ActiveBuildFacts, readActiveBuilds } from './status-builds.js'
import { type Overview, readOverview } from './status-overview.js'
import type { StoredTarget } from './target-hash.js'
import { readTroubles } from './troubles.js'
import { wantedTargets } from './wanted-targets.js'

export interface StatusMeans {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
  readonly budget: { read(account: string): Promise<Allowance | undefined> }
}

export interface StatusFacts extends Omit<Overview, 'accounts'> {
  readonly at: number
  /** Those that have a sign of life. */
  readonly replicas: readonly Heartbeat[]
  readonly accounts: readonly AccountFacts[]
  readonly targets: readonly TargetFacts[]
  readonly activeBuilds: readonly ActiveBuildFacts[]
  /** Builds that watches name and that cannot be seen through the feed of their job or service. */
  readonly unseenBuilds: readonly { readonly key: string; readonly trouble: TroubleRecord }[]
  readonly lines: readonly LineFacts[]
}

/** Nothing is known of the allowance before the first request. */
interface AccountFacts extends Partial<Allowance> {
  readonly account: string
  readonly trouble?: TroubleRecord
  /** What one request must save of waiting, in seconds. */
  readonly requestPriceS?: number
}

interface TargetFacts extends Omit<Pacing, 'polls' | 'errors' | 'readAt' | 'claim'> {
  readonly id: string
  readonly kind: Target['kind']
  readonly account: string
  readonly state: StoredTarget['state']
  /** Since the last good one. */
  readonly failedProbes: number
  readonly activeBuilds: number
  /** Its trouble, or its present run of failed probes. */
  readonly trouble?: TroubleRecord
}

/** The newest build of a line that passed or failed, and the row that it ends. */
interface LineFacts extends Pick<LineHead, 'build' | 'result' | 'outcome' | 'consecutive' | 'sinceAt'> {
  readonly resource: string
  readonly line: string
}

/** Rejects as every Redis call does. */
export async function readStatus(means: StatusMeans): Promise<StatusFacts> {
  const at = means.clock.now()
  const [{ accounts, ...overview }, replicas, targets, named] = await Promise.all([
    readOverview(means),
    readHeartbeats(means),
    readTargets(means),
    scanMembers(means.redis, means.keys.named),
  ])
  const resources = [...new Set(targets.map(({ target }) => resourceKey(target.ref)))]
  const [builds, lines] = await Promise.all([
    readActiveBuilds(resources, at, means),
    describeLines(resources, means),
  ])
  const ids = new Set(targets.map(({ target }) => target.id))
  const followed = [...named].filter((key) => !ids.has(key))
  const owners = [...new Set([...accounts, ...targets.map(({ target }) => target.account)])].sort()
  const troubleOf = await lookUpTroubles(
    [...owners.map(accountSubject), ...ids, ...followed, ...builds.map(({ key }) => key)],
    means,
  )
  return {
    at,
    ...overview,
    replicas,
    accounts: await describeAccounts(owners, troubleOf, means),
    targets: describeTargets(targets, builds, troubleOf),
    activeBuilds: builds.map((build) => ({ ...build, ...troubleOf(build.key) })),
    unseenBuilds: followed.sort().flatMap((key) => {
      const { trouble } = troubleOf(key)
      return trouble ? [{ key, trouble }] : []
    }),
    lines,
  }
}

async function readTargets(means: StatusMeans): Promise<StoredTarget[]> {
  const targets: StoredTarget[] = []
  for await (const target of wantedTargets(means)) targets.push(target)
  return targets.sort((a, b) => (a.target.id < b.target.id ? -1 : 1))
}

type TroubleOf = (subject: string) => { readonly trouble?: TroubleRecord }

/** Those that tell of something; most are empty. */
async function lookUpTroubles(subjects: readonly string[], means: StatusMeans): Promise<TroubleOf> {
  const records = await readTroubles(subjects, means)
  const known = new Map<string, TroubleRecord>()
  records.forEach((record, at) => {
    if (record.trouble !== undefined || record.failing !== undefined) known.set(subjects[at] ?? '', record)
  })
  return (subject) => {
    const trouble = known.get(subject)
    return trouble ? { trouble } : {}
  }
}

async function describeAccounts(
  accounts: readonly string[],
  troubleOf: TroubleOf,
  { budget }: StatusMeans,
): Promise<AccountFacts[]> {
  const allowances = await Promise.all(accounts.map((account) => budget.read(account)))
  return accounts.map((account, at) => ({
    account,
    ...allowances[at],
    ...troubleOf(accountSubject(account)),
  }))
}

function describeTargets(
  targets: readonly StoredTarget[],
  builds: readonly ActiveBuildFacts[],
  troubleOf: TroubleOf,
): TargetFacts[] {
  const active = new Map<string, number>()
  for (const { key, resource } of builds)
    for (const id of [key, resource]) active.set(id, (active.get(id) ?? 0) + 1)
  return targets.map(({ target: { id, kind, account }, pacing, state }) => {
    const { polls: _, errors, readAt: __, claim: ___, ...told } = pacing
    const activeBuilds = active.get(id) ?? 0
    return { id, kind, account, state, failedProbes: errors, ...told, activeBuilds, ...troubleOf(id) }
  })
}

async function describeLines(resources: readonly string[], means: StatusMeans): Promise<LineFacts[]> {
  const lines = await readLines(resources, means)
  return lines.map(({ resource, line, head: { build, result, outcome, consecutive, sinceAt } }) => ({
    resource,
    line,
    build,
    result,
    outcome,
    consecutive,
    sinceAt,
  }))
}
