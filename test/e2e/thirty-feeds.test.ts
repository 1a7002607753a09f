/**
 * The promise of feeds: whoever names a job or a service hears of every build there, once and rightly, at the price of one
 * request for all of them. Builds arrive, overtake each other and are aborted, pull requests among them, while the
 * watchlists are changed again and again and the token is refused for a while; afterwards the offline checker holds what
 * is left against the truth.
 */
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { type PlannedFeeds, planFeeds } from '../support/feed-plans.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { groupBy, type History } from '../support/history-checker/history.js'
import { isMeantBy, resourceOf } from '../support/history-checker/wants.js'
import { type Seeded, seeded, sized } from '../support/seeded.js'
import { inWorld, type World, type WorldOptions } from '../support/world.js'
import { revokeFor } from '../support/world-faults.js'
import { itOnServer } from '../support/world-redis.js'
import {
  deletedAndCreated,
  type FileChanges,
  linkSwapped,
  renamedOver,
  type WatchSource,
  type WayOfChange,
  writtenInHalves,
  writtenInPlace,
} from '../support/world-watchlists.js'

const FEEDS = sized('feeds', { full: 30, reduced: 8 })
const BUILDS = sized('builds', { full: 300, reduced: 60 })
const RELOADS = sized('reloads', { full: 10, reduced: 4 })
const SPAN_MS = sized('ms of arrivals', { full: 42_000, reduced: 26_000 })
/** More than a page of them. */
const PAST = 130
const REVOKED_MS = 8000
const SETTLES_WITHIN_MS = 25_000
const TEST_MS = SPAN_MS + SETTLES_WITHIN_MS + 20_000
/** With one cadence for all, what a reload adds to it shows at once, and what gets would cost can be told. */
const CADENCE_MS = 500
const POLLING = { min_interval: `${CADENCE_MS}ms`, max_interval: `${CADENCE_MS}ms`, timeout: '5s' }
/** Builds that are still active are pushed to later pages. */
const PAGE = 10

interface Step {
  readonly changes: FileChanges
  readonly way?: WayOfChange
}

/** The feeds that are changed in the middle; all others must not notice. */
interface Touched {
  readonly moving: readonly WatchSource[]
  readonly added: WatchSource
  readonly linked: readonly WatchSource[]
}

function steps({ moving, added, linked }: Touched): Step[] {
  const every = moving.map((watch) => ({ ...watch, branches: ['**'], pull_requests: true }))
  const main = moving.map((watch) => ({ ...watch, branches: ['main'] }))
  return [
    { changes: { moving: [...moving, added] } },
    { changes: { moving: [...every, added] }, way: writtenInHalves },
    { changes: { moving: 'watches:\n  - { project: shop, jobb: nightly }\n', linked }, way: linkSwapped },
    { changes: { moving: main }, way: deletedAndCreated },
    { changes: { moving: [...main, added] }, way: writtenInPlace },
    { changes: { linked: [] }, way: linkSwapped },
    { changes: { linked }, way: linkSwapped },
    { changes: { moving: 'watches: [' }, way: writtenInPlace },
    { changes: { moving: undefined } },
    { changes: { moving }, way: renamedOver },
  ]
}

function worldOf(planned: PlannedFeeds, chance: Seeded): WorldOptions & { readonly touched: Touched } {
  const [moving, added, linked, ...steady] = planned.watches
  if (!moving || !added || !linked) throw new Error('too few feeds')
  const named = planned.builds.filter(({ resource }) => resource === 'feed-4').slice(0, 1)
  const builds = named.map(({ build }) => ({ project: 'shop', service: 'feed-4', build, notify: ['hook'] }))
  return {
    plans: planned.builds,
    lists: { steady: [...steady, ...builds], moving: [moving], linked: [linked] },
    seed: chance.seed,
    polling: POLLING,
    mostPerPage: PAGE,
    touched: { moving: [moving], added, linked: [{ ...linked, branches: ['main', 'release/*'] }] },
  }
}

