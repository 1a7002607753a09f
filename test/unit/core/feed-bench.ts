import { buildKey } from '../../../src/domain/build.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import type { FeedTarget } from '../../../src/domain/target.js'
import { createMemoryBudget, MEMORY_START_AT } from '../../support/memory-ports.js'
import { FEED_ID, feedOf, refOf } from './fixtures.js'
import { watchBench } from './watch-bench.js'

const MINUTE = 60_000

/** Minutes after the start of the test, as the API tells instants. */
export function createdAt(minutes: number): string {
  return new Date(MEMORY_START_AT + minutes * MINUTE).toISOString()
}

function concludedAt(minutes: number): number {
  return (MEMORY_START_AT + minutes * MINUTE) / 1000
}

export function running(id: string, minutes: number, facts: Partial<ApiBuild> = {}): ApiBuild {
  return { id, status: 'BUILDING', concluded: false, branch: 'main', createdAt: createdAt(minutes), ...facts }
}

/** Created a minute before it ended. */
export function ended(id: string, minutes: number, facts: Partial<ApiBuild> = {}): ApiBuild {
  const end = { status: 'SUCCESS', concluded: true, success: true, buildConcludedAt: concludedAt(minutes) }
  return { ...running(id, minutes - 1), ...end, ...facts }
}

export const keyOf = (build: string): string => buildKey(refOf(build))

/** A watched job. */
export function feedBench(feed: FeedTarget = feedOf(), budget = createMemoryBudget()) {
  const bench = watchBench({ targets: [feed], budget })
  return {
    ...bench,
    /** The watchlists ask for this now. */
    reload: (changed: FeedTarget) =>
      bench.targets.publish({ digest: 'next', targets: [changed], accountRoutes: new Map(), notifiers: [] }),
    afterMinutes: (minutes: number) => bench.clock.advance(minutes * MINUTE),
    pacing: () => bench.targets.pacingOf(FEED_ID),
    /** Notifiers that the event of this id may go to. */
    routesOf: (id: string): string[] | undefined =>
      bench.records.log.find(({ event }) => event.id === `${FEED_ID}/${id}`)?.routes.map(({ to }) => to),
  }
}

type Polled = Pick<ReturnType<typeof watchBench>, 'clock' | 'poll' | 'troubles'>

/** Polls, each so long after the one before. */
export async function pollAfter({ clock, poll }: Polled, ...pausesMs: number[]): Promise<void> {
  for (const ms of pausesMs) {
    clock.advance(ms)
    await poll()
  }
}

/** The ids of what has been told of troubles, in order. */
export function troublesOf({ troubles }: Polled): string[] {
  return troubles.told.map(({ event }) => event.id)
}
