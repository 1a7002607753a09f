/** Each test mostly waits for a daemon's patience to end, so they wait side by side. */
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { planBuild } from '../support/build-plans.js'
import { eventually } from '../support/eventually.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { hang } from '../support/notifier-contract-receiver.js'
import { sized } from '../support/seeded.js'
import { inWorld, type World } from '../support/world.js'
import { itOnServer } from '../support/world-redis.js'

const DRAIN_WITHIN_MS = 20_000
/** Longer than the daemon's patience, or short of it. */
const HOOK_TIMEOUT_S = sized('seconds that a webhook hangs', { full: 60, reduced: 4 })
const TEST_MS = 45_000
const LONG = planBuild('long', { steps: [{ status: 'BUILDING', forMs: 600_000 }] })
const SHORT = planBuild('short', { steps: [] })

async function millisecondsOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work
  return performance.now() - startedAt
}

/** A daemon with a delivery in hand whose other side says nothing. */
async function withHangingHook(
  test: (world: World, daemon: ReturnType<World['start']>) => Promise<void>,
): Promise<void> {
  await inWorld(
    { plans: [SHORT], hookTimeout: `${HOOK_TIMEOUT_S}s`, retrySchedule: ['500ms'] },
    async (world) => {
      world.hook().react(() => ({ accepted: false, answer: hang }))
      const daemon = world.start()
      await eventually(() => world.hook().attempts.length > 0, { what: 'an attempt', withinMs: 15_000 })
      await test(world, daemon)
    },
  )
}

describe('SIGTERM with something in hand or without Redis', () => {
  it.concurrent(
    'ends a daemon with exit 0 within 20 s while a webhook hangs, and the next one delivers',
    async () => {
      await withHangingHook(async (world, daemon) => {
        const from = Date.now()
        expect(await millisecondsOf(daemon.terminate())).toBeLessThan(DRAIN_WITHIN_MS)
        expect(await daemon.exited).toEqual({ code: 0, signal: null })
        world.faults.push({ kind: 'answer_cut', from, until: Date.now() })
        world
          .hook()
          .react(() => ({ accepted: true, answer: (response) => void response.writeHead(204).end() }))
        world.start()
        await world.settled(15_000)
        expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
        expect(world.hook().attempts).toHaveLength(2)
      })
    },
    TEST_MS,
  )

  it.concurrent(
    'lets a delivery that is in hand come to its end',
    async () => {
      await inWorld({ plans: [SHORT] }, async (world) => {
        const answers: (() => void)[] = []
        world.hook().react(() => ({
          accepted: true,
          answer: (response) => void answers.push(() => response.writeHead(204).end()),
        }))
        const daemon = world.start()
        await eventually(() => answers.length > 0, { what: 'an attempt', withinMs: 15_000 })
        daemon.signal('SIGTERM')
        await daemon.line('stopping')
        for (const answer of answers) answer()
        expect(await daemon.exited).toEqual({ code: 0, signal: null })
        world.start()
        await world.settled(15_000)
        expect(world.hook().attempts).toHaveLength(1)
      })
    },
    TEST_MS,
  )

  itOnServer(
    'ends a daemon with exit 0 within 20 s while Redis is away',
    async (redis) => {
      await inWorld({ plans: [LONG], redis }, async (world) => {
        const daemon = world.start()
        await daemon.line('build is now BUILDING')
        await redis.kill9()
        await daemon.line('Redis is away')
        expect(await millisecondsOf(daemon.terminate())).toBeLessThan(DRAIN_WITHIN_MS)
        expect(await daemon.exited).toEqual({ code: 0, signal: null })
      })
    },
    TEST_MS,
  )

  itOnServer(
    'ends a daemon with exit 0 that still waits for Redis to come',
    async (redis) => {
      await redis.stop()
      await inWorld({ plans: [LONG], redis }, async (world) => {
        const daemon = world.start()
        await daemon.line('Redis is away')
        expect(await millisecondsOf(daemon.terminate())).toBeLessThan(DRAIN_WITHIN_MS)
        expect(await daemon.exited).toEqual({ code: 0, signal: null })
      })
    },
    TEST_MS,
  )
})

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  const secondExit = signal === 'SIGTERM' ? 143 : 130

  it.concurrent(
    'ends an idle daemon with exit 0 and a farewell',
    async () => {
      await inWorld({ plans: [LONG] }, async (world) => {
        const daemon = world.start()
        await daemon.line('build is now BUILDING')
        daemon.signal(signal)
        expect(await daemon.exited).toEqual({ code: 0, signal: null })
        expect(daemon.stderr().join('\n')).toMatch(/stopping.*\n(.*\n)*.*stopped/)
      })
    },
    TEST_MS,
  )

  it.concurrent(
    'when repeated within a second is heard once, and after a second ends the daemon at once',
    async () => {
      await withHangingHook(async (_, daemon) => {
        daemon.signal(signal)
        await daemon.line('stopping')
        daemon.signal(signal)
        await after(1100)
        expect(daemon.isRunning()).toBe(true)
        daemon.signal(signal)
        expect(await millisecondsOf(daemon.exited)).toBeLessThan(1000)
        expect(await daemon.exited).toEqual({ code: secondExit, signal: null })
      })
    },
    TEST_MS,
  )
})

describe('Ctrl-C under npm', () => {
  it.concurrent(
    'ends the daemon with exit 0, though the signal comes to the group and once more from npm',
    async () => {
      await inWorld({ plans: [LONG] }, async (world) => {
        const daemon = world.start({ ownGroup: true })
        await daemon.line('build is now BUILDING')
        daemon.signalGroup('SIGINT')
        daemon.signal('SIGINT')
        expect(await daemon.exited).toEqual({ code: 0, signal: null })
      })
    },
    TEST_MS,
  )
})
