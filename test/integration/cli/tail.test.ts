/** `tail` on a log, as far as it needs no process of its own. */
import { PassThrough } from 'node:stream'
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { runCli } from '../../../src/cli/program.js'
import { EVENT_TYPES } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { fence, readPage } from '../../contract/docs/markdown.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import { logWriter } from '../follow/follow-fixtures.js'
import { endOf } from '../store/ended-builds.js'
import { entryFor, KEYS, testLogger } from '../store/store-fixtures.js'

describeEachRedis('tail --no-follow', (engine) => {
  let redis: Redis
  let writer: ReturnType<typeof logWriter>

  beforeEach(async () => {
    redis = engine.connect()
    writer = logWriter(redis)
    await writer.name('dataset-1')
  })

  const tail = (...argv: string[]) => captured(['tail', '--no-follow', ...argv], { REDIS_URL: engine.url() })
  const subjects = (stdout: string) => [...stdout.matchAll(/shop\/jobs\/nightly\/(\S+)/g)].map(([, id]) => id)

  async function ended(build: string, outcome: 'success' | 'failure', branch = 'main'): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    await records.record(
      entryFor(UNRECORDED, endOf({ build, outcome, branch, created: Number(build.slice(2)) })),
    )
  }

  it('prints all that is in the log, in the words of the log notifier', async () => {
    await ended('b-1', 'failure')
    await ended('b-2', 'success')
    expect(await tail()).toEqual({
      code: 0,
      stderr: '',
      stdout:
        '2026-01-05 12:02:00Z  shop/jobs/nightly/b-1 failed after 1 min: first build of its line (main)\n' +
        '2026-01-05 12:03:00Z  shop/jobs/nightly/b-2 succeeded after 1 min: fixed after 1 min red (1 build) (main)\n',
    })
  })

  it.each([
    [
      {},
      '^[90m2026-01-05 12:02:00Z^[0m  shop/jobs/nightly/b-1 ^[31mfailed after 1 min: first build of its line^[0m ^[90m(main)^[0m\n',
    ],
    [
      { NO_COLOR: '1' },
      '2026-01-05 12:02:00Z  shop/jobs/nightly/b-1 failed after 1 min: first build of its line (main)\n',
    ],
  ])('is coloured on a terminal, unless the environment has %j', async (more, line) => {
    await ended('b-1', 'failure')
    const terminal = Object.assign(new PassThrough(), { isTTY: true })
    const io = { stdout: terminal, stderr: new PassThrough(), env: { REDIS_URL: engine.url(), ...more } }
    expect(await runCli(['tail', '--no-follow'], io)).toBe(0)
    expect(String(terminal.read()).replaceAll('\u001b', '^')).toBe(line)
  })

  it('prints with -o json what the log holds', async () => {
    await ended('b-1', 'failure')
    const { stdout } = await tail('-o', 'json')
    const [[, fields] = []] = await redis.xrange(KEYS.events, '-', '+')
    expect(stdout).toBe(`${fields?.[fields.indexOf('event') + 1]}\n`)
  })

  it('lets nothing of an event reach a terminal raw, and changes no value', async () => {
    await ended('b-1', 'failure', 'ma\u202ein\u009b31m')
    const words = await tail()
    expect(words.stdout).toContain('ma\\u202ein\\u009b31m')
    const { stdout } = await tail('-o', 'json')
    expect(stdout).not.toMatch(/[\u0080-\u009f\u202e]/)
    expect(JSON.parse(stdout)).toMatchObject({ data: { build: { branch: 'ma\u202ein\u009b31m' } } })
  })

  it('chooses by the words of routes, by branch and by place', async () => {
    await ended('b-1', 'failure')
    await ended('b-2', 'success')
    await ended('b-3', 'failure', 'release/1')
    expect(subjects((await tail('--on', 'broke,fixed')).stdout)).toEqual(['b-1', 'b-2', 'b-3'])
    expect(subjects((await tail('--type', 'success', 'stuck')).stdout)).toEqual(['b-2'])
    expect(subjects((await tail('--branch', 'release/*')).stdout)).toEqual(['b-3'])
    expect(subjects((await tail('--project', 'shop', '--job', 'nightly')).stdout)).toHaveLength(3)
    expect((await tail('--service', 'nightly')).stdout).toBe('')
  })

  it('begins with the last of those that are asked for', async () => {
    await ended('b-1', 'failure')
    await ended('b-2', 'success')
    await ended('b-3', 'failure')
    expect(subjects((await tail('-n', '2')).stdout)).toEqual(['b-2', 'b-3'])
    expect(subjects((await tail('-n', '1', '--on', 'success')).stdout)).toEqual(['b-2'])
    expect(subjects((await tail('-n', '0')).stdout)).toEqual([])
    expect(subjects((await tail('-n', '9')).stdout)).toEqual(['b-1', 'b-2', 'b-3'])
  })

  it('goes on behind the cursor that it printed', async () => {
    await ended('b-1', 'failure')
    const first = await tail('--show-cursor')
    const cursor = /^cursor: (\S+)\n$/.exec(first.stderr)?.[1] ?? ''
    await ended('b-2', 'success')
    expect(subjects((await tail('--after', cursor)).stdout)).toEqual(['b-2'])
    const nothing = await tail('--after', cursor, '--on', 'stuck', '--show-cursor')
    expect(nothing).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('begins so long ago, and tells a gap where the log no longer reaches back', async () => {
    await writer.append(3)
    expect(subjects((await tail('--since', '1h')).stdout)).toHaveLength(3)
    expect((await tail('--since', '2999-01-01')).stdout).toBe('')
    await redis.xtrim(KEYS.events, 'MAXLEN', 1)
    const trimmed = await tail('--since', '1h')
    expect(subjects(trimmed.stdout)).toHaveLength(1)
    expect(trimmed.stderr).toMatch(/^buildwatchd: events may be missing here: .* no longer reaches back/)
    expect((await tail('--since', 'beginning')).stderr).toBe('')
  })

  it('says where the data is another than that of the cursor', async () => {
    await ended('b-1', 'failure')
    const { stdout, stderr } = await tail('--after', 'dataset-0:5-0')
    expect(subjects(stdout)).toEqual(['b-1'])
    expect(stderr).toContain('Redis has lost its data or gone back')
  })

  it('prints an event of a later version as it is, where there are no words for it', async () => {
    const about = { subject: 'a/jobs/b/c', data: {} }
    const event = JSON.stringify({ id: 'x', type: 'dev.buildwatchd.build.admired.v1', ...about })
    await redis.xadd(KEYS.events, '*', 'event', event)
    expect((await tail()).stdout).toBe(`${event}\n`)
    expect((await tail('--on', 'stuck')).stdout).toBe('')
  })

  it('prints what bears the name of an event and has nothing of one as it is', async () => {
    const texts = EVENT_TYPES.map((type) =>
      JSON.stringify({ id: 'x', type, subject: 'a/jobs/b/c', data: {} }),
    )
    for (const text of texts) await redis.xadd(KEYS.events, '*', 'event', text)
    expect(await tail()).toEqual({ code: 0, stderr: '', stdout: `${texts.join('\n')}\n` })
    expect((await tail('--branch', '!main', '--on', 'broke')).code).toBe(0)
  })

  it.each([
    [['--since', 'yesterday'], '--since takes a span'],
    [['--after', '5-0'], '--after takes a cursor as --show-cursor prints it'],
    [['--lines', 'many'], '--lines takes a number'],
    [['--lines', '3', '--since', '1h'], '--since and --lines each say where to begin'],
    [['--on', 'brok'], 'did you mean broke?'],
    [['--job', 'a', '--service', 'b'], 'nothing is a job and a service'],
    [['--job', ' '], '--job is empty'],
    [['-o', 'yaml'], '--output takes words or json'],
  ])('refuses %j and says what would be right', async (argv, words) => {
    const { code, stdout, stderr } = await tail(...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('ends with 2 where Redis refuses the credentials, also when it would go on', async () => {
    await redis.config('SET', 'requirepass', 'right')
    try {
      expect(await captured(['tail'], { REDIS_URL: engine.url() })).toEqual({
        code: 2,
        stdout: '',
        stderr: `buildwatchd: REDIS_REFUSED: Redis at ${engine.url()} wants a password and was given none; correct REDIS_URL\n`,
      })
    } finally {
      await redis.config('SET', 'requirepass', '')
    }
  })

  it('takes no more rights than the page gives a reader', async () => {
    await ended('b-1', 'failure')
    const [, name = '', ...rules] = fence(readPage('docs/redis.md'), 'acl reader').trim().split(/\s+/)
    await redis.call('ACL', 'SETUSER', name, 'reset', ...rules)
    try {
      const url = engine.url().replace('//', `//${name}:password@`)
      const { code, stdout, stderr } = await captured(['tail', '--no-follow', '-n', '1'], { REDIS_URL: url })
      expect([code, subjects(stdout), stderr]).toEqual([0, ['b-1'], ''])
    } finally {
      await redis.call('ACL', 'DELUSER', name)
    }
  })

  it('ends with 6 where Redis is away, for an end would look like that of the log', async () => {
    const { code, stderr } = await captured(['tail', '--no-follow'], { REDIS_URL: 'redis://127.0.0.1:1' })
    expect(code).toBe(6)
    expect(stderr).toContain('REDIS_UNREACHABLE')
  })
})