/** Spread over the middle of the arrivals. */
async function reloadAgainAndAgain(world: World, touched: Touched, count: number): Promise<void> {
  for (const { changes, way } of steps(touched).slice(0, count)) {
    await after((SPAN_MS * 0.6) / count / 2)
    await world.reload(changes, way)
  }
}

/** What a get of each active build at the same cadence would have taken, if somebody had known the builds. */
function oneGetPerBuild({ builds, versions, exchanges }: History): number {
  const asked = groupBy(exchanges, ({ lists = '' }) => lists)
  const watches = versions.flatMap((version) => version.watches)
  return builds
    .filter((build) => watches.some((watch) => isMeantBy(watch, build)))
    .reduce((sum, { key, createdAt, concludedAt = createdAt }) => {
      const at = (asked.get(resourceOf(key)) ?? []).map(({ startedAt }) => startedAt)
      const [first, last] = [Math.min(...at), Math.max(...at)]
      const activeMs = concludedAt - Math.max(createdAt, first)
      // The last of them sees the end.
      return activeMs < 0 ? sum : sum + Math.ceil(activeMs / ((last - first) / (at.length - 1))) + 1
    }, 0)
}

function printFigures(name: string, history: History): void {
  const used = history.exchanges.length
  const gets = oneGetPerBuild(history)
  const figures = {
    'requests used': used,
    'one get per active build': gets,
    'saved, %': Math.round(100 * (1 - used / gets)),
    transitions: history.events.length,
    events: history.events.length + history.notices.length,
    reloads: history.reloads.length,
  }
  const cells = Object.entries(figures).map(([what, count]) => `${what}: ${count}`)
  process.stderr.write(`${name}: ${cells.join(' | ')}\n`)
}

async function expectNothingWrong(name: string, world: World): Promise<void> {
  await world.settled(SPAN_MS + SETTLES_WITHIN_MS)
  const history = await world.history()
  printFigures(name, history)
  expect(checkHistory(history).map(formatFinding)).toEqual([])
}

async function runThrough(name: string, more: Partial<WorldOptions> = {}): Promise<void> {
  const chance = seeded(name)
  const planned = planFeeds({ feeds: FEEDS, builds: BUILDS, spanMs: SPAN_MS, past: PAST }, chance)
  const { touched, ...options } = worldOf(planned, chance)
  await inWorld({ ...options, ...more }, async (world) => {
    const daemon = world.start()
    await daemon.line('"watching"')
    await Promise.all([
      reloadAgainAndAgain(world, touched, RELOADS),
      after(SPAN_MS * 0.25).then(() => revokeFor(world, REVOKED_MS)),
    ])
    await expectNothingWrong(name, world)
    expect(daemon.isRunning()).toBe(true)
  })
}

describe('feeds with arrivals, pull requests, pages, a revoked token and reloads', () => {
  it(
    'tell every build once and rightly, on the embedded engine',
    () => runThrough('thirty-feeds, embedded engine'),
    TEST_MS,
  )

  itOnServer(
    'tell every build once and rightly, on a server',
    (redis) => runThrough('thirty-feeds, redis-server', { redis }),
    TEST_MS,
  )

  it(
    'keep to a limit that is too small for their cadence, and still tell every build',
    async () => {
      const name = 'thirty-feeds, a tight limit'
      const chance = seeded(name)
      const planned = planFeeds({ feeds: FEEDS, builds: BUILDS, spanMs: SPAN_MS }, chance)
      const { touched, ...options } = worldOf(planned, chance)
      const windowMs = 4000
      const limit = 20 + Math.floor((FEEDS * windowMs) / CADENCE_MS / 2)
      await inWorld({ ...options, windowMs, limit }, async (world) => {
        await world.start().line('"watching"')
        await reloadAgainAndAgain(world, touched, 2)
        await expectNothingWrong(name, world)
        expect(world.api.windows().length).toBeGreaterThan(3)
      })
    },
    TEST_MS,
  )
})
