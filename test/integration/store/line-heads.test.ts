/** How many heads of lines there are, and what is said of a build that is already at the head of its line. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import { isoInstant } from '../../../src/domain/instant.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Ended, endOf, minute } from './ended-builds.js'
import { type Judging, judgingOn } from './judging.js'
import { historyEntryFor, KEYS, REF, refOf } from './store-fixtures.js'

const RESOURCE = resourceKey(REF)
const LINES = KEYS.lines(RESOURCE)
const MOVED = KEYS.linesMoved(RESOURCE)
/** What is added to the instants of heads that failed. */
const RED = 1e15

describeEachRedis('heads of lines', (engine) => {
  let redis: Redis
  let lines: Judging

  beforeEach(() => {
    redis = engine.connect()
    lines = judgingOn(redis)
  })

  it('are not moved twice by the build at their head, which says the same again when its record was lost', async () => {
    const each: Ended[] = [
      { build: 'a', outcome: 'failure', created: 0, ended: 2 },
      { build: 'b', outcome: 'crashed', created: 1, ended: 3 },
      { build: 'c', created: 4, ended: 9 },
      { build: 'd', created: 5, ended: 10 },
      { build: 'e', outcome: 'failure', created: 6, ended: 11 },
    ]
    const told: (string | undefined)[] = []
    for (const ended of each) {
      const said = await lines.judge(ended)
      const head = await lines.headOf()
      await lines.lose(ended.build)
      expect(await lines.judge(ended)).toEqual(said)
      expect(await lines.headOf()).toEqual(head)
      told.push(said.verdict)
    }
    expect(told).toEqual(['first_failed', 'still_failing', 'fixed', 'still_passing', 'broke'])
  })

  it('say the verdict of a build that was history when it is told after all', async () => {
    await lines.judge({ build: 'a', outcome: 'failure', created: 0, ended: 2 })
    const end = endOf({ build: 'b', created: 3, ended: 4 })
    await lines.records.record(historyEntryFor(end))
    const fixed = { verdict: 'fixed', consecutive: 1, redForMs: 2 * 60_000, redBuilds: 1 }
    expect(await lines.judge({ build: 'b', created: 3, ended: 4 })).toMatchObject(fixed)
    expect(await redis.hget(KEYS.build(buildKey(refOf('b'))), 'verdict')).toBe('fixed')
  })

  it('keep to themselves what a head without a verdict cannot know', async () => {
    const row = { consecutive: 1, since: isoInstant(minute(1)) }
    await lines.judge({ build: 'a', outcome: 'failure', created: 0 })
    await lines.judge({ build: 'b', created: 2, ended: 3 })
    const { verdict: _, redForMs: __, redBuilds: ___, ...rest } = await lines.headOf()
    const { firstFailedBuild: ____, ...head } = rest
    await redis.hset(LINES, 'branch/main', JSON.stringify({ ...head, ...row }))
    await lines.lose('b')
    expect(await lines.judge({ build: 'b', created: 2, ended: 3 })).toEqual({})
    await redis.hset(LINES, 'branch/main', JSON.stringify({ ...head, ...row, consecutive: 3 }))
    await lines.lose('b')
    expect(await lines.judge({ build: 'b', created: 2, ended: 3 })).toEqual({
      ...row,
      verdict: 'still_passing',
      consecutive: 3,
    })
  })

  it('say nothing of the build at their head when it is seen with the other result', async () => {
    await lines.judge({ build: 'a', created: 0 })
    const head = await lines.headOf()
    await lines.lose('a')
    expect(await lines.judge({ build: 'a', outcome: 'failure', created: 0 })).toEqual({})
    expect(await lines.headOf()).toEqual(head)
  })

  it('know a head by any id that Northflank could give', async () => {
    const build = 'x "} \\ / é 🦊'
    await lines.judge({ build, created: 5 })
    expect(await lines.headOf()).toMatchObject({ build })
    await lines.lose(build)
    expect(await lines.judge({ build, created: 5 })).toMatchObject({
      verdict: 'first_passed',
      consecutive: 1,
    })
    expect(await lines.headOf()).toMatchObject({ build, consecutive: 1 })
  })

  /** So many lines as if they had moved before all others, one a minute. */
  async function fill(count: number, result: 'passed' | 'failed'): Promise<void> {
    const lines = Array.from({ length: count }, (_, at) => `branch/${result}-${at}`)
    const moved = (at: number) => (result === 'failed' ? RED + at : at) + 1
    await redis.hset(LINES, ...lines.flatMap((line) => [line, '{}']))
    await redis.zadd(MOVED, ...lines.flatMap((line, at) => [moved(at), line]))
  }

  it('are no more than five thousand: those that passed and have not moved for longest go', async () => {
    await lines.judge({ build: 'r', outcome: 'failure', created: -9000, branch: 'red' })
    await fill(4999, 'passed')
    await lines.judge({ build: 'a', created: 2000, branch: 'new' })
    await lines.judge({ build: 'b', outcome: 'failure', created: 2000, branch: 'newly-red' })
    expect(await redis.zcard(MOVED)).toBe(5000)
    expect(await redis.hlen(LINES)).toBe(5000)
    expect(await redis.hmget(LINES, 'branch/passed-0', 'branch/passed-1', 'branch/passed-2')).toEqual([
      null,
      null,
      '{}',
    ])
    expect(await redis.zscore(MOVED, 'branch/new')).toBe(String(minute(2001)))
    expect(await lines.judge({ build: 's', created: 3000, branch: 'red' })).toMatchObject({
      verdict: 'fixed',
    })
  })

  it('make way as others do once they pass again', async () => {
    await lines.judge({ build: 'r', outcome: 'failure', created: -9000, branch: 'mended' })
    await lines.judge({ build: 's', created: -8000, branch: 'mended' })
    await fill(4999, 'failed')
    await lines.judge({ build: 'a', outcome: 'failure', created: 0, branch: 'new' })
    expect(await lines.headOf('branch/mended')).toBeNull()
    expect(await lines.headOf('branch/failed-0')).toEqual({})
  })

  it('that are red go only where all are red: the one that has not moved for longest', async () => {
    await fill(5000, 'failed')
    await lines.judge({ build: 'a', outcome: 'failure', created: 0, branch: 'new' })
    expect(await redis.zcard(MOVED)).toBe(5000)
    expect(await lines.headOf('branch/failed-0')).toBeNull()
    expect(await lines.headOf('branch/failed-1')).toEqual({})
    expect(await lines.headOf('branch/new')).toMatchObject({ build: 'a' })
  })
})
