/** Two daemons with equal files on one Redis: they share the work and the budget, and either of them suffices. */
import { describe, expect } from '@jest/globals'
import { type BuildPlan, keyOf, planBuild } from '../support/build-plans.js'
import { eventually } from '../support/eventually.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { groupBy, type ServedAnswer } from '../support/history-checker/history.js'
import { inWorld, type World } from '../support/world.js'
import { itOnServer, type ServerRedis, startServerRedis } from '../support/world-redis.js'

const LEASE_MS = 2000
const ANSWER_DELAY_MS = 60
const POLLING = { min_interval: '200ms', max_interval: '200ms', timeout: '5s' }
const TEST_MS = 60_000
/** No more deliveries of one notifier are in hand at once. */
const CONCURRENT = 8

function plans(count: number, lastsMs: number): BuildPlan[] {
  return Array.from({ length: count }, (_, at) =>
    planBuild(`build-${at + 1}`, { steps: [{ status: 'BUILDING', forMs: lastsMs + 10 * at }] }),
  )
}

function options(redis: ServerRedis, lastsMs: number) {
  return {
    plans: plans(10, lastsMs),
    redis,
    polling: POLLING,
    lease: `${LEASE_MS}ms`,
    answerDelayMs: ANSWER_DELAY_MS,
  }
}

async function findings(world: World): Promise<string[]> {
  await world.settled(30_000)
  return checkHistory(await world.history()).map(formatFinding)
}

/** Builds that were asked for while they were being asked for. */
function askedTwiceAtOnce(answers: readonly ServedAnswer[]): string[] {
  return [...groupBy(answers, ({ build }) => build)].flatMap(([build, own]) => {
    const byStart = own.toSorted((a, b) => a.startedAt - b.startedAt)
    return byStart.some((answer, at) => answer.startedAt < (byStart[at - 1]?.endedAt ?? 0)) ? [build] : []
  })
}

/** The longest time that any build was left unasked from `from` on. */
function longestSilenceMs(answers: readonly ServedAnswer[], from: number): number {
  const silences = [...groupBy(answers, ({ build }) => build).values()].flatMap((own) =>
    own.map(({ startedAt }, at) =>
      startedAt < from ? 0 : startedAt - Math.max(from, own[at - 1]?.startedAt ?? 0),
    ),
  )
  return Math.max(...silences)
}

/** What so many daemons ask for until all builds have ended; each of them must have had its part. */
async function answersOf(redis: ServerRedis, replicas: number): Promise<readonly ServedAnswer[]> {
  let answers: readonly ServedAnswer[] = []
  await inWorld(options(redis, 4000), async (world) => {
    const daemons = Array.from({ length: replicas }, () => world.start())
    expect(await findings(world)).toEqual([])
    for (const daemon of daemons)
      expect(daemon.stderr().join('\n')).toMatch(/build has concluded|"delivered"/)
    answers = world.api.answers()
  })
  return answers
}

async function alone(): Promise<readonly ServedAnswer[]> {
  const redis = await startServerRedis()
  try {
    return await answersOf(redis, 1)
  } finally {
    await redis.dispose()
  }
}

describe('two replicas on one Redis', () => {
  itOnServer(
    'ask for each build one at a time, as often as one replica would, and tell each end once',
    async (redis) => {
      const [two, one] = await Promise.all([answersOf(redis, 2), alone()])
      expect(askedTwiceAtOnce(two)).toEqual([])
      expect(Math.abs(two.length - one.length)).toBeLessThan(one.length * 0.1 + 20)
    },
    TEST_MS,
  )

  itOnServer(
    'lose nothing when one is killed: the other has taken over within two leases',
    async (redis) => {
      await inWorld(options(redis, 8000), async (world) => {
        const [first, second] = [world.start(), world.start()]
        await Promise.all([first, second].map((daemon) => daemon.line('"watching"')))
        const killedAt = Date.now()
        await world.kill(first)
        expect(await findings(world)).toEqual([])
        expect(longestSilenceMs(world.api.answers(), killedAt)).toBeLessThan(2 * LEASE_MS)
        expect(second.isRunning()).toBe(true)
      })
    },
    TEST_MS,
  )

  itOnServer(
    'deliver what the killed one had in hand, under the same key, within two leases',
    async (redis) => {
      await inWorld(
        { ...options(redis, 1000), plans: plans(CONCURRENT, 1000), hookTimeout: '30s' },
        async (world) => {
          world.hook().react(({ nth }) => ({
            accepted: nth > 1,
            answer: (response) => void (nth > 1 && response.writeHead(204).end()),
          }))
          const first = world.start()
          await eventually(() => world.hook().attempts.length === CONCURRENT, {
            what: 'all attempts',
            withinMs: 20_000,
          })
          await world.start().line('"watching"')
          const killedAt = Date.now()
          await world.kill(first)
          expect(await findings(world)).toEqual([])
          const again = world.hook().attempts.filter(({ startedAt }) => startedAt > killedAt)
          expect(again.map(({ eventId }) => eventId).sort()).toEqual(
            plans(CONCURRENT, 1000)
              .map((plan) => `${keyOf(plan)}#concluded`)
              .sort(),
          )
          expect(Math.max(...again.map(({ startedAt }) => startedAt)) - killedAt).toBeLessThan(2 * LEASE_MS)
        },
      )
    },
    TEST_MS,
  )
})
