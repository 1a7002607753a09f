/** The simulated Northflank of a world, and what it knows as the history checker wants it. */
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js'
import { type BuildPlan, keyOf } from './build-plans.js'
import type { BuildTruth, Exchange, RequestWindow, ServedAnswer } from './history-checker/history.js'
import { API_TOKEN } from './world-files.js'

export interface WorldApi {
  readonly url: string
  readonly simulator: Simulator
  /** All builds that there are by now. */
  builds(): BuildTruth[]
  /** Answers that showed a build, whole and in a form that is to be believed. */
  answers(): ServedAnswer[]
  exchanges(): Exchange[]
  windows(): RequestWindow[]
}

export interface WorldApiOptions {
  readonly plans: readonly BuildPlan[]
  readonly seed: number
  /** Requests per window. */
  readonly limit: number
  readonly windowMs: number
  readonly answerDelayMs: number
  /** Builds on one page of a list at most. */
  readonly mostPerPage: number
}

type Served = ReturnType<Simulator['served']>[number]

/** Faults that leave a build in the answer which must be recorded as it stands there. */
const HONEST_FAULTS = new Set([
  'late',
  'drip',
  'regression',
  'contradiction',
  'missing_fields',
  'conclusion_unit',
])

export async function startWorldApi({
  plans,
  seed,
  limit,
  windowMs,
  answerDelayMs,
  mostPerPage,
}: WorldApiOptions): Promise<WorldApi> {
  const builds = plans.map(
    ({ project, kind, resource, build, steps, end, startsInMs, branch, pullRequestId }) => ({
      ref: { project, kind, resource, build },
      ...{ steps, end, startsInMs, branch, pullRequestId },
    }),
  )
  const outcomes = new Map(plans.map((plan) => [keyOf(plan), plan.outcome]))
  const options = { seed, limit, windowMs, mostPerPage, builds, tokens: [API_TOKEN] }
  const simulator = await startSimulator(options)
  if (answerDelayMs > 0) simulator.fault({ kind: 'late', delayMs: answerDelayMs })
  return {
    url: simulator.url,
    simulator,
    builds: () => truths(simulator, outcomes),
    answers: () => answersOf(simulator.served()),
    exchanges: () => simulator.served().map(exchangeOf),
    windows: () =>
      simulator
        .requests()
        .filter(({ account }) => account === ACCOUNT)
        .map((window) => ({ ...window, limit, reserve: reserveOf(limit) })),
  }
}

/** Requests with an unknown token, or none, are counted apart and never limited. */
const ACCOUNT = 'default'

/** A tenth, as the settings have it, but never under 20 requests nor over half of all. */
function reserveOf(limit: number): number {
  return Math.min(Math.max(Math.ceil(limit / 10), 20), Math.floor(limit / 2))
}

/** The simulator owns the instants, whoever planned a build its outcome. */
function truths(simulator: Simulator, outcomes: ReadonlyMap<string, string>): BuildTruth[] {
  const now = Date.now()
  return simulator
    .builds()
    .filter(({ createdAt }) => createdAt <= now)
    .map(({ key, branch, pullRequestId, createdAt, concludedAt, outcome }) => ({
      key,
      branch,
      ...(pullRequestId === null ? {} : { pullRequestId }),
      createdAt,
      ...(concludedAt <= now ? { concludedAt, outcome: outcomes.get(key) ?? outcome } : {}),
    }))
}

const LIST = /^\/v1\/projects\/([^/]+\/(?:jobs|services)\/[^/]+)\/build(?:\?(.*))?$/

function exchangeOf({ path, account, startedAt, at: endedAt, status, complete, faults }: Served): Exchange {
  const lists = LIST.exec(path)
  const isFirstPage = lists && !/\bcursor=|\bpage=(?!1\b)/.test(lists[2] ?? '')
  return {
    startedAt,
    endedAt,
    status,
    good: status === 200 && complete && faults.every((kind) => HONEST_FAULTS.has(kind)),
    ...(account === undefined ? {} : { account }),
    ...(isFirstPage ? { lists: lists[1] ?? '' } : {}),
    ...(path.startsWith('/v1/auth') ? { aside: true } : {}),
  }
}

/** Of a list each build is one answer. What began with the same first page was read by one probe. */
function answersOf(served: readonly Served[]): ServedAnswer[] {
  const probes = new Map<string, number>()
  return served.flatMap((each) => {
    const { good, lists, startedAt, endedAt } = exchangeOf(each)
    if (lists !== undefined) probes.set(lists, startedAt)
    const resource = LIST.exec(each.path)?.[1]
    const probeAt = resource === undefined ? startedAt : (probes.get(resource) ?? startedAt)
    if (!good) return []
    return each.builds.map(({ key, status, concluded = false }) => ({
      build: key,
      startedAt,
      endedAt,
      concluded,
      probeAt,
      ...(status === undefined ? {} : { status }),
    }))
  })
}
