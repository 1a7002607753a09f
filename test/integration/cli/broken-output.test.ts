/** A reader that goes away (`| head -1`) must neither end a daemon nor turn a command into a stack trace. */

import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { eventually } from '../../support/eventually.js'
import { type Command, startCommand } from './command-process.js'

const EXECUTABLE = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

describe('a command whose reader has gone away', () => {
  it.each([['schema settings'], ['--help'], ['get job build --help']])(
    '%s ends as if it had been read',
    async (line) => {
      const { child, stderr, exited } = startCommand(line.split(' '))
      child.stdout?.destroy()
      expect([await exited, stderr()]).toEqual([[0, null], ''])
    },
  )

  it('whose errors nobody reads keeps its exit code', async () => {
    const { child, exited } = startCommand(['no-such-command'])
    child.stderr?.destroy()
    expect(await exited).toEqual([2, null])
  })
})

describe('a command whose result cannot be written', () => {
  it('says so and does not exit 0', () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [EXECUTABLE, 'schema', 'event'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([
      70,
      'buildwatchd: INTERNAL: the result could not be written to stdout: ENOSPC\n',
    ])
  })
})

describe('a daemon whose stdout nobody reads', () => {
  let dir: string
  let simulator: Simulator
  let daemon: Command

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-broken-output-'))
    simulator = await startSimulator({})
    for (const build of ['b-1', 'b-2', 'b-3']) {
      simulator.addBuild({ ref: { project: 'p', kind: 'jobs', resource: 'j', build }, durationMs: 0 })
    }
    const watches = ['b-1', 'b-2', 'b-3'].map((build) => `  - { project: p, job: j, build: ${build} }\n`)
    await writeFile(
      join(dir, 'settings.yaml'),
      `redis: { port: 0, data_dir: "${dir}" }\naccounts: { default: { token: "\${TOKEN}", base_url: "${simulator.url}" } }\nnotifiers: { console: { type: log } }\nnotify: [console]\nwatches:\n${watches.join('')}`,
    )
  })

  afterEach(() => void daemon.child.kill('SIGKILL'))
  afterAll(async () => {
    await simulator.stop()
    await rm(dir, { recursive: true, force: true })
  })

  it('goes on, says so once, and keeps what it could not print for another attempt', async () => {
    daemon = startCommand(['run', '-c', join(dir, 'settings.yaml')], { TOKEN: 'any-token' })
    daemon.child.stdout?.destroy()
    const evidence = daemon.stderr
    const words = 'stdout cannot be written any more'
    await eventually(() => /"attempt":1.*stdout cannot be written/.test(daemon.stderr()), {
      what: 'a retry',
      withinMs: 15_000,
      evidence,
    })
    daemon.child.kill('SIGTERM')
    expect(await daemon.exited).toEqual([0, null])
    expect(
      daemon
        .stderr()
        .split('\n')
        .filter((line) => line.includes(`"msg":"${words}`)),
    ).toHaveLength(1)
  })
})
