/** `explain` on what a daemon has left in Redis. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { CONCLUDED } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createProbeNotes } from '../../../src/store/probe-notes.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import {
  entryFor,
  historyEntryFor,
  KEYS,
  refOf,
  START_AT,
  snapshotOf,
  testLogger,
} from '../store/store-fixtures.js'

describeEachRedis('explain', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  const explain = (...argv: string[]) => captured(['explain', ...argv], { REDIS_URL: engine.url() })
  const records = () => createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
  const key = buildKey(refOf('a'))

  async function followed(): Promise<void> {
    await records().record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, refOf('a'))))
    const notes = createProbeNotes({ redis, keys: KEYS })
    const saw = { kind: 'seen', builds: 4, active: 2 } as const
    await notes.note('shop/jobs/nightly', { at: START_AT - 10, why: 'idle', requests: 1, saw })
  }

  it('tells how a build went and what its job was asked for', async () => {
    await followed()
    const { code, stdout, stderr } = await explain(key)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`${key} is BUILDING\nwhile it ran 1 probe, 1 request;`)
    expect(stdout).toMatch(/to see new builds +1 +BUILDING/)
  })

  it('tells the same as one object, instants in ISO 8601', async () => {
    await followed()
    const { stdout } = await explain(key, '-o', 'json')
    expect(JSON.parse(stdout)).toMatchObject({
      build: key,
      isHistory: false,
      transitions: [{ subject: key, data: { seq: 1, to: 'BUILDING' } }],
      probes: [
        { at: new Date(START_AT - 10).toISOString(), why: 'idle', requests: 1, told: { to: 'BUILDING' } },
      ],
    })
  })

  it('passes over what somebody else has written among the transitions', async () => {
    await followed()
    const before = await explain(key, '-o', 'json')
    const text = JSON.stringify({ id: 'x', type: CONCLUDED, subject: key, data: {} })
    for (const [at, fields] of [
      ['note', 'x'],
      ['event', '{"half'],
      ['event', text],
    ].entries())
      await redis.xadd(KEYS.transitions(key), `${at + 90}-0`, ...fields)
    expect(await explain(key, '-o', 'json')).toEqual(before)
    expect(await explain(key)).toMatchObject({ code: 0, stderr: '' })
  })

  it('tells of history that it was told to nobody', async () => {
    await records().record(historyEntryFor(snapshotOf({ status: 'SUCCESS', concluded: true }, refOf('a'))))
    expect((await explain(key)).stdout).toContain('was told to nobody')
  })

  it.each([
    'a',
    'shop/jobs/nightly/a#BUILDING->ops',
    'https://app.northflank.com/t/acme/project/shop/jobs/nightly/builds/a',
  ])('knows the build by %s', async (text) => {
    await followed()
    expect((await explain(text)).stdout).toContain(`${key} is BUILDING`)
  })

  it('names the builds among which an id does not decide, and those of its id where a key is of none', async () => {
    await followed()
    const other = { ...refOf('a'), project: 'till' }
    const name = buildKey(other)
    await records().record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, other)))
    await records().record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, refOf('ba'))))
    expect(await explain('a')).toEqual({
      code: 2,
      stdout: '',
      stderr: `buildwatchd: USAGE: 2 builds have the id a; name one: ${key}, ${name}\n`,
    })
    expect(await explain('shop/services/nightly/ba')).toEqual({
      code: 5,
      stdout: '',
      stderr:
        'buildwatchd: NOT_RECORDED: Redis holds nothing of shop/services/nightly/ba; recorded of that id: shop/jobs/nightly/ba\n',
    })
    expect(await explain('c')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('no build of the id "c"'),
    })
  })

  it('ends with 5 where Redis holds nothing of the build, and with 2 for what is no build key', async () => {
    expect(await explain(key)).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringContaining('NOT_RECORDED'),
    })
    expect(await explain('shop/nightly')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('build key'),
    })
  })
})
