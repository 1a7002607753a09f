/** `get … build` beside the vendor's own command line, on the same simulated API: the same data, and where it is better on purpose. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import type { BuildScript } from '../../src/simulator/build-script.js'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js'
import { runCommand } from '../support/daemon-process.js'

const OFFICIAL = fileURLToPath(new URL('../../node_modules/.bin/northflank', import.meta.url))
const TOKEN = 'token-of-the-simulated-account'
const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const SERVICE = { project: 'shop', kind: 'services', resource: 'api' } as const

function ended(build: string, end: NonNullable<BuildScript['end']>): BuildScript {
  return { ref: { ...JOB, build }, steps: [], end, branch: 'main', pullRequestId: 7 }
}

const BUILDS: readonly BuildScript[] = [
  ended('failed', { status: 'FAILURE', success: false, message: 'exit code 1' }),
  ended('aborted', { status: 'ABORTED', success: false }),
  ended('odd', { status: 'SUCCESS', success: true, message: '\u001b[31m"quoted"\n: yes' }),
  { ref: { ...JOB, build: 'running' }, steps: [{ status: 'BUILDING', forMs: 600_000 }] },
  { ref: { ...SERVICE, build: 'good' }, steps: [], end: { status: 'SUCCESS', success: true } },
]

const jobArgs = (build: string) => [
  'get',
  'job',
  'build',
  '--projectId',
  'shop',
  '--jobId',
  'nightly',
  '--buildId',
  build,
]
const serviceArgs = ['get', 'service', 'build', '--project', 'shop', '--service', 'api', '--build', 'good']

let simulator: Simulator
let home: string
let impatient: string

beforeAll(async () => {
  simulator = await startSimulator({ builds: BUILDS, tokens: [TOKEN] })
  home = await mkdtemp(join(tmpdir(), 'buildwatchd-cli-'))
  const context = { name: 'local', token: TOKEN, host: simulator.url }
  await mkdir(join(home, '.northflank'))
  await writeFile(
    join(home, '.northflank', 'config.json'),
    JSON.stringify({ current: 'local', contexts: [context] }),
  )
  impatient = join(home, 'impatient.yaml')
  const account = `accounts: { default: { token: "\${NORTHFLANK_API_TOKEN}", base_url: "${simulator.url}" } }`
  await writeFile(impatient, `${account}\npolling: { timeout: 1s }\n`)
})

afterAll(async () => {
  await simulator.stop()
  await rm(home, { recursive: true, force: true })
})

async function ours(args: readonly string[], env: Record<string, string> = {}) {
  const api = { NORTHFLANK_API_TOKEN: TOKEN, NORTHFLANK_API_URL: simulator.url }
  return runCommand({ args, cwd: home, env: { ...api, ...env } })
}

function startOfficial(args: readonly string[]): ChildProcess {
  const { PATH = '' } = process.env
  return spawn(process.execPath, [OFFICIAL, ...args], {
    env: { PATH, HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

async function official(args: readonly string[]): Promise<{ code: unknown; stdout: string }> {
  const child = startOfficial(args)
  const [stdout, [code]] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'exit')])
  return { code, stdout }
}

describe('get job build and get service build give the same as the official command line', () => {
  it.each([
    ['a build that failed', jobArgs('failed')],
    ['a running build', jobArgs('running')],
    ['a message full of traps', jobArgs('odd')],
    ["a service's build, by the short option names", serviceArgs],
  ])('for %s', async (_, args) => {
    const json = [...args, '-o', 'json']
    const [mine, theirs] = await Promise.all([ours(json), official(json)])
    expect(JSON.parse(mine.stdout)).toEqual(JSON.parse(theirs.stdout))
    expect(mine).toMatchObject({ code: 0, stderr: '' })
  })

  it('as YAML', async () => {
    const yaml = [...jobArgs('odd'), '--output', 'yaml']
    const [mine, theirs] = await Promise.all([ours(yaml), official(yaml)])
    expect(parse(mine.stdout)).toEqual(parse(theirs.stdout))
  })
})

describe('get job build is better than the official command line', () => {
  it('because a table in a pipe has neither colour nor a running commentary, and shows no control character', async () => {
    const [mine, theirs] = await Promise.all([ours(jobArgs('odd')), official(jobArgs('odd'))])
    expect(theirs.stdout).toContain('\u001b[')
    expect(mine.stdout).not.toContain('\u001b')
    expect(mine.stdout).toMatch(/^status +SUCCESS$/m)
    expect(mine.stdout).toMatch(/^message +\\u001b\[31m"quoted"\\u000a: yes$/m)
  })

  it('because --exit-status tells how the build stands', async () => {
    const codes = { failed: 1, aborted: 3, odd: 0, running: 0 }
    const results = Object.entries(codes).map(async ([build, code]) => {
      expect(await ours([...jobArgs(build), '--exit-status', '--quiet'])).toMatchObject({ code, stdout: '' })
    })
    await Promise.all(results)
  })

  it.each<[string, () => ReturnType<typeof ours>, number, string]>([
    [
      'a wrong token',
      () => ours(jobArgs('failed'), { NORTHFLANK_API_TOKEN: 'another-token' }),
      4,
      'API_UNAUTHORIZED',
    ],
    ['an unknown build', () => ours(jobArgs('nowhere')), 5, 'API_NOT_FOUND'],
    [
      'nobody listening',
      () => ours(jobArgs('failed'), { NORTHFLANK_API_URL: 'http://127.0.0.1:9' }),
      6,
      'API_UNREACHABLE',
    ],
    ['a missing option', () => ours(['get', 'job', 'build', '--projectId', 'shop']), 2, '--job'],
  ])('because %s has an exit code of its own', async (_, run, code, word) => {
    const result = await run()
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(word)
    expect(result.stderr).not.toContain('another-token')
  })

  it('because 403 is told from 401, and a cut body is an error and no build', async () => {
    const struck = async (kind: 'forbidden' | 'cut') => {
      const id = simulator.fault({ kind, build: 'shop/jobs/nightly/aborted' })
      const result = await ours(jobArgs('aborted'))
      simulator.clearFaults(id)
      return result
    }
    expect(await struck('forbidden')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('API_FORBIDDEN'),
    })
    expect(await struck('cut')).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('API_UNREACHABLE'),
    })
  })

  it('because it gives up on an API that says nothing', async () => {
    const id = simulator.fault({ kind: 'hang', build: 'shop/jobs/nightly/running' })
    const theirs = startOfficial(jobArgs('running'))
    const mine = await ours([...jobArgs('running'), '-c', impatient])
    expect(mine).toMatchObject({ code: 6, stderr: expect.stringContaining('API_TIMED_OUT') })
    expect(theirs.exitCode).toBeNull()
    theirs.kill('SIGKILL')
    await once(theirs, 'exit')
    simulator.clearFaults(id)
  })
})
