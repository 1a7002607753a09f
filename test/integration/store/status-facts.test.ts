import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { accountSubject, type TroubleRecord } from '../../../src/domain/trouble.js'
import { createBudget } from '../../../src/store/budget.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createHeartbeat } from '../../../src/store/heartbeat.js'
import { createLedger } from '../../../src/store/ledger.js'
import { readStatus } from '../../../src/store/status-facts.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { SLOW_WORK_MS, slowCommands } from '../../support/slow-commands.js'
import {
  entryFor,
  KEYS,
  refOf,
  START_AT,
  snapshotOf,
  type TestClock,
  targetOf,
  testClock,
  testLogger,
} from './store-fixtures.js'
import { feedOf, type Publisher, publisher } from './target-fixtures.js'

const MINUTE = 60_000
const FEED = feedOf('nightly', 'named')
const GONE: TroubleRecord = { rev: 1, episode: 1, trouble: 'gone', since: START_AT }

describeEachRedis('the status', (engine) => {
  let redis: Redis
  let clock: TestClock
  let want: Publisher['want']
  let targets: Publisher['targets']

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    ;({ want, targets } = publisher(redis, { clock }))
  })

  const budget = () =>
    createBudget({ redis, keys: KEYS, clock, reserves: () => ({ kind: 'share', share: 0.1 }) })
  const status = () => readStatus({ redis, keys: KEYS, clock, budget: budget() })
  const troubles = () => createTroubles({ redis, keys: KEYS, logger: testLogger() })

  async function record(snapshot: ReturnType<typeof snapshotOf>): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    expect(await records.record(entryFor(UNRECORDED, snapshot))).toMatchObject({ kind: 'recorded' })
  }

  const running = (build: string) => record(snapshotOf({ status: 'BUILDING' }, refOf(build)))

  it('of an empty Redis is empty', async () => {
    expect(await status()).toEqual({
      at: START_AT,
      replicas: [],
      accounts: [],
      targets: [],
      activeBuilds: [],
      unseenBuilds: [],
      lines: [],
      deliveries: { pending: 0, dead: 0 },
      suspended: [],
    })
  })

  it('tells which configuration is the newest, and whether it is written whole', async () => {
    await want(FEED)
    expect((await status()).configuration).toEqual({ digest: 'v1', generation: 1, isPublished: true })
    await redis.hdel(KEYS.configuration, 'published')
    expect((await status()).configuration).toMatchObject({ isPublished: false })
  })

  it('tells what the replicas say of themselves', async () => {
    const facts = { version: '1.2.3', lastError: 'watchlists/shop.yaml:4: unknown key' }
    await createHeartbeat({ redis, keys: KEYS, clock, replica: 'one' }).beat(facts)
    expect((await status()).replicas).toEqual([{ replica: 'one', at: START_AT, facts }])
  })

  it('tells of the accounts that are in use what they have left, who spent it, and their trouble', async () => {
    await want({ ...FEED, account: 'used' })
    const number = await budget().take('used', 'planned')
    if (number.kind !== 'granted') throw new Error('denied')
    const facts = { limit: 500, remaining: 449, resetInMs: MINUTE, throttled: false }
    await budget().learn('used', number.number, facts)
    const trouble = { ...GONE, trouble: 'unreachable' as const }
    await troubles().note(accountSubject('used'), trouble)
    expect((await status()).accounts).toEqual([
      { account: 'default' },
      {
        account: 'used',
        limit: 500,
        remaining: 449,
        resetAt: START_AT + MINUTE + 1000,
        issued: 1,
        spentByUs: 1,
        spentByOthers: 50,
        bucket: 1,
        trouble,
      },
    ])
  })

  it('tells how each target stands', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map(targetOf)
    await want({ ...FEED, named: [] }, a!, b!, c!)
    const lacks = 'Project > Jobs > Deployment > Deploy Build'
    const paced = { nextProbeAt: START_AT + MINUTE, answeredAt: START_AT, lacks }
    await targets.pace(FEED.id, { polls: 3, errors: 0, ...paced })
    await targets.pace(a!.id, { polls: 1, errors: 2, failure: 'API_NOT_FOUND' })
    await targets.finish(b!.id)
    await targets.abandon(c!.id)
    await troubles().note(a!.id, GONE)
    await running('a')
    await running('other')
    const build = { kind: 'build', account: 'default', failedProbes: 0, activeBuilds: 0 }
    expect((await status()).targets).toEqual([
      { ...build, id: FEED.id, kind: 'feed', state: 'open', activeBuilds: 2, ...paced },
      {
        ...build,
        id: a!.id,
        state: 'open',
        failedProbes: 2,
        failure: 'API_NOT_FOUND',
        activeBuilds: 1,
        trouble: GONE,
      },
      { ...build, id: b!.id, state: 'finished' },
      { ...build, id: c!.id, state: 'abandoned' },
    ])
  })

  it('names builds that watches name and that cannot be seen', async () => {
    await want(FEED, feedOf('other', 'well'))
    await troubles().note(buildKey(refOf('named')), GONE)
    await troubles().note('shop/jobs/other/well', { rev: 1, episode: 0 })
    expect((await status()).unseenBuilds).toEqual([{ key: buildKey(refOf('named')), trouble: GONE }])
  })

  it('counts the deliveries that wait and those that are dead, and names suspended notifiers', async () => {
    const ledger = createLedger({ redis, keys: KEYS, clock })
    const { change } = entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }))
    const deliveries = ['a', 'b', 'c'].map((notifier) => ({
      id: `x->${notifier}`,
      notifier,
      event: change!.event,
      lane: 'shop/jobs/web',
    }))
    await ledger.open(deliveries)
    await ledger.end('x->a', { kind: 'dead_lettered', reason: 'gone' })
    await ledger.suspend('a', 'HTTP 410')
    expect(await status()).toMatchObject({
      deliveries: { pending: 2, dead: 1 },
      suspended: [{ notifier: 'a', reason: 'HTTP 410', at: START_AT }],
    })
  })

  it('is plain JSON, and holds the words of no watch but their ids', async () => {
    await want(FEED, targetOf('a'))
    await running('named')
    const facts = await status()
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
    expect(JSON.stringify(facts)).not.toContain('"hook"')
  })

  it(
    'of ten thousand targets is read within a second',
    async () => {
      const many = Array.from({ length: 10_000 }, (_, at) => feedOf(`job-${at}`))
      await want(...many)
      const batch = redis.pipeline()
      const head = {
        build: 'b',
        createdAt: 1,
        result: 'passed',
        outcome: 'success',
        consecutive: 1,
        sinceAt: 1,
      }
      for (const { id } of many) {
        batch.hset(KEYS.lines(id), 'branch/main', JSON.stringify(head), 'no-branch', JSON.stringify(head))
      }
      for (const { id } of many.slice(0, 1000))
        batch.zadd(KEYS.active(id), 1, 'b').hset(KEYS.build(`${id}/b`), 'status', 'BUILDING')
      await batch.exec()
      expect(await slowCommands(redis, async () => void (await status()))).toBe(0)
      const sent = countCommands(redis)
      const begun = performance.now()
      const facts = await status()
      const tookMs = performance.now() - begun
      expect(facts.targets).toHaveLength(10_000)
      expect(facts.activeBuilds).toHaveLength(1000)
      expect(facts.lines).toHaveLength(20_000)
      process.stderr.write(`status: 10,000 targets read in ${Math.round(tookMs)} ms\n`)
      expect(sent()).toBeGreaterThan(500)
      expect(sent()).toBeLessThan(1500)
      // A second on a machine that does nothing else.
      expect(tookMs).toBeLessThan(10_000)
    },
    SLOW_WORK_MS,
  )
})

/** How many this client has sent from now on. */
function countCommands(client: Redis): () => number {
  let sent = 0
  const send = client.sendCommand.bind(client)
  const counting: Redis['sendCommand'] = (...command) => {
    sent += 1
    return send(...command)
  }
  Object.assign(client, { sendCommand: counting })
  return () => sent
}
