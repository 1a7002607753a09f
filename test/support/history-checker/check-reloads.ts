/**
 * I10: what is in force is what the newest valid files ask for, and a change of some watches is none of the others': their
 * feeds are asked no sooner than they would have been.
 */
import {
  type Exchange,
  type Finding,
  faultsAround,
  groupBy,
  type History,
  type Reload,
  type WatchTruth,
} from './history.js'

export function checkReloads(history: History): Finding[] {
  return [...history.reloads.flatMap(checkInForce), ...checkUntouched(history)]
}

function checkInForce({ asked, inForce }: Reload, at: number): Finding[] {
  if (asked === inForce) return []
  const subject = `reload ${at + 1}`
  const detail = `in force is ${inForce}, the newest valid files ask for ${asked}`
  return [{ invariant: 'I10', kind: 'mismatch', where: 'configuration', subject, detail }]
}

/** Clocks tick in whole milliseconds on both sides. */
const TICK_MS = 2

function checkUntouched(history: History): Finding[] {
  const asked = groupBy(
    history.exchanges.filter(({ lists }) => lists !== undefined),
    ({ lists = '' }) => lists,
  )
  return [...untouched(history)].flatMap(([feed, minIntervalMs]) => {
    const requests = (asked.get(feed) ?? []).toSorted((a, b) => a.startedAt - b.startedAt)
    const early = requests.find((request, at) =>
      isTooSoon(requests[at - 1], request, { minIntervalMs, history }),
    )
    if (!early) return []
    const detail = 'asked at once because of a reload of others'
    return [{ invariant: 'I10', kind: 'unexpected', where: 'requests', subject: feed, detail }]
  })
}

/** What came after a failed request is another try, what came after a fault a new beginning. */
function isTooSoon(
  before: Exchange | undefined,
  request: Exchange,
  { minIntervalMs, history }: { minIntervalMs: number; history: History },
): boolean {
  if (!before?.good || request.startedAt - before.startedAt >= minIntervalMs - TICK_MS) return false
  const between = { from: before.startedAt, until: request.startedAt }
  const isNearReload = history.reloads.some(
    ({ from, until }) => from <= request.startedAt && until + minIntervalMs >= before.startedAt,
  )
  return isNearReload && faultsAround(between, history.faults).length === 0
}

/** The feeds whose watches are the same in all versions, and the least pause between two of their probes. */
function untouched({ versions }: History): Map<string, number> {
  const all = versions.map(({ watches }) => groupBy(watches, ({ resource }) => resource))
  const [first = new Map<string, WatchTruth[]>()] = all
  const isSame = (resource: string, watches: readonly WatchTruth[]): boolean =>
    all.every((version) => JSON.stringify(version.get(resource)) === JSON.stringify(watches))
  return new Map(
    [...first]
      .filter(([resource, watches]) => isSame(resource, watches))
      .map(([resource, watches]) => [resource, Math.min(...watches.map((watch) => watch.minIntervalMs))]),
  )
}
