/** Northflank's own command line and ours, on one simulated API, each in a home of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Simulator } from '../../src/simulator/simulator.js'
import { runCommand } from './daemon-process.js'

const OFFICIAL = fileURLToPath(new URL('../../node_modules/.bin/northflank', import.meta.url))

export const TOKEN = 'token-of-the-simulated-account'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface BothCommandLines {
  readonly home: string
  ours(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  /** To be ended by the caller. */
  startOfficial(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable>
  official(args: readonly string[]): Promise<Ended>
  remove(): Promise<void>
}

export async function bothCommandLines(simulator: Simulator): Promise<BothCommandLines> {
  const home = await mkdtemp(join(tmpdir(), 'buildwatchd-cli-'))
  const context = { name: 'local', token: TOKEN, host: simulator.url }
  await mkdir(join(home, '.northflank'))
  await writeFile(
    join(home, '.northflank', 'config.json'),
    JSON.stringify({ current: 'local', contexts: [context] }),
  )
  const startOfficial = (args: readonly string[]) => {
    const { PATH = '' } = process.env
    return spawn(process.execPath, [OFFICIAL, ...args], {
      env: { PATH, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  return {
    home,
    startOfficial,
    ours(args, env = {}) {
      const api = { NORTHFLANK_API_TOKEN: TOKEN, NORTHFLANK_API_URL: simulator.url }
      return runCommand({ args, cwd: home, env: { ...api, HOME: home, ...env } })
    },
    async official(args) {
      const child = startOfficial(args)
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      return { code: child.exitCode, stdout, stderr }
    },
    remove: () => rm(home, { recursive: true, force: true }),
  }
}
