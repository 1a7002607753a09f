/** Which build is followed where none is named, and command lines that make no sense. */
import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { JOB, pastScript, scriptOf, watchBench } from './watch-bench.js'

const bench = watchBench()
const NIGHTLY = ['--project', 'shop', '--job', 'nightly'] as const

const ended = async (...argv: string[]) => {
  const { code, stdout } = await bench.watch(...NIGHTLY, ...argv, '-o', 'json')
  const last = stdout.trimEnd().split('\n').at(-1)
  return { code, build: last ? JSON.parse(last).data.build.id : undefined }
}

describe('without a build the newest is followed', () => {
  it('of all', async () => {
    bench.api().addBuild(pastScript('newer', { startsInMs: -300_000 }))
    bench.api().addBuild(pastScript('older'))
    expect(await ended()).toEqual({ code: 0, build: 'newer' })
  })

  it('of a branch, by its whole name', async () => {
    bench.api().addBuild(pastScript('a', { branch: 'main' }))
    bench.api().addBuild(pastScript('b', { branch: 'maintenance', startsInMs: -300_000 }))
    expect(await ended('--branch', 'main')).toEqual({ code: 0, build: 'a' })
  })

  it('of a commit, by how it begins', async () => {
    bench.api().addBuild(pastScript('a', { sha: 'abcdef0123456789' }))
    bench.api().addBuild(pastScript('b', { sha: 'fedcba0123456789', startsInMs: -300_000 }))
    expect(await ended('--commit', 'ABCDEF0')).toEqual({ code: 0, build: 'a' })
  })

  it('of a pull request', async () => {
    bench.api().addBuild(pastScript('a', { pullRequestId: 17 }))
    bench.api().addBuild(pastScript('b', { pullRequestId: 170, startsInMs: -300_000 }))
    expect(await ended('--pull-request', '17')).toEqual({ code: 0, build: 'a' })
  })

  it('of a service', async () => {
    const ref = { project: 'shop', kind: 'services', resource: 'api', build: 's-1' } as const
    bench.api().addBuild({ ...pastScript('s-1'), ref })
    expect(await bench.watch('--project', 'shop', '--service', 'api')).toMatchObject({ code: 0 })
  })

  it('and none of before the push, with --since', async () => {
    bench.api().addBuild(pastScript('before', { outcome: 'failure' }))
    const watching = ended('--since', '5m')
    await eventually(() => bench.asked().length > 0, { what: 'a look', withinMs: 10_000 })
    bench.api().addBuild(scriptOf('after'))
    expect(await watching).toEqual({ code: 0, build: 'after' })
  })

  it('on a later page too', async () => {
    await bench.restart({ mostPerPage: 2 })
    const branches = ['rare', 'main', 'main', 'main', 'main']
    for (const [at, branch] of branches.entries())
      bench.api().addBuild(pastScript(`b-${at}`, { branch, startsInMs: -600_000 + 1000 * at }))
    expect(await ended('--branch', 'rare')).toEqual({ code: 0, build: 'b-0' })
  })

  it('and stays the one when a newer one comes', async () => {
    bench.api().addBuild(scriptOf('first', { outcome: 'failure' }))
    const watching = ended()
    await eventually(() => bench.asked().length > 0, { what: 'a look', withinMs: 10_000 })
    bench.api().addBuild(scriptOf('second'))
    expect(await watching).toEqual({ code: 1, build: 'first' })
  })

  it('and where none appears that is meant, it ends with 5 and says what was looked for', async () => {
    bench.api().addBuild(pastScript('a'))
    const { code, stderr } = await bench.watch(...NIGHTLY, '--branch', 'gone', '--appear-timeout', '300ms')
    expect(code).toBe(5)
    expect(stderr).toMatch(
      /\nbuildwatchd: API_NOT_FOUND: the newest build of shop\/jobs\/nightly on gone has not appeared /,
    )
  })

  it('and takes no build of no pull request for one whose number a script did not know', async () => {
    bench.api().addBuild(pastScript('a'))
    const argv = [...NIGHTLY, '--pull-request', 'null', '--appear-timeout', '300ms']
    expect(await bench.watch(...argv)).toMatchObject({ code: 5 })
  })

  it('and a span that reaches back before all time takes any', async () => {
    bench.api().addBuild(pastScript('a'))
    const since = [...NIGHTLY, '--since', '999999999d']
    expect(await bench.watch(...since)).toMatchObject({ code: 0 })
    const argv = [...since, '--branch', 'gone', '--appear-timeout', '300ms']
    expect(await bench.watch(...argv)).toMatchObject({ code: 5 })
  })

  it('and a branch of foreign characters reaches no terminal raw, nor is more time claimed than there was', async () => {
    bench.api().addBuild(pastScript('a'))
    const { code, stderr } = await bench.watch(
      ...NIGHTLY,
      '--branch',
      'a\u009b31m\u202eb',
      '--timeout',
      '300ms',
    )
    expect(code).toBe(5)
    expect(stderr).not.toMatch(/[\u009b\u202e]/)
    expect(stderr).toMatch(
      / on a\\u009b31m\\u202eb has not appeared within less than a second; .* --timeout\n$/,
    )
  })
})

describe('a command line that makes no sense ends with 2 and names the cure', () => {
  it.each<[readonly string[], string]>([
    [[], 'name what to watch'],
    [['shop/nightly/b-1'], 'is no build key; write '],
    [[`${JOB}/b-1`, '--branch', 'main'], 'a build that is named needs no --branch'],
    [[`${JOB}/b-1`, '--project', 'shop'], 'not both'],
    [[...NIGHTLY, '--service', 'api'], 'nothing is a job and a service'],
    [['--job', 'nightly'], '--project <id> is missing'],
    [[...NIGHTLY, '--build', 'a/b'], '--build takes one id'],
    [[...NIGHTLY, '--commit', 'abc'], '--commit takes a commit, or at least its first 7 characters'],
    [[...NIGHTLY, '--branch', ''], '--branch is empty'],
    [[...NIGHTLY, '--since', 'yesterday'], '--since takes a span'],
    [
      [...NIGHTLY, '--since', '\u009b\u202e'],
      '--since takes a span such as 2h, a date or an instant such as 2026-03-04T09:00Z, not "\\u009b\\u202e"',
    ],
    [[...NIGHTLY, '--timeout', '5'], '--timeout takes a span'],
    [[...NIGHTLY, '--timeout', '0s'], '--timeout is no time at all'],
    [[...NIGHTLY, '--via', 'mail'], '--via takes auto, api, redis'],
    [[...NIGHTLY, '-o', 'xml'], '--output takes json, yaml, table'],
  ])('%j', async (argv, words) => {
    const { code, stderr } = await bench.watch(...argv)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) })
    expect(bench.asked()).toEqual([])
  })
})
