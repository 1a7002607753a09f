/** `watch` in this process against a simulator of its own, in a directory with settings that make it ask quickly. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from '@jest/globals'
import type { BuildScript } from '../../../src/simulator/build-script.js'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.js'
import { captured } from '../../unit/cli/captured.js'

export const TOKEN = 'token-of-a-test'
export const JOB = 'shop/jobs/nightly'

export function scriptOf(build: string, more: Partial<BuildScript> = {}): BuildScript {
  return {
    ref: { project: 'shop', kind: 'jobs', resource: 'nightly', build },
    steps: [
      { status: 'QUEUED', forMs: 150 },
      { status: 'BUILDING', forMs: 250 },
    ],
    outcome: 'success',
    branch: 'main',
    pullRequestId: null,
    ...more,
  }
}

/** So long ago that nobody waits for it. */
export function pastScript(build: string, more: Partial<BuildScript> = {}): BuildScript {
  return scriptOf(build, { startsInMs: -600_000, ...more })
}

export interface Bench {
  api(): Simulator
  /** Begins anew with other options. */
  restart(options: SimulatorOptions): Promise<void>
  watch(...argv: string[]): ReturnType<typeof captured>
  /** Paths that were asked for, in order. */
  asked(): string[]
}

export function watchBench(): Bench {
  let simulator: Simulator
  let dir: string

  const start = async (options: SimulatorOptions): Promise<void> => {
    simulator = await startSimulator({ tokens: [TOKEN], ...options })
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-watch-'))
    await start({})
  })

  afterEach(async () => {
    await simulator.stop()
    await rm(dir, { recursive: true, force: true })
  })

  return {
    api: () => simulator,
    async restart(options) {
      await simulator.stop()
      await start(options)
    },
    async watch(...argv) {
      const file = join(dir, 'settings.yaml')
      const account = `{ token: "\${NORTHFLANK_API_TOKEN}", base_url: "${simulator.url}" }`
      const polling = '{ min_interval: 100ms, max_interval: 200ms, timeout: 2s }'
      const redis = `{ data_dir: ${JSON.stringify(join(dir, 'data'))} }`
      await writeFile(file, `accounts: { default: ${account} }\npolling: ${polling}\nredis: ${redis}\n`)
      return captured(['watch', '-c', file, ...argv], { NORTHFLANK_API_TOKEN: TOKEN })
    },
    asked: () => simulator.served().map(({ path }) => path),
  }
}
