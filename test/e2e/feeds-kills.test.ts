/**
 * Feeds under whatever ends a daemon or empties its Redis: what arrives meanwhile is found in the list afterwards, told
 * once, and what had ended before anyone watched stays history.
 */
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { planFeeds } from '../support/feed-plans.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { groupBy } from '../support/history-checker/history.js'
import { type Seeded, seeded, sized } from '../support/seeded.js'
import { inWorld, type World, type WorldOptions } from '../support/world.js'
import { during } from '../support/world-faults.js'
import { itOnServer } from '../support/world-redis.js'

const FEEDS = sized('feeds', { full: 12, reduced: 5 })
const BUILDS = sized('builds', { full: 120, reduced: 30 })
const KILLS = sized('kills', { full: 16, reduced: 4 })
const BETWEEN_KILLS_MS = { least: 700, most: 2200 }
const SPAN_MS = KILLS * BETWEEN_KILLS_MS.most + 4000
/** A daemon that goes on running has found out that its Redis is empty. */
const SWEPT_WITHIN_MS = 7000
const SETTLES_WITHIN_MS = 30_000
const TEST_MS = SPAN_MS + SWEPT_WITHIN_MS + SETTLES_WITHIN_MS + 20_000
const POLLING = { min_interval: '200ms', max_interval: '400ms', timeout: '5s' }

function worldOf(chance: Seeded): WorldOptions {
  const { watches, builds } = planFeeds({ feeds: FEEDS, builds: BUILDS, spanMs: SPAN_MS }, chance)
  return { plans: builds, lists: { feeds: watches }, seed: chance.seed, polling: POLLING, mostPerPage: 20 }
}

function pause(chance: Seeded): Promise<void> {
  return after(chance.between(BETWEEN_KILLS_MS.least, BETWEEN_KILLS_MS.most))
}

async function expectNothingWrong(world: World): Promise<void> {
  await world.settled(SETTLES_WITHIN_MS)
  expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
}

/** The ends that were taken more than once, which only a loss of data makes. */
function toldAnew(world: World): number {
  const taken = world.hook().attempts.filter(({ accepted }) => accepted)
  return [...groupBy(taken, ({ eventId }) => eventId).values()].filter(({ length }) => length > 1).length
}

describe('feeds', () => {
  it(
    'lose nothing to a daemon that is killed again and again, on the embedded engine',
    async () => {
      const chance = seeded('feeds-kills, embedded engine')
      await inWorld(worldOf(chance), async (world) => {
        for (let kill = 1; kill <= KILLS; kill += 1) {
          const daemon = world.start()
          await pause(chance)
          await world.kill(daemon)
        }
        world.start()
        await expectNothingWrong(world)
      })
    },
    TEST_MS,
  )

  itOnServer(
    'lose nothing to two replicas that are killed in turn',
    async (redis) => {
      const chance = seeded('feeds-kills, two replicas')
      await inWorld({ ...worldOf(chance), redis }, async (world) => {
        const replicas = [world.start(), world.start()]
        for (let kill = 1; kill <= KILLS; kill += 1) {
          await pause(chance)
          const at = chance.between(0, 1)
          for (const daemon of replicas.splice(at, 1)) await world.kill(daemon)
          replicas.push(world.start())
        }
        await expectNothingWrong(world)
      })
    },
    TEST_MS,
  )

  itOnServer(
    'tell what they told anew after a FLUSHALL, under the same ids and keys, and history stays history',
    async (redis) => {
      const chance = seeded('feeds-kills, FLUSHALL')
      await inWorld({ ...worldOf(chance), redis }, async (world) => {
        const [first] = [world.start(), world.start()]
        await after(SPAN_MS / 2)
        const client = await world.connect()
        await during(world, 'data_lost', () => client.flushall())
        await after(SWEPT_WITHIN_MS)
        if (first) await world.kill(first)
        world.start()
        await expectNothingWrong(world)
        expect(toldAnew(world)).toBeGreaterThan(0)
      })
    },
    TEST_MS,
  )
})
