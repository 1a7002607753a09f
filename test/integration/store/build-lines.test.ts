/** What the end of a build means for its line, as the record script works it out. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import { isoInstant } from '../../../src/domain/instant.js'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Ended, endOf, minute } from './ended-builds.js'
import { type Judging, judgingOn } from './judging.js'
import { entryFor, KEYS, REF, refOf, snapshotOf } from './store-fixtures.js'

const RESOURCE = resourceKey(REF)
const LINES = KEYS.lines(RESOURCE)
const MOVED = KEYS.linesMoved(RESOURCE)

describeEachRedis('lines', (engine) => {
  let redis: Redis
  let records: BuildRecords
  let lines: Judging

  beforeEach(() => {
    redis = engine.connect()
    lines = judgingOn(redis)
    records = lines.records
  })

  const judge = (ended: Ended) => lines.judge(ended)
  const headOf = () => lines.headOf()
  const lastEvent = () => lines.lastEvent()

  async function verdictsOf(...each: Ended[]): Promise<(string | undefined)[]> {
    const verdicts: (string | undefined)[] = []
    for (const ended of each) {
      const { verdict, superseded } = await judge(ended)
      verdicts.push(superseded ? 'superseded' : verdict)
    }
    return verdicts
  }

  it('begin with the first build that passes', async () => {
    const since = isoInstant(minute(5))
    expect(await judge({ build: 'a', created: 1, ended: 5 })).toEqual({
      verdict: 'first_passed',
      consecutive: 1,
      since,
    })
    expect(await headOf()).toEqual({
      build: 'a',
      createdAt: minute(1),
      result: 'passed',
      outcome: 'success',
      consecutive: 1,
      sinceAt: minute(5),
      since,
      verdict: 'first_passed',
    })
  })

  it.each(['failure', 'crashed', 'submission_failure'] as const)('begin red with a %s', async (outcome) => {
    expect(await judge({ build: 'a', outcome, created: 1 })).toMatchObject({ verdict: 'first_failed' })
    expect(await headOf()).toMatchObject({ result: 'failed', outcome })
  })

  it('break, stay red, are fixed and stay green', async () => {
    await judge({ build: 'a', created: 0, ended: 2 })
    expect(await judge({ build: 'b', outcome: 'failure', created: 3, ended: 5 })).toEqual({
      verdict: 'broke',
      consecutive: 1,
      since: isoInstant(minute(5)),
      firstFailedBuild: 'b',
    })
    expect(await judge({ build: 'c', outcome: 'crashed', created: 6, ended: 7 })).toEqual({
      verdict: 'still_failing',
      consecutive: 2,
      since: isoInstant(minute(5)),
      firstFailedBuild: 'b',
    })
    expect(await judge({ build: 'd', created: 8, ended: 12 })).toEqual({
      verdict: 'fixed',
      consecutive: 1,
      since: isoInstant(minute(12)),
      redForMs: 7 * 60_000,
      redBuilds: 2,
      firstFailedBuild: 'b',
    })
    expect(await judge({ build: 'e', created: 13, ended: 14 })).toEqual({
      verdict: 'still_passing',
      consecutive: 2,
      since: isoInstant(minute(12)),
    })
  })

  it('say which build and commit broke them, until they are fixed', async () => {
    const first = { firstFailedBuild: 'b "x" }} \\ / é', firstFailedSha: '1e5"\\/🦊' }
    const { firstFailedBuild: build, firstFailedSha: sha } = first
    await judge({ build: 'a', created: 0, sha: 'aaa' })
    expect(await judge({ build, sha, outcome: 'failure', created: 1 })).toMatchObject(first)
    expect(await judge({ build: 'c', sha: 'ccc', outcome: 'crashed', created: 2 })).toMatchObject(first)
    expect(await judge({ build: 'd', sha: 'ddd', created: 3 })).toMatchObject({ verdict: 'fixed', ...first })
    expect(await headOf()).toMatchObject({ build: 'd', ...first })
    expect(await redis.hgetall(KEYS.build(buildKey(refOf('d'))))).toMatchObject(first)
    expect(await judge({ build: 'e', created: 4 })).not.toHaveProperty('firstFailedBuild')
    expect(await headOf()).not.toHaveProperty('firstFailedBuild')
  })

  it.each([
    ['that a row of one began with itself', 1, 'a'],
    ['nothing of how a longer row began', 2, undefined],
  ])('know by a head of an older version %s', async (_, consecutive, firstFailedBuild) => {
    await judge({ build: 'a', sha: 'aaa', outcome: 'failure', created: 0 })
    const { firstFailedBuild: _build, firstFailedSha: _sha, ...older } = await headOf()
    await redis.hset(LINES, 'branch/main', JSON.stringify({ ...older, consecutive }))
    const judged = await judge({ build: 'b', sha: 'bbb', outcome: 'failure', created: 1 })
    expect(judged.firstFailedBuild).toBe(firstFailedBuild)
    expect(judged).not.toHaveProperty('firstFailedSha')
    expect((await judge({ build: 'c', created: 2 })).firstFailedBuild).toBe(firstFailedBuild)
  })

  it('were red for no less than nothing, whatever the clocks say', async () => {
    await judge({ build: 'a', outcome: 'failure', created: 0, ended: 30 })
    expect(await judge({ build: 'b', created: 1, ended: 10 })).toMatchObject({
      verdict: 'fixed',
      redForMs: 0,
    })
  })

  it('look through builds that were aborted or ended unknown', async () => {
    await judge({ build: 'a', outcome: 'failure', created: 0 })
    const head = await headOf()
    expect(await judge({ build: 'b', outcome: 'aborted', created: 1 })).toEqual({})
    expect(await judge({ build: 'c', outcome: 'unknown', created: 2 })).toEqual({})
    expect(await judge({ build: 'old', outcome: 'aborted', created: -5 })).toEqual({})
    expect(await headOf()).toEqual(head)
    expect(await judge({ build: 'd', created: 3 })).toMatchObject({ verdict: 'fixed', redBuilds: 1 })
  })

  it('are not moved by a build that is older than their head', async () => {
    await judge({ build: 'b', created: 10 })
    const head = await headOf()
    expect(await judge({ build: 'a', outcome: 'failure', created: 9, ended: 60 })).toEqual({
      superseded: true,
    })
    expect(await headOf()).toEqual(head)
  })

  it('are not moved by a build of unknown age, even where there is no head', async () => {
    expect(await judge({ build: 'a', outcome: 'failure', created: undefined })).toEqual({ superseded: true })
    expect(await headOf()).toBeNull()
    await judge({ build: 'b', created: 10 })
    expect(await judge({ build: 'c', outcome: 'failure', created: undefined })).toEqual({ superseded: true })
    expect(await headOf()).toMatchObject({ build: 'b' })
  })

  it('are moved by another build that was created in the same instant', async () => {
    const each = (['success', 'failure', 'success'] as const).map((outcome, at) => ({
      build: `b${at}`,
      outcome,
      created: 7,
    }))
    expect(await verdictsOf(...each)).toEqual(['first_passed', 'broke', 'fixed'])
  })

  it('are apart by branch and by pull request', async () => {
    expect(
      await verdictsOf(
        { build: 'a', created: 0 },
        { build: 'b', outcome: 'failure', created: 1, branch: 'release/1' },
        { build: 'c', created: 2, branch: 'release/1' },
        { build: 'd', outcome: 'failure', created: 3 },
      ),
    ).toEqual(['first_passed', 'first_failed', 'fixed', 'broke'])
    const pullRequest = endOf({ build: 'e', outcome: 'failure', created: 4 })
    const snapshot = { ...pullRequest, build: { ...pullRequest.build, pullRequestId: 7 } }
    await records.record(entryFor(UNRECORDED, snapshot))
    expect((await lastEvent()).data).toMatchObject({ line: 'pr/7', verdict: 'first_failed' })
    expect((await redis.hkeys(LINES)).sort()).toEqual(['branch/main', 'branch/release%2F1', 'pr/7'])
  })

  it('are told the same in the log, the stream of the build and on the channel, and stand in the hash', async () => {
    await judge({ build: 'a', outcome: 'failure', created: 0, ended: 1 })
    const subscriber = engine.connect()
    const heard: string[] = []
    subscriber.on('message', (_channel, message) => heard.push(message))
    const key = buildKey(refOf('b'))
    await subscriber.subscribe(KEYS.channel(key))
    await judge({ build: 'b', created: 2, ended: 4 })
    await subscriber.ping()
    const [own] = await redis.xrange(KEYS.transitions(key), '-', '+')
    const [logged] = await redis.xrevrange(KEYS.events, '+', '-', 'COUNT', 1)
    expect(heard).toEqual([own?.[1][1]])
    expect(logged?.[1][1]).toBe(own?.[1][1])
    expect(await redis.hgetall(KEYS.build(key))).toMatchObject({
      line: 'branch/main',
      verdict: 'fixed',
      consecutive: '1',
      since: isoInstant(minute(4)),
      redForMs: '180000',
      redBuilds: '1',
    })
  })

  it('leave superseded in the hash where the event says so', async () => {
    await judge({ build: 'b', created: 10 })
    await judge({ build: 'a', created: 9 })
    const hash = await redis.hgetall(KEYS.build(buildKey(refOf('a'))))
    expect(hash).toMatchObject({ superseded: 'true', line: 'branch/main' })
    expect(hash).not.toHaveProperty('verdict')
  })

  it('leave what the API served as it was served', async () => {
    const served = { message: 'a "quoted" }} / \u2028 \\ 🦊', pullRequestId: 12_345_678_901, sha: '12e5678' }
    const end = endOf({ build: 'a', created: 0 })
    await records.record(entryFor(UNRECORDED, { ...end, build: { ...end.build, ...served } }))
    expect((await lastEvent()).data).toMatchObject({ build: served, verdict: 'first_passed' })
  })

  it('say nothing of transitions that conclude nothing', async () => {
    const snapshot = snapshotOf({ status: 'BUILDING', branch: 'main' })
    await records.record(entryFor(UNRECORDED, snapshot))
    expect((await lastEvent()).data).not.toHaveProperty('verdict')
    expect(await redis.exists(LINES, MOVED)).toBe(0)
  })
})
