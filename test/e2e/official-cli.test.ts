/** `get …` beside the vendor's own command line, on the same simulated API: the same data, and every difference is one on purpose. */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import type { BuildScript } from '../../src/simulator/build-script.js'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js'
import { readPage, rowsOf, section } from '../contract/docs/markdown.js'
import { type BothCommandLines, bothCommandLines, TOKEN } from '../support/official-cli.js'

const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const MANY = { project: 'shop', kind: 'jobs', resource: 'many' } as const
const SERVICE = { project: 'shop', kind: 'services', resource: 'api' } as const
const ODD_TEXT = '\u001b[31m"quoted"\n: yes # no \u009b2J \u202e é 👍🏽 \'\t'

function ended(build: string, end: NonNullable<BuildScript['end']>): BuildScript {
  return { ref: { ...JOB, build }, steps: [], end, branch: 'main', pullRequestId: 7 }
}

/** Two full pages of the API's own size, and some. */
const MANY_BUILDS = Array.from(
  { length: 107 },
  (_, at): BuildScript => ({
    ref: { ...MANY, build: `b-${at}` },
    startsInMs: -3_600_000 + at * 1000,
    durationMs: 1000,
  }),
)

const BUILDS: readonly BuildScript[] = [
  ended('failed', { status: 'FAILURE', success: false, message: 'exit code 1' }),
  ended('odd', { status: 'SUCCESS', success: true, message: ODD_TEXT }),
  { ...ended('007', { status: 'SUCCESS', success: true, message: 'null' }), sha: '1234567', branch: '1e5' },
  { ref: { ...JOB, build: 'running' }, steps: [{ status: 'BUILDING', forMs: 600_000 }] },
  { ref: { ...SERVICE, build: 'good' }, steps: [], end: { status: 'SUCCESS', success: true } },
  { ref: { ...JOB, resource: 'empty', build: 'to-come' }, startsInMs: 600_000_000 },
  { ref: { ...JOB, team: 'acme', build: 'of-a-team' }, steps: [], end: { status: 'SUCCESS', success: true } },
  ...MANY_BUILDS,
]

const job = (build: string) =>
  ['get', 'job', 'build', '--projectId', 'shop', '--jobId', 'nightly', '--buildId', build] as const
const jobs = (resource: string) =>
  ['get', 'job', 'builds', '--projectId', 'shop', '--jobId', resource] as const
const service = [
  'get',
  'service',
  'build',
  '--project',
  'shop',
  '--service',
  'api',
  '--build',
  'good',
] as const
const services = ['get', 'service', 'builds', '--project', 'shop', '--serviceId', 'api'] as const

let simulator: Simulator
let both: BothCommandLines
let impatient: string

beforeAll(async () => {
  simulator = await startSimulator({ builds: BUILDS, tokens: [TOKEN] })
  both = await bothCommandLines(simulator)
  impatient = join(both.home, 'impatient.yaml')
  const account = `accounts: { default: { token: "\${NORTHFLANK_API_TOKEN}", base_url: "${simulator.url}" } }`
  await writeFile(impatient, `${account}\npolling: { timeout: 1s }\n`)
})

afterEach(() => simulator.clearFaults())

afterAll(async () => {
  await simulator.stop()
  await both.remove()
})

async function run(args: readonly string[], more: { mine?: string[]; theirs?: string[] } = {}) {
  const [mine, theirs] = await Promise.all([
    both.ours([...args, ...(more.mine ?? [])]),
    both.official([...args, ...(more.theirs ?? [])]),
  ])
  return { mine, theirs }
}

function cursorAfter(build: string): string {
  return Buffer.from(`shop/jobs/many/${build}`).toString('base64url')
}

