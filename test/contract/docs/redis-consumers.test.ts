import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { entryFor, KEY, KEYS, REF, snapshotOf, testLogger } from '../../integration/store/store-fixtures.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Consumer, itWith, type Snippet, startConsumer } from './consumer-process.js'
import { fence, readPage } from './markdown.js'

const PAGE = readPage('docs/redis.md')
const SUCCESS = { status: 'SUCCESS', concluded: true, success: true }

describeEachRedis('the consumers in docs/redis.md', (engine) => {
  let redis: Redis
  let running: Consumer[]

  beforeEach(async () => {
    redis = engine.connect()
    running = []
    await ensureDataset({ redis, keys: KEYS, newId: () => 'dataset-1' })
  })

  afterEach(async () => {
    await Promise.all(running.map((consumer) => consumer.stop()))
  })

  async function record(build: Partial<ApiBuild>, id = 'quick-fox-1'): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    const ref = { ...REF, build: id }
    const [before = UNRECORDED] = await records.read([ref])
    await records.record(entryFor(before, snapshotOf(build, ref)))
  }

  function run(runner: Snippet['runner'], info: string, files: Snippet['files'] = {}): Consumer {
    return start({ runner, source: fence(PAGE, info), files })
  }

  function start(snippet: Omit<Snippet, 'redisUrl'>): Consumer {
    const consumer = startConsumer({ ...snippet, redisUrl: engine.url() })
    running.push(consumer)
    return consumer
  }

  /** Resolves when a client other than ours runs this command. */
  async function clientRuns(command: string): Promise<void> {
    const isThere = async () =>
      String(await redis.client('LIST'))
        .split('\n')
        .some((line) => line.includes(`cmd=${command}`))
    await eventually(isThere, { what: `a client that runs ${command}`, withinMs: 10_000 })
  }

  itWith(
    'redis-cli',
    'in-one-minute shows what is published, how a build stands and how it got there',
    async () => {
      const lines = fence(PAGE, 'sh in-one-minute').trim().split('\n')
      const [published, stands, steps] = lines.map((source) => ({ runner: 'sh' as const, source }))
      if (!published || !stands || !steps) throw new Error(`the page has ${lines.length} lines`)
      const listener = start(published)
      await clientRuns('psubscribe')
      await record({ status: 'PENDING' })
      await record(SUCCESS)
      await listener.prints(`${KEY}#PENDING`, `${KEY}#concluded`)
      await start(stands).prints('outcome\nsuccess\n')
      await start(steps).prints('1-0', `${KEY}#PENDING`, '2-0', `${KEY}#concluded`)
    },
  )

  itWith('redis-cli', 'one-build hears its build and no other', async () => {
    const consumer = run('sh', 'sh one-build')
    await clientRuns('subscribe')
    await record(SUCCESS, 'other-build-2')
    await record({ status: 'PENDING' })
    await consumer.prints(`"id":"${KEY}#PENDING"`)
    expect(consumer.stdout()).not.toContain('other-build-2')
  })

  itWith('redis-cli', 'one-job hears each build of the job', async () => {
    const consumer = run('sh', 'sh one-job')
    await clientRuns('psubscribe')
    await record({ status: 'PENDING' })
    await record(SUCCESS, 'other-build-2')
    await consumer.prints('quick-fox-1#PENDING', 'other-build-2#concluded')
  })

  itWith('redis-cli', 'everything hears the same text that the log holds', async () => {
    const consumer = run('sh', 'sh everything')
    await clientRuns('psubscribe')
    await record(SUCCESS)
    const [entry] = await redis.xrange(KEYS.events, '-', '+')
    await consumer.prints(entry?.[1][1] ?? 'the logged event')
  })

  itWith('redis-cli', 'history prints what was recorded before', async () => {
    await record({ status: 'PENDING' })
    await record(SUCCESS)
    await run('sh', 'sh history').prints('quick-fox-1#PENDING', 'quick-fox-1#concluded')
  })

  itWith('redis-cli', 'next waits for the next event', async () => {
    await record({ status: 'PENDING' })
    const consumer = run('sh', 'sh next')
    await clientRuns('xread')
    await record(SUCCESS)
    await consumer.prints('quick-fox-1#concluded')
    expect(consumer.stdout()).not.toContain('#PENDING')
  })

  itWith('redis-cli', 'wait-for-build ends with 0 when its build has succeeded', async () => {
    await record({ status: 'PENDING' })
    const consumer = run('sh', 'sh wait-for-build')
    await record(SUCCESS)
    expect(await consumer.exitCode).toBe(0)
    expect(consumer.stdout()).toBe(`${KEY}: success\n`)
  })

  itWith('redis-cli', 'wait-for-build ends with 1 when its build has failed', async () => {
    await record({ status: 'FAILURE', concluded: true, success: false })
    const consumer = run('sh', 'sh wait-for-build')
    expect(await consumer.exitCode).toBe(1)
    expect(consumer.stdout()).toBe(`${KEY}: failure\n`)
  })

  async function followsEachEventOnce(runner: Snippet['runner'], info: string): Promise<void> {
    await record({ status: 'PENDING' })
    const consumer = run(runner, info)
    await consumer.prints(`${KEY} PENDING`)
    await clientRuns('psubscribe')
    await record({ status: 'BUILDING' })
    await record(SUCCESS)
    await consumer.prints(`${KEY} BUILDING`, `${KEY} SUCCESS success`)
    expect(consumer.stdout().trim().split('\n')).toHaveLength(3)
  }

  /** The same ids recorded anew in other data: only what had not been seen is told. */
  async function goesOnAfterALoss(runner: Snippet['runner'], info: string): Promise<void> {
    await record({ status: 'PENDING' })
    const consumer = run(runner, info)
    await consumer.prints(`${KEY} PENDING`)
    await clientRuns('psubscribe')
    await redis.flushall()
    await ensureDataset({ redis, keys: KEYS, newId: () => 'dataset-2' })
    await record({ status: 'PENDING' })
    await record(SUCCESS)
    await consumer.prints(`${KEY} SUCCESS success`)
    expect(consumer.stdout().trim().split('\n')).toHaveLength(2)
  }

  /** Both of its connections, as when a server restarts or a proxy gives up. */
  async function goesOnAfterItsConnectionsAreCut(runner: Snippet['runner'], info: string): Promise<void> {
    await record({ status: 'PENDING' })
    const consumer = run(runner, info)
    await consumer.prints(`${KEY} PENDING`)
    await clientRuns('psubscribe')
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await record(SUCCESS)
    await consumer.prints(`${KEY} SUCCESS success`)
    expect(consumer.stdout().trim().split('\n')).toHaveLength(2)
  }

  /** The log moves on and is trimmed in one step, so that it cannot be read in between. */
  async function saysWhatItMayHaveMissed(runner: Snippet['runner'], info: string): Promise<void> {
    await record({ status: 'PENDING' })
    const consumer = run(runner, info)
    await consumer.prints(`${KEY} PENDING`)
    await clientRuns('psubscribe')
    const [[id, [, text = '']] = ['', []]] = await redis.xrange(KEYS.events, '-', '+')
    const [lost, kept] = ['LOST', 'KEPT'].map((status) => text.replaceAll('PENDING', status))
    await redis
      .multi()
      .xadd(KEYS.events, '*', 'event', lost ?? '')
      .xadd(KEYS.events, '*', 'event', kept ?? '')
      .xtrim(KEYS.events, 'MAXLEN', 1)
      .publish(KEYS.channel(KEY), kept ?? '')
      .exec()
    await consumer.prints(`${KEY} KEPT`)
    await consumer.complains('events may be missing after')
    await consumer.complains(id)
    expect(consumer.stdout()).not.toContain('LOST')
  }

  const FOLLOWERS = [
    ['prints each event once, earlier ones included', followsEachEventOnce],
    ['goes on after Redis has lost its data, without repeating itself', goesOnAfterALoss],
    ['goes on after its connections were cut, without repeating itself', goesOnAfterItsConnectionsAreCut],
    ['says what it may have missed where the log was trimmed', saysWhatItMayHaveMissed],
  ] as const
  for (const [promise, body] of FOLLOWERS) {
    it(`follow.mjs ${promise}`, () => body('node', 'js follow.mjs'))
    it(`events.mjs ${promise}`, () => body('node', 'js events.mjs'))
    itWith('redis-py', `follow.py ${promise}`, () => body('python', 'python follow.py'))
  }

  it('positions.mjs goes on where it was, though nothing had matched before', async () => {
    const before = run('node', 'js positions.mjs')
    await eventually(() => before.file('cursor.txt'), { what: 'a cursor', withinMs: 10_000 })
    const cursor = before.file('cursor.txt')
    await before.stop()
    await record(SUCCESS)
    const after = run('node', 'js positions.mjs', { 'cursor.txt': cursor ?? '' })
    await after.prints(`${KEY} success`)
  })

  it('wait.mjs ends with the end of its build', async () => {
    await record({ status: 'PENDING' })
    const consumer = run('node', 'js wait.mjs')
    await clientRuns('subscribe')
    await record(SUCCESS)
    await consumer.prints('success')
    expect(await consumer.exitCode).toBe(0)
  })

  it('wait.mjs says how its build stood when the time was over', async () => {
    await record({ status: 'PENDING' })
    const source = fence(PAGE, 'js wait.mjs').replace('15 * 60_000', '1500')
    const consumer = start({ runner: 'node', source })
    await consumer.complains(`${KEY} did not end within 1500 ms: its status is PENDING`)
    expect(await consumer.exitCode).toBe(2)
  })
})
