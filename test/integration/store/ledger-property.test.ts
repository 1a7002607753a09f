/** Deliveries of one lane under whatever workers do: begin in any order, fail, crash, end; what must hold of their order all the while. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { Attempt } from '../../../src/domain/attempt.js'
import { deliveryId, type PlannedDelivery } from '../../../src/domain/delivery.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createDeliveryDesk } from '../../../src/store/delivery-desk.js'
import { createLedger } from '../../../src/store/ledger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Seeded, seeded } from '../../support/seeded.js'
import { entryFor, KEYS, refOf, snapshotOf, type TestClock, testClock } from './store-fixtures.js'

const STATUSES = ['QUEUED', 'BUILDING', 'UPLOADING', 'SUCCESS']
const BUILDS = 3
const STEPS = 400

function planned(build: number, status: string): PlannedDelivery {
  const event = entryFor(UNRECORDED, snapshotOf({ status }, refOf(`b-${build}`))).change?.event
  if (!event) throw new Error('no transition')
  return { id: deliveryId(event.id, 'hook'), notifier: 'hook', event, lane: 'one' }
}

/** Builds one after the other, each with its statuses, as they come. */
const COMING = Array.from({ length: BUILDS }, (_, build) =>
  STATUSES.map((status) => planned(build, status)),
).flat()

interface Run {
  /** Ids in the order in which the other side took them. */
  readonly taken: string[]
  readonly inHand: Set<string>
  readonly opened: string[]
}

describeEachRedis('the order of a lane', (engine) => {
  let redis: Redis
  let clock: TestClock
  let ledger: ReturnType<typeof createLedger>

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    ledger = createLedger({ redis, keys: KEYS, clock })
  })

  /** One worker's move with a delivery that is open: try to begin it, or decide over it when it is in hand. */
  async function move(
    id: string,
    order: Attempt['order'],
    { taken, inHand, chance }: Run & { chance: Seeded },
  ) {
    if (!inHand.has(id)) {
      const begun = await ledger.begin(id, { body: 'b', order, together: [] })
      if (begun.kind === 'started') inHand.add(id)
      return
    }
    inHand.delete(id)
    const fate = chance.random()
    if (fate < 0.4) return ledger.postpone(id, clock.now() + chance.between(0, 5000), 'HTTP 503')
    // The process died: nothing is noted, and the attempt stays open.
    if (fate < 0.5) return
    if (fate < 0.6) return ledger.end(id, { kind: 'dead_lettered', reason: 'refused' })
    taken.push(id)
    return ledger.end(id, { kind: 'accepted' })
  }

  /** A person has one of the dead letters sent once more. */
  async function replayOne(chance: Seeded): Promise<void> {
    const desk = createDeliveryDesk({ redis, keys: KEYS, clock })
    const dead = await desk.list({ states: ['dead_lettered'] })
    if (dead.length > 0) await desk.replay(chance.pick(dead).id)
  }

  async function run(order: Attempt['order'], chance: Seeded, replays = 0): Promise<Run> {
    const state: Run = { taken: [], inHand: new Set(), opened: [] }
    const coming = [...COMING]
    for (let step = 0; step < STEPS; step += 1) {
      clock.advance(chance.between(0, 1000))
      const next = chance.random() < 0.15 ? coming.shift() : undefined
      if (next) {
        await ledger.open([next])
        state.opened.push(next.id)
      }
      if (chance.random() < replays) await replayOne(chance)
      const open = (await ledger.pending()).map(({ id }) => id)
      if (open.length > 0) await move(chance.pick(open), order, { ...state, chance })
      expect(state.inHand.size).toBeLessThanOrEqual(1)
    }
    return state
  }

  const inOpeningOrder = ({ taken, opened }: Run): string[] => opened.filter((id) => taken.includes(id))

  it.each(['in_turn', 'latest'] as const)('is kept by %s, and one at a time is in hand', async (order) => {
    for (const round of [1, 2, 3]) {
      await redis.flushall()
      const state = await run(order, seeded(`ledger-property ${order} ${round}`))
      expect(state.taken.length).toBeGreaterThan(0)
      expect(state.taken).toEqual(inOpeningOrder(state))
    }
  })

  /** Which gave way to which, by when they were opened. */
  async function supersessions({ opened }: Run): Promise<[number, number][]> {
    const rows = await Promise.all(opened.map((id) => redis.hmget(KEYS.delivery(id), 'reason', 'detail')))
    return rows.flatMap(([reason, detail], at) =>
      reason === 'superseded' ? [[at, opened.indexOf(detail ?? '')] as [number, number]] : [],
    )
  }

  it('lets nothing that is replayed take the place of what is newer of its build, where only the latest counts', async () => {
    const gaveWay: [number, number][] = []
    for (const round of [1, 2, 3]) {
      await redis.flushall()
      const state = await run('latest', seeded(`ledger-property replays ${round}`), 0.2)
      for (let build = 0; build < BUILDS; build += 1) {
        const ofBuild = (id: string) => id.includes(`/b-${build}#`)
        expect(state.taken.filter(ofBuild)).toEqual(inOpeningOrder(state).filter(ofBuild))
      }
      gaveWay.push(...(await supersessions(state)))
    }
    expect(gaveWay.length).toBeGreaterThan(0)
    expect(gaveWay.filter(([older, newer]) => older >= newer)).toEqual([])
  })

  it('leaves nothing of what has ended in the lane', async () => {
    await run('latest', seeded('ledger-property lane'))
    const waiting = new Set((await ledger.pending()).map(({ id }) => id))
    const lane = await redis.lrange(KEYS.lane('hook', 'one'), 0, -1)
    expect([...lane].sort()).toEqual([...waiting].sort())
  })
})