describe('the same as from the official command line comes, as JSON,', () => {
  it.each<[string, readonly string[]]>([
    ['of a build that failed', job('failed')],
    ['of a running build', job('running')],
    ['of a message full of traps', job('odd')],
    ['of ids and texts that look like numbers', job('007')],
    ["of a service's build, by the short option names", service],
    ['of a list full of traps', jobs('nightly')],
    ["of a service's list", services],
    ['of an empty list', jobs('empty')],
    ['of a page by its number', [...jobs('many'), '--per_page', '10', '--page', '3']],
    ['of a page past the last one', [...jobs('many'), '--page', '9']],
    ['of the last page, by a cursor', [...jobs('many'), '--cursor', cursorAfter('b-20')]],
  ])('%s', async (_, args) => {
    const { mine, theirs } = await run([...args, '-o', 'json'])
    expect(JSON.parse(mine.stdout)).toEqual(JSON.parse(theirs.stdout))
    expect([mine.code, theirs.code]).toEqual([0, 0])
    expect(mine.stderr).toMatch(/^(?:notice: there are further pages; .*\n)?$/)
  })

  it.each<[string, readonly string[]]>([
    ['of a message full of traps', job('odd')],
    ['of ids and texts that look like numbers', job('007')],
    ['of a list full of traps', jobs('nightly')],
    ['of an empty list', jobs('empty')],
  ])('%s, and as YAML', async (_, args) => {
    const { mine, theirs } = await run([...args, '--output', 'yaml'])
    expect(parse(mine.stdout)).toEqual(parse(theirs.stdout))
    expect([mine.code, theirs.code]).toEqual([0, 0])
    expect(mine.stderr).toBe('')
  })

  it('of all pages, whatever their size', async () => {
    const all = [...jobs('many'), '--loadAll', '--per_page', '40', '-o', 'json']
    const { mine, theirs } = await run(all)
    const { builds } = JSON.parse(mine.stdout)
    expect(builds).toHaveLength(MANY_BUILDS.length)
    expect(builds).toEqual(JSON.parse(theirs.stdout).builds)
  })
})

