/** `history` on what a daemon has left in Redis. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { readHistoryFile } from '../../../src/app/history-file.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import { type Ended, endOf, minute } from '../store/ended-builds.js'
import { entryFor, historyEntryFor, KEYS, refOf, testLogger } from '../store/store-fixtures.js'

const JOB = 'shop/jobs/nightly'
/** With the year where that is long ago by now. */
const BEGAN = expect.stringMatching(/^(01-05 12:\d\d|2026-01-05)$/)

describeEachRedis('history', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  const history = (...argv: string[]) =>
    captured(['history', ...argv], { REDIS_URL: engine.url(), LANG: 'en_GB.UTF-8' })
  const records = () => createBuildRecords({ redis, keys: KEYS, logger: testLogger() })

  async function ended(...builds: Ended[]): Promise<void> {
    for (const build of builds) await records().record(entryFor(UNRECORDED, endOf(build)))
  }

  const THREE: Ended[] = [
    { build: 'b-1', created: 0, ended: 4, sha: '1111111aaa' },
    { build: 'b-2', created: 10, ended: 12, outcome: 'failure' },
    { build: 'b-3', created: 20, ended: 28, branch: 'release/1' },
  ]

  it('shows how a job goes, the newest build first', async () => {
    await ended(...THREE)
    const { code, stdout, stderr } = await history(JOB)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [head, rate, spark, , , ...rest] = stdout.split('\n')
    expect(head).toBe('shop/jobs/nightly: 3 builds that Redis knows')
    expect(rate).toBe('2 of 3 passed (66 %); median 4 min, 9 of 10 within 8 min')
    expect(spark).toBe('▄▂█  oldest to newest, up to 8 min')
    expect(rest.join('\n')).toMatch(/main +FAILING +1 build +since .*\nrelease\/1 +passing +1 build +since /)
    expect(rest.filter((line) => /b-\d/.test(line)).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['b-3', BEGAN, 'release/1', '█ 8m', 'success', 'first_passed'],
      ['b-2', BEGAN, 'main', '▂ 2m', 'failure', 'broke'],
      ['b-1', BEGAN, 'main', '1111111', '▄ 4m', 'success', 'first_passed'],
    ])
  })

  it('tells the same as one object, instants in ISO 8601', async () => {
    await ended(...THREE)
    const { stdout } = await history(JOB, '-o', 'json', '--limit', '2')
    expect(JSON.parse(stdout)).toEqual({
      job: JOB,
      known: 3,
      summary: { builds: 2, passed: 1, failed: 1, successRate: 0.5, medianMs: 300_000, p90Ms: 480_000 },
      lines: [
        { line: 'branch/release%2F1', result: 'passed', consecutive: 1, sinceAt: iso(28) },
        { line: 'branch/main', result: 'failed', consecutive: 1, sinceAt: iso(12) },
      ],
      builds: [
        {
          build: 'b-3',
          createdAt: iso(20),
          durationMs: 480_000,
          line: 'branch/release%2F1',
          outcome: 'success',
          verdict: 'first_passed',
          branch: 'release/1',
        },
        expect.objectContaining({ build: 'b-2', outcome: 'failure', verdict: 'broke', branch: 'main' }),
      ],
    })
  })

  const iso = (at: number) => new Date(minute(at)).toISOString()

  it('chooses by branch, and takes the names by themselves', async () => {
    await ended(...THREE)
    const { stdout } = await history(
      '--project',
      'shop',
      '--job',
      'nightly',
      '--branch',
      'release/*',
      '-o',
      'yaml',
    )
    expect(stdout).toContain('build: b-3')
    expect(stdout).not.toContain('b-2')
    expect(await history(JOB, '--branch', 'hotfix')).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringContaining(
        'of the 3 builds of shop/jobs/nightly that are known none is on such a branch',
      ),
    })
  })

  it('knows builds that had ended before anyone watched', async () => {
    await records().record(historyEntryFor(endOf({ build: 'b-1', created: 0, ended: 3 })))
    expect((await history(JOB)).stdout).toMatch(/b-1 .* main .* success/)
  })

  it('keeps to the durations where the records have expired', async () => {
    await ended(...THREE)
    await redis.del(KEYS.build(`${JOB}/b-1`))
    const { stdout } = await history(JOB)
    expect(stdout).toContain('1 of 2 passed (50 %); median 4 min')
    expect(stdout).toMatch(/b-1 +(01-05 12:00|2026-01-05) +▄ 4m\n/)
    expect(stdout).toContain('Of 1 build only the duration is still kept (retention.builds).\n')
    expect((await history(JOB, '--branch', '!release/*')).stdout).not.toContain('b-1')
  })

  it('is CSV that plan --history reads, and in which no branch is a formula', async () => {
    const formula = '=HYPERLINK("http://evil.example,1")'
    await ended(
      ...THREE,
      { build: 'b-4', created: 30, ended: 31.5, branch: formula },
      { build: 'b-5', created: 40, ended: 41, branch: 'a\n@b' },
    )
    const { stdout } = await history(JOB, '-o', 'csv')
    expect(stdout.split('\r\n').slice(0, 3)).toEqual([
      'job,started_at_epoch_s,duration_s,build,branch,pull_request,sha,outcome,verdict',
      `shop/jobs/nightly,${minute(40) / 1000},60,b-5,a\\u000a@b,,,success,first_passed`,
      `shop/jobs/nightly,${minute(30) / 1000},90,b-4,"'=HYPERLINK(""http://evil.example,1"")",,,success,first_passed`,
    ])
    const dir = await mkdtemp(join(tmpdir(), 'buildwatchd-history-'))
    try {
      const file = join(dir, 'builds.csv')
      await writeFile(file, stdout)
      expect([...(await readHistoryFile(file))]).toEqual([
        [
          JOB,
          [
            [40, 60],
            [30, 90],
            [20, 480],
            [10, 120],
            [0, 240],
          ].map(([created = 0, seconds = 0]) => ({ createdAt: minute(created), durationMs: seconds * 1000 })),
        ],
      ])
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('lets nothing of a branch reach a terminal raw', async () => {
    await ended({ build: 'b-1', created: 0, branch: 'ma\u202ein\u009b31m' })
    for (const format of ['table', 'json', 'csv', 'yaml'])
      expect((await history(JOB, '-o', format)).stdout).not.toMatch(/[\u0080-\u009f\u202e]/)
  })

  it('ends with 5 where nothing is known, and says what to do', async () => {
    expect(await history(JOB)).toEqual({
      code: 5,
      stdout: '',
      stderr:
        'buildwatchd: NOT_RECORDED: Redis knows of no build of shop/jobs/nightly that has ended; check the key against buildwatchd status, or wait for an end\n',
    })
  })

  it.each([
    [[], 'history needs a key such as shop/jobs/nightly, or --project and --job or --service'],
    [[JOB, '--project', 'shop'], 'not both'],
    [['--project', 'shop'], 'history needs'],
    [['--project', 'shop', '--job', 'a', '--service', 'b'], 'history needs'],
    [['shop/nightly'], 'history takes the key of a job or service, such as shop/jobs/nightly'],
    [[`${JOB}/b-1`], 'buildwatchd explain shows one build'],
    [[JOB, '--limit', '0'], '--limit takes a number from 1 to 100'],
    [[JOB, '--limit', '101'], '--limit takes a number from 1 to 100'],
    [[JOB, '-o', 'xml'], '--output takes json, csv, yaml, table'],
  ])('refuses %j and says what would be right', async (argv, words) => {
    const { code, stdout, stderr } = await history(...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
  })

  it('is of a service of a team, too', async () => {
    const ref = { ...refOf('b-1'), team: 'acme', kind: 'services', resource: 'api' } as const
    const snapshot = { ...endOf({ build: 'b-1', created: 0 }), ref }
    await records().record(entryFor(UNRECORDED, snapshot))
    const { stdout } = await history('teams/acme/shop/services/api')
    expect(stdout).toContain('teams/acme/shop/services/api: 1 build')
    const names = ['--team', 'acme', '--project', 'shop', '--service', 'api']
    expect((await history(...names)).stdout).toBe(stdout)
  })
})
