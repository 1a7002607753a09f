/** Whatever becomes of Redis under a running daemon: it stays up, says little, loses no outcome. The tests wait side by side. */
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect } from '@jest/globals'
import { type BuildPlan, keyOf, planBuild } from '../support/build-plans.js'
import type { DaemonProcess } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import type { Attempt, Fault } from '../support/history-checker/history.js'
import { inWorld, type World } from '../support/world.js'
import { itOnServer, type ServerRedis } from '../support/world-redis.js'

const OUTAGE_MS = 6000
const QUIET_MS = 5000
const TEST_MS = 60_000

/** One ends before the fault, one meanwhile, one after it. */
const [FIRST, ...OTHERS] = [lasting(1000), lasting(5000), lasting(9500)]
const PLANS = [FIRST, ...OTHERS]

function lasting(forMs: number): BuildPlan {
  const steps = ['QUEUED', 'BUILDING'].map((status) => ({ status, forMs: forMs / 2 }))
  return planBuild(`lasts-${forMs}`, { steps })
}

interface Ordeal {
  readonly world: World
  readonly redis: ServerRedis
  readonly daemon: DaemonProcess
}

/** Runs `hurt` when the first build has been told, and expects that nothing is wrong in the end. */
async function survives(redis: ServerRedis, hurt: (ordeal: Ordeal) => Promise<void>): Promise<void> {
  await inWorld({ plans: PLANS, redis }, async (world) => {
    const daemon = world.start()
    await daemon.line('#concluded->hook')
    await hurt({ world, redis, daemon })
    await expectNothingWrong(world, daemon)
  })
}

async function expectNothingWrong(world: World, daemon: DaemonProcess): Promise<void> {
  await world.settled(40_000)
  expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
  expect(daemon.isRunning()).toBe(true)
  expect(complaintsTooClose(daemon)).toEqual([])
}

/** Warnings and errors that came sooner than allowed after another. */
function complaintsTooClose({ lines }: DaemonProcess): string[] {
  const complaints = lines.filter(({ text }) => /"level":"(warn|error)"/.test(text))
  return complaints.flatMap(({ at, text }, index) => {
    const before = complaints[index - 1]
    return before && at - before.at < QUIET_MS ? [`${before.text}\n${text}`] : []
  })
}

/** The attempts to tell of the build that had ended before anything happened. */
function endsToldOf(world: World): Attempt[] {
  return world.hook().attempts.filter(({ eventId }) => eventId === `${keyOf(FIRST)}#concluded`)
}

async function during(world: World, kind: Fault['kind'], work: () => Promise<unknown>): Promise<void> {
  const from = Date.now()
  await work()
  const until = Date.now()
  world.faults.push({ kind, from, until, ...(kind === 'data_lost' ? { lostSince: 0 } : {}) })
}

describe('a daemon whose Redis', () => {
  itOnServer(
    'is away at the start waits for it, and says so once',
    async (redis) => {
      await redis.stop()
      await inWorld({ plans: PLANS, redis }, async (world) => {
        const daemon = world.start()
        await daemon.line('Redis is away')
        await after(OUTAGE_MS)
        expect(daemon.stderr().filter((line) => line.includes('Redis is away'))).toHaveLength(1)
        await redis.start()
        await daemon.line('Redis is back')
        await expectNothingWrong(world, daemon)
      })
    },
    TEST_MS,
  )

  itOnServer(
    'is killed and comes back later goes on with every build',
    (redis) =>
      survives(redis, async ({ world, daemon }) => {
        await during(world, 'redis_away', async () => {
          await redis.kill9()
          await after(OUTAGE_MS)
          await redis.start()
          await daemon.line('Redis is back')
        })
      }),
    TEST_MS,
  )

  itOnServer(
    'hangs and wakes up goes on with every build',
    (redis) =>
      survives(redis, async ({ world }) => {
        await during(world, 'redis_away', async () => {
          redis.pause()
          await after(OUTAGE_MS)
          redis.resume()
        })
      }),
    TEST_MS,
  )

  itOnServer(
    'is emptied derives every outcome again, under the same ids and keys',
    (redis) =>
      survives(redis, async ({ world }) => {
        const client = await world.connect()
        await during(world, 'data_lost', () => client.flushall())
        await after(OUTAGE_MS)
        await during(world, 'data_lost', () => client.flushall())
        await eventually(() => endsToldOf(world).length === 3, {
          what: 'the end told anew',
          withinMs: 15_000,
        })
        expect(new Set(endsToldOf(world).map(({ key }) => key)).size).toBe(1)
      }),
    TEST_MS,
  )

  itOnServer(
    'forgets its scripts and cuts its connections does not notice much',
    (redis) =>
      survives(redis, async ({ world }) => {
        const client = await world.connect()
        for (let round = 1; round <= 4; round += 1) {
          await client.script('FLUSH')
          await during(world, 'redis_away', () =>
            client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
          )
          await after(1500)
        }
      }),
    TEST_MS,
  )
})