/** By the first cell of their row in docs/cli.md: each shows what both do. */
const DIFFERENCES: Readonly<Record<string, () => Promise<void>>> = {
  async 'exit code'() {
    const unknown = await run(job('nowhere'))
    expect([unknown.mine.code, unknown.theirs.code]).toEqual([5, 1])
    const id = simulator.fault({ kind: 'forbidden' })
    const forbidden = await run(jobs('nightly'))
    simulator.clearFaults(id)
    expect([forbidden.mine.code, forbidden.theirs.code]).toEqual([4, 1])
    const failed = await run(job('failed'), { mine: ['--exit-status'] })
    expect([failed.mine.code, failed.theirs.code]).toEqual([1, 0])
  },
  async 'a list as JSON or YAML'() {
    const { mine, theirs } = await run([...jobs('many'), '--per_page', '60', '-o', 'json'])
    const [page, whole] = [mine, theirs].map(({ stdout }) => JSON.parse(stdout).builds)
    expect(page).toEqual(whole.slice(0, 60))
    expect(whole).toHaveLength(MANY_BUILDS.length)
    expect(mine.stderr).toMatch(
      /^notice: there are further pages; go on with --per_page 60 --cursor \S+, or /,
    )
  },
  async 'without `-o`'() {
    const { mine, theirs } = await run(job('odd'))
    expect(theirs.stdout).toContain('\u001b[')
    expect(mine.stdout).not.toContain('\u001b')
    expect(mine.stdout).toMatch(/^status +SUCCESS$/m)
    expect(mine.stdout).toMatch(/^message +\\u001b\[31m"quoted"\\u000a: yes/m)
  },
  async 'JSON is indented by'() {
    const { mine, theirs } = await run([...job('failed'), '-o', 'json'])
    expect(theirs.stdout).toContain('{\n "id": "failed",\n')
    expect(mine.stdout).toContain('{\n  "id": "failed",\n')
  },
  async 'control characters in JSON and YAML'() {
    for (const format of ['json', 'yaml']) {
      const { mine, theirs } = await run([...job('odd'), '-o', format])
      expect(theirs.stdout).toMatch(format === 'json' ? /[\u009b\u202e]/ : /\u202e|\\u202E/)
      expect(mine.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  },
  async 'a missing option'() {
    const { mine, theirs } = await run(['get', 'service', 'builds', '--project', 'shop'])
    expect(theirs.stdout).toContain('Choose the service')
    const stderr = 'buildwatchd: USAGE: --service <id> is missing\n'
    expect(mine).toMatchObject({ code: 2, stdout: '', stderr })
  },
  async '`--quiet -o json`'() {
    const { mine, theirs } = await run([...jobs('many'), '--per_page', '1', '--quiet', '-o', 'json'])
    expect(theirs).toMatchObject({ code: 0, stdout: '' })
    expect(JSON.parse(mine.stdout).builds).toHaveLength(1)
    expect(mine.stderr).toBe('')
  },
  async '`--verbose`'() {
    const { mine, theirs } = await run([...job('failed'), '--verbose', '-o', 'json'])
    expect(theirs.stdout).toMatch(/^VERBOSE: /)
    expect(JSON.parse(mine.stdout)).toMatchObject({ id: 'failed' })
    expect(mine.stderr).toContain(`asking ${simulator.url}`)
  },
  async 'an API that says nothing'() {
    simulator.fault({ kind: 'hang', build: 'shop/jobs/nightly/running' })
    const theirs = both.startOfficial(job('running'))
    const mine = await both.ours([...job('running'), '-c', impatient])
    expect(mine).toMatchObject({ code: 6, stderr: expect.stringContaining('API_TIMED_OUT') })
    expect(theirs.exitCode).toBeNull()
    theirs.kill('SIGKILL')
    await once(theirs, 'exit')
  },
  async 'whose token'() {
    const mine = await both.ours(job('failed'), { NORTHFLANK_API_TOKEN: '' })
    expect(mine).toMatchObject({ code: 2, stderr: expect.stringContaining('set NORTHFLANK_API_TOKEN') })
    expect((await both.official(job('failed'))).code).toBe(0)
  },
  async "a team's project"() {
    const { mine, theirs } = await run([...job('of-a-team'), '--teamId', 'acme', '-o', 'json'])
    expect(theirs.stderr).toContain("unknown option '--teamId'")
    expect(JSON.parse(mine.stdout)).toMatchObject({ id: 'of-a-team', success: true })
  },
  async '`-o` with another word'() {
    const yml = await run([...job('failed'), '-o', 'yml'])
    expect(parse(yml.theirs.stdout)).toMatchObject({ id: 'failed' })
    const xml = await run([...job('failed'), '-o', 'xml'])
    expect(xml.theirs).toMatchObject({ code: 0, stdout: expect.stringContaining('\u001b[') })
    expect([yml.mine, xml.mine]).toMatchObject([
      { code: 2, stdout: '', stderr: 'buildwatchd: USAGE: --output takes json, yaml, table, not "yml"\n' },
      { code: 2, stdout: '', stderr: 'buildwatchd: USAGE: --output takes json, yaml, table, not "xml"\n' },
    ])
  },
  async '`--skipValidation`, `--noDefaults`'() {
    for (const flag of ['--skipValidation', '--noDefaults']) {
      const { mine, theirs } = await run([...job('failed'), flag, '-o', 'json'])
      expect([mine.code, theirs.code]).toEqual([2, 0])
      expect(mine.stderr).toContain(`unknown option '${flag}'`)
    }
  },
}

describe('what differs from the official command line on purpose', () => {
  it.each(Object.entries(DIFFERENCES))('%s', async (_, shows) => shows())

  it('stands in docs/cli.md, all of it and nothing else', () => {
    const rows = rowsOf(section(readPage('docs/cli.md'), "### Beside Northflank's own command line"))
    expect(rows.map(([name]) => name)).toEqual(Object.keys(DIFFERENCES))
  })
})
