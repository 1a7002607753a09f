/** A read of the API is a command for loops and prompts of shells: most of its time is what it loads. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { loadedModules } from '../../support/loaded-modules.js'

const EXECUTABLE = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))
const RESOURCE = ['--project', 'shop', '--job', 'nightly']
/** The parser of command lines, and what tries a request again. */
const FEW = ['commander', 'is-network-error', 'p-retry']

let simulator: Simulator

beforeAll(async () => {
  const ref = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'b-1' } as const
  simulator = await startSimulator({ builds: [{ ref, durationMs: 0, outcome: 'success' }] })
})

afterAll(() => simulator.stop())

it.each([
  ['build', ['--build', 'b-1', '-o', 'json'], FEW],
  ['build', ['--build', 'b-1'], FEW],
  ['build', ['--build', 'b-1', '-o', 'yaml'], [...FEW, 'yaml']],
  ['builds', ['--all'], FEW],
])('get job %s %j loads no package that it does not need, and no fetch', async (what, more, packages) => {
  const env = { NORTHFLANK_API_TOKEN: 'any-token', NORTHFLANK_API_URL: simulator.url }
  const loaded = await loadedModules([EXECUTABLE, 'get', 'job', what, ...RESOURCE, ...more], {
    cwd: tmpdir(),
    env,
  })
  expect(loaded.stdout).toContain('b-1')
  expect(loaded.packages.sort()).toEqual(packages)
  expect(loaded.urls).not.toContain('node:fetch')
})

it('with a settings file, what reads and checks settings is loaded, and nothing of Redis, queues or servers', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'buildwatchd-loaded-')), 'settings.yaml')
  await writeFile(file, `accounts: { default: { token: "\${TOKEN}", base_url: "${simulator.url}" } }\n`)
  const args = [EXECUTABLE, 'get', 'job', 'builds', ...RESOURCE, '-c', file]
  const { packages } = await loadedModules(args, { cwd: tmpdir(), env: { TOKEN: 'any-token' } })
  await rm(dirname(file), { recursive: true })
  expect(packages.sort()).toEqual([...FEW, 'standardwebhooks', 'zod'].sort())
})

it('where a proxy is named, what knows proxies is loaded', async () => {
  const env = {
    NORTHFLANK_API_TOKEN: 'any-token',
    NORTHFLANK_API_URL: simulator.url,
    http_proxy: 'http://127.0.0.1:9',
    no_proxy: '127.0.0.1',
  }
  const { packages, urls } = await loadedModules([EXECUTABLE, 'get', 'job', 'builds', ...RESOURCE], {
    cwd: tmpdir(),
    env,
  })
  expect(packages).toContain('undici')
  expect(urls).toContain('node:fetch')
})

it.each([[['--help']], [['--version']], [['completion', 'bash']]])(
  '%j loads the parser of command lines and no other package',
  async (args) => {
    const { packages, stdout } = await loadedModules([EXECUTABLE, ...args], { cwd: tmpdir() })
    expect(stdout).not.toBe('')
    expect(packages).toEqual(['commander'])
  },
)
