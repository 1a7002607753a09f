/**
 * When to ask next, learned: what is known of the job, what the account's requests cost at present, and the planner, which
 * makes of them a pause. What the account shares is read once in a while, not with each probe.
 */
import { type BuildKey, buildKey, resourceKey } from '../domain/build.js'
import type { JobFacts, NextProbe } from '../domain/cadence.js'
import type { Cadence, Clock, PlanningStore, Random, WatchedTarget } from '../domain/ports.js'
import type { Pacing, Target } from '../domain/target.js'
import { learnedPrior } from '../planning/account-prior.js'
import { patienceMs } from '../planning/governor.js'
import { type ActiveBuild, createPlanner, type JobHistory, type Outlook } from '../planning/planner.js'
import { type AccountState, changeState, readState } from './account-state.js'

export interface LearnedCadencePorts {
  readonly planning: PlanningStore
  readonly clock: Clock
  readonly random: Random
}

export function createLearnedCadence({ planning, clock, random }: LearnedCadencePorts): Cadence {
  const planner = createPlanner()
  const stateOf = createRecentStates(planning, clock)

  async function plan(watched: WatchedTarget, known: Omit<Known, 'state'>): Promise<NextProbe> {
    const { account } = watched.target
    const outlook = outlookOf(watched, { ...known, state: await stateOf(account) })
    const { inMs, why, reconsiderInMs, appetite, fixedPerS, urgency } = planner.next({
      ...outlook,
      random: random(),
    })
    const claim = { account, appetite, fixedPerS, urgency, active: outlook.active.length }
    return { inMs, why, claim, ...(reconsiderInMs === undefined ? {} : { reconsiderInMs }) }
  }

  return {
    async next(watched, bornAt) {
      const now = clock.now()
      return plan(watched, { job: await planning.job(watched.target.ref), bornAt, now })
    },
    async reconsider(watched) {
      const { answeredAt } = watched.pacing
      if (answeredAt === undefined) return undefined
      const job = await planning.job(watched.target.ref)
      // How old they are only the answer has told; what was planned with it holds.
      const areAgeless = followedBy(watched.target, job.active).some((each) => each.createdAt === undefined)
      return areAgeless
        ? asPlanned(watched.pacing)
        : plan(watched, { job, bornAt: NOBODY_KNOWS, now: answeredAt })
    },
    async learn(account, durationsMs) {
      if (durationsMs.length === 0) return
      await changeState(account, planning, (state) => ({
        ...state,
        prior: durationsMs.reduce(learnedPrior, state.prior),
      }))
    },
    async patience({ target, pacing }) {
      const { usualUrgency: usual } = await stateOf(target.account)
      const own = pacing.claim?.urgency ?? 0
      return Math.round(patienceMs({ own, usual }) * (1 - JITTER + 2 * JITTER * random()))
    },
  }
}

/** Those who were sent away together must not come back together. */
const JITTER = 0.1

type BornAt = ReadonlyMap<BuildKey, number>

const NOBODY_KNOWS: BornAt = new Map()

interface Known {
  readonly job: JobFacts
  readonly state: AccountState
  readonly bornAt: BornAt
  readonly now: number
}

function outlookOf(
  { target, pacing }: WatchedTarget,
  { job, state, bornAt, now }: Known,
): Omit<Outlook, 'random'> {
  const born = (build: string): number => bornAt.get(buildKey({ ...target.ref, build })) ?? now
  return {
    kind: target.kind,
    job: historyOf(resourceKey(target.ref), job.ended),
    active: followedBy(target, job.active).map(
      ({ build, createdAt = born(build) }): ActiveBuild => ({ id: build, createdAt }),
    ),
    watchedSince: pacing.watchedSince ?? now,
    startsTold: false,
    prior: state.prior,
    market: state.price,
    rails: target.polling,
    weight: target.weight ?? 1,
    now,
  }
}

function followedBy(target: Target, active: JobFacts['active']): JobFacts['active'] {
  if (target.kind === 'feed') return active
  const { build } = target.ref
  return [active.find((each) => each.build === build) ?? { build }]
}

function asPlanned({ answeredAt, nextProbeAt, why, claim }: Pacing): NextProbe | undefined {
  if (answeredAt === undefined || nextProbeAt === undefined || why === undefined) return undefined
  return { inMs: nextProbeAt - answeredAt, why, ...(claim === undefined ? {} : { claim }) }
}

/** Ended builds come newest first; a build more, or another one, is another version. */
function historyOf(id: string, builds: JobHistory['builds']): JobHistory {
  const [newest] = builds
  const sum = builds.reduce((total, { durationMs }) => total + durationMs, 0)
  return { id, version: `${builds.length} ${newest?.createdAt ?? 0} ${sum}`, builds }
}

const RECENT_MS = 2000

function createRecentStates(
  planning: PlanningStore,
  clock: Clock,
): (account: string) => Promise<AccountState> {
  const recent = new Map<string, { readonly at: number; readonly state: Promise<AccountState> }>()
  return (account) => {
    const known = recent.get(account)
    if (known && Math.abs(clock.now() - known.at) < RECENT_MS) return known.state
    const state = readState(account, planning).then((read) => read.state)
    recent.set(account, { at: clock.now(), state })
    // Whoever comes next asks anew.
    state.catch(() => recent.delete(account))
    return state
  }
}
