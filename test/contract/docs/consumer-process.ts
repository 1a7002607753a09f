/** Runs what a reader would copy from a page: in a scratch folder, in a process group of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { REPOSITORY } from './markdown.js'

export interface Snippet {
  readonly runner: 'sh' | 'node' | 'python'
  readonly source: string
  readonly redisUrl?: string
  readonly env?: Readonly<Record<string, string>>
  /** Text by name, laid beside it. */
  readonly files?: Readonly<Record<string, string>>
}

export interface Consumer {
  /** Resolves when it has printed all of these. */
  prints(...texts: string[]): Promise<void>
  stdout(): string
  /** Resolves when it has said this to stderr. */
  complains(text: string): Promise<void>
  /** What it has written beside itself; `undefined` where there is nothing. */
  file(name: string): string | undefined
  readonly exitCode: Promise<number | null>
  stop(): Promise<void>
}

const WITHIN_MS = 10_000
/** Which Python to use; that of a virtual environment with redis-py, say. */
const PYTHON = process.env['PYTHON'] ?? 'python3'
const RUNNERS: Record<Snippet['runner'], (file: string) => [string, string[]]> = {
  sh: (file) => ['sh', [file]],
  node: (file) => [process.execPath, [file]],
  python: (file) => [PYTHON, [file]],
}

export function startConsumer({ runner, source, redisUrl = '', env = {}, files = {} }: Snippet): Consumer {
  const cwd = mkdtempSync(join(tmpdir(), 'buildwatchd-docs-'))
  const modules = join(cwd, 'node_modules')
  mkdirSync(modules)
  symlinkSync(REPOSITORY, join(modules, 'buildwatchd'))
  symlinkSync(join(REPOSITORY, 'node_modules/ioredis'), join(modules, 'ioredis'))
  const file = join(cwd, runner === 'node' ? 'snippet.mjs' : 'snippet')
  for (const [name, text] of Object.entries({ ...files, [basename(file)]: source }))
    writeFileSync(join(cwd, name), text)
  const [command, args] = RUNNERS[runner](file)
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', REDIS_URL: redisUrl, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  const evidence = (): string => `${output.stdout}\n${output.stderr}`
  const closed = once(child, 'close').then(() => rmSync(cwd, { recursive: true, force: true }))
  return {
    stdout: () => output.stdout,
    async prints(...texts) {
      await eventually(() => texts.every((text) => output.stdout.includes(text)), {
        what: texts.join(' and '),
        withinMs: WITHIN_MS,
        evidence,
      })
    },
    async complains(text) {
      const hasSaid = () => output.stderr.includes(text)
      await eventually(hasSaid, { what: text, withinMs: WITHIN_MS, evidence })
    },
    file: (name) => (existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), 'utf8') : undefined),
    exitCode: closed.then(() => child.exitCode),
    async stop() {
      killGroup(child)
      await closed
    },
  }
}

/** The shell's children too. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

interface Need {
  readonly reason: string
  readonly met: () => boolean
  /** Where everything is meant to be installed, its absence is a failure. */
  readonly required: boolean
}

const runs =
  (command: string, ...args: string[]) =>
  () =>
    spawnSync(command, args).status === 0
const NEEDS = {
  'redis-cli': {
    reason: 'redis-cli is not installed',
    met: runs('redis-cli', '--version'),
    required: process.env['CI'] === 'true',
  },
  'redis-py': {
    reason: `${PYTHON} has no module redis (pip install redis)`,
    met: runs(PYTHON, '-c', 'import redis'),
    // .ci/run installs it, and says so by this.
    required: process.env['REQUIRE_REAL_REDIS'] === '1',
  },
} satisfies Record<string, Need>

/** A test that is skipped, saying why, where the tool is missing. */
export function itWith(tool: keyof typeof NEEDS, name: string, body: () => Promise<void>): void {
  const { met, required, reason } = NEEDS[tool]
  if (required || met()) {
    it(name, body)
    return
  }
  process.stderr.write(`skipped: ${name}: ${reason}\n`)
  it.skip(`${name}: ${reason}`, body)
}
