/** `get job builds` and `get service builds` on a simulated API, as a script or a person calls them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import type { BuildScript } from '../../../src/simulator/build-script.js'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { captured } from '../../unit/cli/captured.js'

const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const PATH = '/v1/projects/shop/jobs/nightly/build'
const BUILDS = 7
const ARGS = ['get', 'job', 'builds', '--project', 'shop', '--job', 'nightly']

/** `b-7`, the newest, to `b-1`. */
function script(number: number): BuildScript {
  return {
    ref: { ...JOB, build: `b-${number}` },
    startsInMs: (number - BUILDS - 1) * 3_600_000,
    durationMs: 252_000,
    outcome: number === 6 ? 'failure' : 'success',
    branch: 'main',
    sha: '12c15e7ee25fd78f567ebf87f9178b8ad70025b3',
    pullRequestId: number === 5 ? 641 : null,
  }
}

let simulator: Simulator

beforeAll(async () => {
  const numbers = Array.from({ length: BUILDS }, (_, at) => at + 1)
  simulator = await startSimulator({
    builds: [
      ...numbers.map(script),
      { ...script(1), ref: { ...JOB, resource: 'empty', build: 'later' }, startsInMs: 9e6 },
    ],
  })
})

afterEach(() => simulator.clearFaults())
afterAll(() => simulator.stop())

async function get(...more: string[]) {
  return captured([...ARGS, ...more], {
    NORTHFLANK_API_TOKEN: 'any-token',
    NORTHFLANK_API_URL: simulator.url,
  })
}

async function idsOf(...more: string[]): Promise<unknown> {
  const { stdout } = await get(...more, '-o', 'json')
  return JSON.parse(stdout).builds.map(({ id }: { id: string }) => id)
}

const newest = (count: number, from = BUILDS) => Array.from({ length: count }, (_, at) => `b-${from - at}`)

/** What follows `go on with` in a notice, as a shell would split it. */
const hint = (stderr: string): string[] => /go on with ([^,\n]*)/.exec(stderr)?.[1]?.split(' ') ?? []

