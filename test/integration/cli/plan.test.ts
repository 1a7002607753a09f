/** `plan` on files alone, on a file of past builds, and on what a daemon has left in Redis. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import { endOf } from '../store/ended-builds.js'
import { entryFor, KEYS, testLogger } from '../store/store-fixtures.js'

describeEachRedis('plan', (engine) => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plan-'))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function settings(more: string, redis = `{ data_dir: ${folder} }`): string {
    const file = join(folder, 'settings.yaml')
    writeFileSync(
      file,
      `accounts: { default: { token: "\${TOKEN:-x}" } }\nredis: ${redis}\n${more}\nwatches: [{ project: shop, job: nightly }]\n`,
    )
    return file
  }

  const plan = (...argv: string[]) => captured(['plan', ...argv])

  it('needs neither Redis nor a past: it says what it assumes', async () => {
    const { code, stdout, stderr } = await plan('-c', settings(''), '--builds-per-hour', '6')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('HISTORY: none (no daemon with an embedded Redis runs on')
    expect(stdout).toContain('6 builds an hour are assumed')
    expect(stdout).toMatch(/ACCOUNT default: fits, \d+ of 900 requests an hour/)
  })

  it('goes by what Redis knows of past builds', async () => {
    const redis = engine.connect()
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    for (let nth = 0; nth < 5; nth += 1)
      await records.record(
        entryFor(UNRECORDED, endOf({ build: `b-${nth}`, created: nth * 30, ended: nth * 30 + 4 })),
      )
    const { stdout } = await plan('-c', settings('', `{ url: "${engine.url()}" }`), '-o', 'json')
    expect(JSON.parse(stdout)).toMatchObject({
      history: 'Redis',
      accounts: [{ fits: true, watches: [{ target: 'shop/jobs/nightly', history: 5, usualS: 240 }] }],
    })
  })

  it('goes by a file of past builds, without asking Redis', async () => {
    const history = join(folder, 'past.csv')
    const rows = Array.from({ length: 20 }, (_, nth) => `shop/jobs/nightly,${1_700_000_000 + nth * 600},90`)
    writeFileSync(history, ['job,started_at_epoch_s,duration_s', ...rows].join('\n'))
    const file = settings('', '{ url: "redis://127.0.0.1:1" }')
    const { stdout } = await plan('-c', file, '--history', history, '-o', 'json')
    const [account] = JSON.parse(stdout).accounts
    expect(account.watches[0]).toMatchObject({ history: 20, usualS: 90 })
    expect(Math.abs(account.watches[0].buildsPerHour - 6)).toBeLessThan(1.5)
  })

  it('ends with 2 for a file that knows none of the watched jobs', async () => {
    const history = join(folder, 'past.csv')
    writeFileSync(history, 'job,started_at_epoch_s,duration_s\nother/jobs/x,1,2\n')
    expect(await plan('-c', settings(''), '--history', history)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('such as shop/jobs/nightly, not "other/jobs/x"'),
    })
  })

  it('ends with 2 where asked to when builds are seen too late', async () => {
    const file = settings('')
    expect(await plan('-c', file, '--max-p95', '3600')).toMatchObject({ code: 0 })
    expect(await plan('-c', file, '--max-p95', '0.001')).toMatchObject({ code: 2 })
  })

  it('ends with 2 where asked to when the watches do not fit, and names the cure', async () => {
    const file = settings('polling: { max_interval: 2s }')
    expect(await plan('-c', file)).toMatchObject({ code: 0 })
    const refused = await plan('-c', file, '--fail-over-budget')
    expect(refused.code).toBe(2)
    expect(refused.stdout).toContain('DOES NOT FIT')
    expect(refused.stdout).toContain('    raise max_interval to 4 s or more')
    expect(await plan('-c', file, '--fail-over-budget', '--limit', '3000')).toMatchObject({ code: 0 })
  })

  it('ends with 2 for what is no number, and for settings that are wrong', async () => {
    const file = settings('')
    expect(await plan('-c', file, '--limit', 'many')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--limit takes a number'),
    })
    expect(await plan('-c', settings('polling: { min_interval: 5 }'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('polling.min_interval'),
    })
  })
})
