/** `watch` on what a daemon writes; here the test writes it, by the daemon's own hands. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { createHeartbeat } from '../../../src/store/heartbeat.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import { entryFor, historyEntryFor, KEYS, refOf, snapshotOf, testLogger } from '../store/store-fixtures.js'
import { feedOf, publisher } from '../store/target-fixtures.js'
import { pastScript, scriptOf, TOKEN, watchBench } from './watch-bench.js'

const bench = watchBench()

describeEachRedis('watch --via redis', (engine) => {
  let redis: Redis
  const key = buildKey(refOf('a'))
  const records = () => createBuildRecords({ redis, keys: KEYS, logger: testLogger() })

  beforeEach(async () => {
    redis = engine.connect()
    await ensureDataset({ redis, keys: KEYS, newId: () => 'one' })
    await createHeartbeat({ redis, keys: KEYS, clock: Date, replica: 'one' }).beat({})
  })

  const watch = (...argv: string[]) =>
    captured(['watch', '--via', 'redis', ...argv], { REDIS_URL: engine.url() })

  async function record(build: Parameters<typeof snapshotOf>[0], at = Date.now()): Promise<void> {
    const [known = UNRECORDED] = await records().read([refOf('a')])
    await records().record(entryFor(known, snapshotOf(build, refOf('a'), at)))
  }

  const isFollowed = () =>
    eventually(async () => Number((await redis.pubsub('NUMPAT')) ?? 0) > 0, {
      what: 'a follower',
      withinMs: 30_000,
    })

  it('tells each transition as it is recorded, and ends with the outcome', async () => {
    await record({ status: 'QUEUED' })
    const watching = watch(key, '-o', 'json')
    await isFollowed()
    await record({ status: 'BUILDING' })
    await record({ status: 'FAILURE', concluded: true, success: false })
    const { code, stdout, stderr } = await watching
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(1)
    expect(events.map(({ data }) => data.to)).toEqual(['QUEUED', 'BUILDING', 'FAILURE'])
    expect(events.at(-1)).toMatchObject({ id: `${key}#concluded`, data: { seq: 3 } })
    expect(stderr).toContain('following the daemon on Redis at ')
  })

  it('tells the end at once of a build that has ended', async () => {
    await record({ status: 'ABORTED', concluded: true })
    expect(await watch(key)).toMatchObject({ code: 3, stdout: expect.stringContaining('was aborted') })
  })

  it('tells the end of a build that had ended before the daemon watched', async () => {
    const build = { status: 'SUCCESS', concluded: true, success: true }
    await records().record(historyEntryFor(snapshotOf(build, refOf('a'))))
    expect(await watch(key)).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') })
  })

  it('takes the newest build that is recorded where none is named, and one that comes where none is', async () => {
    const watching = watch('--project', 'shop', '--job', 'nightly', '--branch', 'main', '-o', 'json')
    await isFollowed()
    await record({ status: 'SUCCESS', concluded: true, success: true, branch: 'main' })
    const { code, stdout } = await watching
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ subject: key })
  })

  it('ends with 5 where nothing is recorded in time', async () => {
    const { code, stderr } = await watch(key, '--appear-timeout', '0s')
    expect(code).toBe(5)
    expect(stderr).toMatch(/\nbuildwatchd: NOT_RECORDED: /)
  })

  it('ends with 124 when the time is up', async () => {
    await record({ status: 'BUILDING' })
    expect(await watch(key, '--timeout', '300ms')).toMatchObject({ code: 124 })
  })

  it('is not the way that is taken by itself where no watch wants the build', async () => {
    await record({ status: 'BUILDING' })
    const env = { REDIS_URL: engine.url(), NORTHFLANK_API_TOKEN: 'x', NORTHFLANK_API_URL: bench.api().url }
    const { stderr } = await captured(['watch', key], env)
    expect(stderr).toContain(`: ${key} is wanted by no watch of the daemon\n`)
    expect(bench.asked().length).toBeGreaterThan(0)
  })

  it('is no way where no daemon is live', async () => {
    await redis.del(KEYS.heartbeat('one'))
    const env = { REDIS_URL: engine.url(), NORTHFLANK_API_TOKEN: 'x', NORTHFLANK_API_URL: bench.api().url }
    const { stderr } = await captured(['watch', key], env)
    expect(stderr).toContain(`no daemon is live on Redis at ${engine.url()}`)
  })

  it('is gone over to when the daemon has seen the build that was just made, and nothing is told twice', async () => {
    await publisher(redis).want(feedOf('nightly'))
    bench.api().addBuild(scriptOf('a', { steps: [{ status: 'BUILDING', forMs: 600_000 }] }))
    const env = { REDIS_URL: engine.url(), NORTHFLANK_API_TOKEN: TOKEN, NORTHFLANK_API_URL: bench.api().url }
    const watching = captured(['watch', key, '-o', 'json'], env)
    await eventually(() => bench.asked().length > 0, { what: 'a request', withinMs: 10_000 })
    // It has seen less by now than the API has told.
    for (const status of ['QUEUED', 'STARTING']) await record({ status }, Date.now() - 60_000)
    await isFollowed()
    const asked = bench.asked().length
    for (const status of ['BUILDING', 'UPLOADING']) await record({ status })
    await record({ status: 'FAILURE', concluded: true, success: false })
    const { code, stdout, stderr } = await watching
    expect(code).toBe(1)
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).data.to)
    expect(told).toEqual(['BUILDING', 'UPLOADING', 'FAILURE'])
    expect(stderr).toMatch(
      /^asking .*: .* has not been seen by the daemon yet\nfollowing the daemon on Redis at /,
    )
    expect(bench.asked()).toHaveLength(asked)
  })

  it('is left for the API before a build is given up that the daemon was to see', async () => {
    await publisher(redis).want(feedOf('nightly', 'a'))
    bench.api().addBuild(pastScript('a'))
    const env = { REDIS_URL: engine.url(), NORTHFLANK_API_TOKEN: TOKEN, NORTHFLANK_API_URL: bench.api().url }
    const { code, stderr } = await captured(['watch', key, '--appear-timeout', '6s'], env)
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^following the daemon .*\n.* is not there yet.*\nasking .*: Redis holds nothing of /,
    )
  })
})