describe('a list of builds', () => {
  it('is printed as the API gives it, as JSON and as YAML', async () => {
    const answer = await fetch(simulator.url + PATH, { headers: { authorization: 'Bearer any-token' } })
    const { data } = JSON.parse(await answer.text())
    const [json, yaml] = [await get('-o', 'json'), await get('-o', 'yaml')]
    expect(json).toEqual({ code: 0, stdout: `${JSON.stringify(data, null, 2)}\n`, stderr: '' })
    expect(parse(yaml.stdout)).toEqual(data)
  })

  it('shows as a table one build in a line of 80 characters at most', async () => {
    const { stdout, stderr } = await get()
    const lines = stdout.trimEnd().split('\n')
    expect(stderr).toBe('')
    expect(lines[0]).toMatch(/^BUILD +STATUS +OUTCOME +BRANCH +COMMIT +AGE +TOOK$/)
    expect(lines[1]).toMatch(/^b-7 +SUCCESS +success +main +12c15e7 +1 h +4 min 12 s$/)
    expect(lines[2]).toMatch(/^b-6 +FAILURE +failure +main +12c15e7 +2 h +4 min 12 s$/)
    expect(lines[3]).toMatch(/^b-5 +SUCCESS +success +#641 main +12c15e7 +3 h +4 min 12 s$/)
    expect(lines).toHaveLength(BUILDS + 1)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('that is empty is an empty table, and words on stderr', async () => {
    const empty = [...ARGS.slice(0, -1), 'empty']
    const env = { NORTHFLANK_API_TOKEN: 'any-token', NORTHFLANK_API_URL: simulator.url }
    expect(await captured(empty, env)).toEqual({ code: 0, stdout: '', stderr: 'No builds.\n' })
    expect(await captured([...empty, '--quiet'], env)).toEqual({ code: 0, stdout: '', stderr: '' })
    const json = await captured([...empty, '-o', 'json'], env)
    expect(json).toEqual({ code: 0, stdout: '{\n  "builds": []\n}\n', stderr: '' })
  })
})

describe('pages', () => {
  it('are had one after the other by what each says of the next', async () => {
    const first = await get('--per_page', '3', '-o', 'json')
    expect(first.stderr).toMatch(
      /^notice: there are further pages; go on with --per_page 3 --cursor \S+, or read all with --all\n$/,
    )
    const second = await get(...hint(first.stderr), '-o', 'json')
    const third = await get(...hint(second.stderr), '-o', 'json')
    const shown = [first, second, third].flatMap(({ stdout }) => JSON.parse(stdout).builds)
    expect(shown.map(({ id }) => id)).toEqual(newest(BUILDS))
    expect(third.stderr).toBe('')
  })

  it('are had by their number', async () => {
    expect(await idsOf('--per-page', '2', '--page', '2')).toEqual(newest(2, 5))
  })

  it('say nothing of others with --quiet', async () => {
    expect(await get('--per_page', '1', '--quiet', '-o', 'json')).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([['--all'], ['--loadAll']])('are all had with %s, each build once', async (flag) => {
    expect(await idsOf(flag, '--per_page', '2')).toEqual(newest(BUILDS))
    expect(await idsOf(flag, '--per_page', '2', '--page', '3')).toEqual(newest(3, 3))
  })

  it('of which one shows what another has shown make each build show once', async () => {
    simulator.fault({ kind: 'repeated_page', path: PATH, repeats: 1 })
    const { stdout, stderr } = await get('--all', '--per_page', '2', '-o', 'json')
    expect(JSON.parse(stdout).builds.map(({ id }: { id: string }) => id)).toEqual(newest(BUILDS))
    expect(stderr).toBe('')
  })

  it('that lead in a circle end, and are said not to be all', async () => {
    simulator.fault({ kind: 'cursor_loop', path: PATH })
    const { code, stdout, stderr } = await get('--all', '--per_page', '2', '-o', 'json')
    expect([code, JSON.parse(stdout).builds.length]).toEqual([0, 2])
    expect(stderr).toMatch(/^notice: 2 builds have been read, and the API has more/)
  })

  it('without cursors are counted', async () => {
    simulator.fault({ kind: 'no_cursor', path: PATH })
    expect(await idsOf('--all', '--per_page', '2')).toEqual(newest(BUILDS))
    expect((await get('--per_page', '2')).stderr).toContain('go on with --per_page 2 --page 2,')
  })
})

describe('a list that ends before its end', () => {
  it('prints what it has, says how to go on, and exits as the failure says', async () => {
    simulator.fault({
      kind: 'forbidden',
      path: `cursor=${Buffer.from('shop/jobs/nightly/b-4').toString('base64url')}`,
    })
    const { code, stdout, stderr } = await get('--all', '--per_page', '2', '-o', 'json')
    simulator.clearFaults()
    expect([code, JSON.parse(stdout).builds.length]).toEqual([4, 4])
    expect(stderr).toMatch(
      /^notice: 4 builds have been read before a request failed; go on with --all .*\nbuildwatchd: API_FORBIDDEN: /,
    )
    expect(await idsOf(...hint(stderr))).toEqual(newest(3, 3))
  })
})

describe('options that make no sense are refused before anything is asked', () => {
  it.each([
    [['--per_page', '0'], '--per_page takes a whole number from 1 to 100, not "0"'],
    [['--per_page', '101'], '--per_page takes a whole number from 1 to 100, not "101"'],
    [['--per_page', '1e1'], '--per_page takes a whole number from 1 to 100, not "1e1"'],
    [['--page', '0'], '--page takes a whole number from 1, not "0"'],
    [['--page', '-1'], '--page takes a whole number from 1, not "-1"'],
    [['--page', '2', '--cursor', 'x'], '--page and --cursor name two places to begin; leave one of them out'],
    [['--cursor', ''], '--cursor is empty; leave it out to begin with the newest build'],
    [['-o', 'xml'], '--output takes json, yaml, table, not "xml"'],
    [
      ['--job', 'a/../b'],
      '--job takes one id, as between two slashes of the URL at Northflank, not "a/../b"',
    ],
  ])('%j', async (more, words) => {
    const asked = simulator.served().length
    expect(await get(...more)).toEqual({ code: 2, stdout: '', stderr: `buildwatchd: USAGE: ${words}\n` })
    expect(simulator.served()).toHaveLength(asked)
  })
})
