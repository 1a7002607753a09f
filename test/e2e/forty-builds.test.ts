/**
 * The promise of the whole: whatever kills the daemon and whenever, each build is recorded and told as it went. Builds of
 * every outcome run their course while the daemon is killed with SIGKILL at random moments and started again; afterwards
 * the offline checker holds what is left against the truth.
 */
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { planBuilds } from '../support/build-plans.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { type Seeded, seeded, sized } from '../support/seeded.js'
import { inWorld, type World } from '../support/world.js'
import { itOnServer, type ServerRedis } from '../support/world-redis.js'

const BUILDS = sized('builds', { full: 40, reduced: 10 })
const KILLS = sized('kills', { full: 20, reduced: 4 })
const BETWEEN_KILLS_MS = { least: 700, most: 2200 }
const SPAN_MS = KILLS * BETWEEN_KILLS_MS.most
const DEADLINE_MS = SPAN_MS + 60_000

/** Kills at random moments, and hands `halfWay` its turn once. */
async function killAgainAndAgain(world: World, chance: Seeded, halfWay: () => Promise<void>): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const daemon = world.start()
    await after(chance.between(BETWEEN_KILLS_MS.least, BETWEEN_KILLS_MS.most))
    if (kill === Math.ceil(KILLS / 2)) await halfWay()
    await world.kill(daemon)
  }
  world.start()
}

async function restart(redis: ServerRedis, world: World): Promise<void> {
  const from = Date.now()
  await redis.kill9()
  await redis.start()
  world.faults.push({ kind: 'redis_away', from, until: Date.now() })
}

async function expectNothingWrong(world: World): Promise<void> {
  await world.settled(SPAN_MS + 20_000)
  expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
}

describe('builds of every outcome under a daemon that is killed again and again', () => {
  it(
    'are recorded and told as they went, on the embedded engine',
    async () => {
      const chance = seeded('forty-builds, embedded engine')
      await inWorld({ plans: planBuilds(BUILDS, SPAN_MS, chance), seed: chance.seed }, async (world) => {
        await killAgainAndAgain(world, chance, async () => undefined)
        await expectNothingWrong(world)
      })
    },
    DEADLINE_MS,
  )

  itOnServer(
    'are recorded and told as they went, on a server that is killed and restarted meanwhile',
    async (redis) => {
      const chance = seeded('forty-builds, redis-server')
      const plans = planBuilds(BUILDS, SPAN_MS, chance)
      await inWorld({ plans, redis, seed: chance.seed }, async (world) => {
        await killAgainAndAgain(world, chance, () => restart(redis, world))
        await expectNothingWrong(world)
      })
    },
    DEADLINE_MS,
  )
})
