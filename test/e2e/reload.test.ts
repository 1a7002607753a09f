/**
 * Watchlists and settings that change under a running daemon, in every way in which files change: what is good is in force
 * soon, what is bad leaves the last good one, and nobody else notices.
 */
import { appendFile, writeFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { type BuildPlan, keyOf, planBuild } from '../support/build-plans.js'
import type { DaemonProcess } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { foundInForce } from '../support/in-force.js'
import { inWorld, type World } from '../support/world.js'
import { DEFAULT_ROUTES, settingsText } from '../support/world-files.js'
import type { NotedReload } from '../support/world-reloads.js'
import {
  deletedAndCreated,
  linkSwapped,
  renamedOver,
  type WatchSource,
  type WayOfChange,
  writtenInHalves,
  writtenInPlace,
} from '../support/world-watchlists.js'

const CADENCE_MS = 500
const POLLING = { min_interval: `${CADENCE_MS}ms`, max_interval: `${CADENCE_MS}ms`, timeout: '5s' }
/** What stands still for a quarter of a second counts as changed; a machine that stalls may make it stand still. */
const SURELY_MOVING_MS = 200
const TEST_MS = 60_000

const STEADY = watchOf('steady')
const MOVING = watchOf('moving')
const ADDED = watchOf('added')

function watchOf(job: string): WatchSource {
  return { project: 'shop', job, notify: DEFAULT_ROUTES }
}

/** One after another at each job, so that whatever stops is missed. */
const PLANS: readonly BuildPlan[] = ['steady', 'moving', 'added'].flatMap((resource) =>
  [0, 3000, 6000, 9000].map((startsInMs) =>
    planBuild(`from-${startsInMs}`, {
      resource,
      startsInMs,
      branch: 'main',
      pullRequestId: null,
      steps: [{ status: 'BUILDING', forMs: 2500 }],
    }),
  ),
)

/** A daemon that follows two jobs, from two watchlists; nothing must be wrong in the end. */
async function whileRunning(test: (world: World, daemon: DaemonProcess) => Promise<void>): Promise<void> {
  const lists = { steady: [STEADY], moving: [MOVING] }
  await inWorld({ plans: PLANS, lists, polling: POLLING }, async (world) => {
    const daemon = world.start()
    await daemon.line('"watching"')
    await test(world, daemon)
    await world.settled(30_000)
    expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
    expect(daemon.isRunning()).toBe(true)
  })
}

function linesSince({ lines }: DaemonProcess, from: number): string[] {
  return lines.filter(({ at }) => at >= from).map(({ text }) => text)
}

function expectOneReading({ lines }: DaemonProcess, { from, until }: NotedReload): void {
  const read = lines.filter(({ at, text }) => at >= from && at <= until && text.includes('"msg":"reload'))
  expect(read.map(({ text }) => text)).toHaveLength(1)
}

function requestsTo(world: World, job: string, from: number): number {
  return world.api
    .exchanges()
    .filter(({ lists, startedAt }) => lists === `shop/jobs/${job}` && startedAt >= from).length
}

const WAYS: readonly (readonly [string, WayOfChange])[] = [
  ['renamed over', renamedOver],
  ['written in place', writtenInPlace],
  ['written in halves', writtenInHalves],
  ['deleted and created again', deletedAndCreated],
  ['swapped through a link', linkSwapped],
]

describe('a watchlist', () => {
  it.concurrent.each(WAYS)(
    'that is %s is in force in one step, twice in a row',
    async (_, way) => {
      await whileRunning(async (world, daemon) => {
        const added = await world.reload({ moving: [MOVING, ADDED] }, way)
        expect(added.inForce).toContain('shop/jobs/added')
        const taken = await world.reload({ moving: [MOVING] }, way)
        expect(taken.inForce).not.toContain('shop/jobs/added')
        // Half a file is no version: what stands still for a moment is read once.
        for (const reload of [added, taken])
          if (reload.changedAt - reload.from < SURELY_MOVING_MS) expectOneReading(daemon, reload)
      })
    },
    TEST_MS,
  )

  it.concurrent(
    'that was taken out stops within a second, and goes on where it was when it comes back',
    () =>
      whileRunning(async (world, daemon) => {
        const { from } = await world.reload({ moving: undefined })
        const swapped = daemon.lines.find(({ at, text }) => at >= from && text.includes('"msg":"reloaded"'))
        await after(3000)
        expect(requestsTo(world, 'moving', (swapped?.at ?? 0) + 1000)).toBe(0)
        expect(requestsTo(world, 'steady', (swapped?.at ?? 0) + 1000)).toBeGreaterThan(1)
        await world.reload({ moving: [MOVING] })
      }),
    TEST_MS,
  )

  it.concurrent(
    'that is bad keeps its last good version beside a good change, and the log names file, line and column',
    () =>
      whileRunning(async (world, daemon) => {
        const bad = 'watches:\n  - project: shop\n    jobb: moving\n'
        const { from, inForce } = await world.reload({ moving: bad, added: [ADDED] })
        expect(inForce).toContain('shop/jobs/moving')
        expect(inForce).toContain('shop/jobs/added')
        const said = linesSince(daemon, from).join('\n')
        expect(said).toMatch(/moving\.yaml:3:5\b/)
        expect(said).toContain('these watchlists are bad and stay as they were')
        const mended = await world.reload({ moving: [MOVING] })
        expect(linesSince(daemon, mended.from).join('\n')).not.toContain('these watchlists are bad')
      }),
    TEST_MS,
  )
})

describe('settings', () => {
  it.concurrent(
    'that are made bad keep everything as it was, until they are mended',
    () =>
      whileRunning(async (world, daemon) => {
        const { from } = await world.reloadAfter(() =>
          appendFile(world.settingsFile, 'pollling: { min_interval: 1s }\n'),
        )
        const said = linesSince(daemon, from).join('\n')
        expect(said).toMatch(/buildwatchd\.yaml:\d+:\d+/)
        expect(said).toContain('reload refused; everything stays as it was')
        const mended = await world.reloadAfter(() =>
          writeFile(world.settingsFile, settingsText(world.settings)),
        )
        expect(linesSince(daemon, mended.from).join('\n')).toContain('"msg":"reloaded; nothing is different"')
      }),
    TEST_MS,
  )

  it.concurrent(
    'that are bad keep a good change of a watchlist waiting',
    () =>
      whileRunning(async (world, daemon) => {
        await world.reloadAfter(() => appendFile(world.settingsFile, 'pollling: {}\n'))
        const changedAt = Date.now()
        await world.watchlists.change({ moving: [MOVING, ADDED] }, renamedOver)
        await eventually(
          () => linesSince(daemon, changedAt).some((line) => line.includes('reload refused')),
          {
            what: 'another refusal',
            withinMs: 10_000,
          },
        )
        expect(await foundInForce(await world.connect())).not.toContain('shop/jobs/added')
        const mended = await world.reloadAfter(() =>
          writeFile(world.settingsFile, settingsText(world.settings)),
        )
        expect(mended.inForce).toContain('shop/jobs/added')
      }),
    TEST_MS,
  )
})

describe('a daemon', () => {
  it.concurrent(
    'that gets SIGHUP reads its files at once, changed or not',
    () =>
      whileRunning(async (world, daemon) => {
        const { from } = await world.reloadAfter(() => daemon.signal('SIGHUP'))
        expect(linesSince(daemon, from).join('\n')).toContain('"msg":"reloaded; nothing is different"')
        const { inForce } = await world.reloadAfter(async () => {
          await world.watchlists.change({ moving: [ADDED] }, renamedOver)
          daemon.signal('SIGHUP')
        })
        expect(inForce).toContain('shop/jobs/added')
      }),
    TEST_MS,
  )

  it.concurrent(
    'tells the builds of a job that was added from then on, and no others',
    () =>
      whileRunning(async (world) => {
        await after(4500)
        const { from, until } = await world.reload({ added: [ADDED] })
        await world.settled(30_000)
        const { events } = await world.history()
        const told = events.filter(
          ({ concluded, build }) => concluded && build.startsWith('shop/jobs/added/'),
        )
        const ends = new Map(world.api.builds().map(({ key, concludedAt = 0 }) => [key, concludedAt]))
        const keys = PLANS.filter(({ resource }) => resource === 'added').map(keyOf)
        expect(told.map(({ build }) => build).filter((key) => (ends.get(key) ?? 0) < from)).toEqual([])
        expect(told.map(({ build }) => build)).toEqual(
          expect.arrayContaining(keys.filter((key) => (ends.get(key) ?? 0) > until)),
        )
      }),
    TEST_MS,
  )
})
