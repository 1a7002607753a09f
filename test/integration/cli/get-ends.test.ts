/** How `get` ends: the exit code is what scripts go by. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { BuildScript } from '../../../src/simulator/build-script.js'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { captured } from '../../unit/cli/captured.js'

const TOKEN = 'token-of-the-simulated-account'
const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const

function ended(build: string, status: string, success: boolean): BuildScript {
  return { ref: { ...JOB, build }, steps: [], end: { status, success } }
}

const BUILDS: readonly BuildScript[] = [
  ended('good', 'SUCCESS', true),
  ended('failed', 'FAILURE', false),
  ended('refused', 'SUBMISSION_FAILURE', false),
  ended('contradicted', 'SUCCESS', false),
  ended('aborted', 'ABORTED', false),
  { ref: { ...JOB, build: 'running' }, steps: [{ status: 'BUILDING', forMs: 600_000 }] },
]

const job = (build: string) => [
  'get',
  'job',
  'build',
  '--project',
  'shop',
  '--job',
  'nightly',
  '--build',
  build,
]
const jobs = (resource: string) => ['get', 'job', 'builds', '--project', 'shop', '--job', resource]

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ builds: BUILDS, tokens: [TOKEN] })
})

afterEach(() => simulator.clearFaults())
afterAll(() => simulator.stop())

function get(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const api = { NORTHFLANK_API_TOKEN: TOKEN, NORTHFLANK_API_URL: simulator.url }
  return captured(argv, { ...api, ...env })
}

describe('--exit-status', () => {
  it.each([
    ['good', 0],
    ['failed', 1],
    ['refused', 1],
    ['contradicted', 1],
    ['aborted', 3],
    ['running', 0],
  ])('tells of a build that is %s', async (build, code) => {
    expect(await get([...job(build), '--exit-status', '--quiet'])).toEqual({ code, stdout: '', stderr: '' })
    expect(await get([...job(build), '--quiet'])).toMatchObject({ code: 0 })
  })
})

describe('whatever goes wrong has an exit code of its own', () => {
  it.each<[string, readonly string[], Record<string, string>, number, string]>([
    ['a wrong token', job('failed'), { NORTHFLANK_API_TOKEN: 'another-token' }, 4, 'API_UNAUTHORIZED'],
    [
      'a wrong token for a list',
      jobs('nightly'),
      { NORTHFLANK_API_TOKEN: 'another-token' },
      4,
      'API_UNAUTHORIZED',
    ],
    ['an unknown build', job('nowhere'), {}, 5, 'API_NOT_FOUND'],
    ['an unknown job', jobs('nowhere'), {}, 5, 'API_NOT_FOUND'],
    ['nobody listening', job('failed'), { NORTHFLANK_API_URL: 'http://127.0.0.1:9' }, 6, 'API_UNREACHABLE'],
    ['a missing id', ['get', 'job', 'build', '--projectId', 'shop'], {}, 2, '--job <id> is missing'],
    [
      'a missing id of a list',
      ['get', 'service', 'builds', '--service', 'api'],
      {},
      2,
      '--project <id> is missing',
    ],
  ])('%s', async (_, argv, env, code, words) => {
    const { stderr, ...rest } = await get(argv, env)
    expect(rest).toEqual({ code, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).not.toContain('another-token')
  })

  it.each([
    ['throttled', 6, 'API_THROTTLED'],
    ['forbidden', 4, 'API_FORBIDDEN'],
    ['cut', 6, 'API_UNREACHABLE'],
    ['html', 6, 'API_UNREACHABLE'],
    ['junk_json', 6, 'API_BAD_RESPONSE'],
    ['redirect', 6, 'API_BAD_RESPONSE'],
    ['huge', 6, 'API_BAD_RESPONSE'],
  ] as const)('an answer that is %s, which is no build and no list', async (kind, code, word) => {
    simulator.fault({ kind })
    for (const argv of [job('good'), jobs('nightly')]) {
      const { stderr, ...rest } = await get(argv)
      expect(rest).toEqual({ code, stdout: '' })
      expect(stderr).toMatch(new RegExp(`^buildwatchd: ${word}: .*; .*\n$`))
    }
  })
})
