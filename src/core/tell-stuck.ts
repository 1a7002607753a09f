import { buildKey } from '../domain/build.js'
import { type StuckData, stuckEvent } from '../domain/event.js'
import { asKnown, routesFor, type SeenBuild } from '../domain/feed-news.js'
import type { BuildRecords, Clock, KnownDurations, Logger } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import type { Snapshot } from '../domain/snapshot.js'
import { type StuckRules, stuckBecause } from '../domain/stuck.js'
import type { Target } from '../domain/target.js'
import { isActive, type Known } from './known-builds.js'

export interface StuckPorts {
  readonly records: Pick<BuildRecords, 'durations' | 'tellStuck'>
  readonly stuckRules: StuckRules
  readonly clock: Clock
  readonly logger: Logger
}

interface RunningBuild extends SeenBuild {
  /** Of the watches that want it. */
  readonly routes: readonly Route[]
}

/** Tells, once for each, of the builds that are still running far beyond what their job has ever taken. */
export async function tellStuck(
  { target, known, snapshots }: { target: Target; known: Known; snapshots: readonly Snapshot[] },
  { records, stuckRules, clock, logger }: StuckPorts,
): Promise<void> {
  const running = snapshots.flatMap((snapshot) => runningBuild(snapshot, target, known))
  if (running.length === 0) return
  const durations = await records.durations(target.ref)
  const now = clock.now()
  for (const { routes, ...build } of running) {
    const facts = stuckFacts(build, { durations, rules: stuckRules, now })
    if (!facts) continue
    const event = stuckEvent(target.account, build.snapshot, facts)
    const { reason, ageMs, longestMs } = facts
    if (await records.tellStuck(event, routes))
      logger.warn(
        { build: event.subject, reason, ageMs, longestMs },
        'build seems to be stuck; it is watched on',
      )
  }
}

/** None when it has not been recorded, was told before, or no watch wants it any more. */
function runningBuild(snapshot: Snapshot, target: Target, { builds }: Known): RunningBuild[] {
  const recorded = builds.get(buildKey(snapshot.ref))?.recorded
  if (!recorded || !isActive(recorded) || recorded.stuck || snapshot.build.concluded === true) return []
  const routes = routesFor(asKnown({ snapshot, recorded }), target)
  return routes ? [{ snapshot, recorded, routes }] : []
}

function stuckFacts(
  { snapshot, recorded }: SeenBuild,
  { durations, rules, now }: { durations: KnownDurations; rules: StuckRules; now: number },
): Omit<StuckData, 'build' | 'observedAt'> | undefined {
  const { changedAt = now } = recorded
  const status = snapshot.build.status ?? recorded.status
  const ageMs = Math.max(0, now - (snapshot.createdAt ?? recorded.createdAt ?? changedAt))
  const inStatusMs = status === recorded.status ? Math.max(0, now - changedAt) : 0
  const reason = stuckBecause({ ageMs, status, inStatusMs, durations }, rules)
  if (!reason) return undefined
  const longest = durations.count === 0 ? {} : { longestMs: durations.longestMs }
  return { reason, status: status ?? null, ageMs, inStatusMs, ...longest }
}
