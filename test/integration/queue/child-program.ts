/** Rooms of the house in a process of their own, for what only a process can show: being killed, and ending by itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { transformFile } from '@swc/core'

const ROOT = resolve(import.meta.dirname, '../../..')

export interface Child {
  /** What it has printed so far. */
  readonly lines: readonly string[]
  /** Resolves when it has printed this line; rejects when it ends without. */
  printed(line: string): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code when it is gone; null when a signal has ended it. */
  readonly exited: Promise<number | null>
}

/** To be called in a `describe` block: compiles the rooms before it, and kills after each test what still runs. */
export function childProgram(
  rooms: readonly string[],
  program: string,
): { start(env: Readonly<Record<string, string>>): Child } {
  const children: Child[] = []
  let dir: string

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-child-'))
    for (const room of rooms) await compileRoom(room, dir)
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
    await writeFile(join(dir, 'program.js'), program)
  })

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.signal('SIGKILL')
      await child.exited
    }
  })

  afterAll(() => rm(dir, { recursive: true }))

  return {
    start(env) {
      const stdio = ['ignore', 'pipe', 'inherit'] as const
      const child = handle(spawn(process.execPath, [join(dir, 'program.js')], { env, stdio: [...stdio] }))
      children.push(child)
      return child
    },
  }
}

function handle(child: ChildProcess): Child {
  const killOnExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killOnExit)
  const output = createInterface({ input: child.stdout! })
  const lines: string[] = []
  output.on('line', (line) => lines.push(line))
  const exited = once(child, 'close').then(([code]: unknown[]) => {
    process.off('exit', killOnExit)
    return typeof code === 'number' ? code : null
  })
  return {
    lines,
    exited,
    signal: (signal) => void child.kill(signal),
    async printed(line) {
      const ended = exited.then(() => 'ended')
      while (!lines.includes(line)) {
        const next = await Promise.race([ended, once(output, 'line')])
        if (next === 'ended' && !lines.includes(line)) throw new Error(`it printed only: ${lines.join(', ')}`)
      }
    },
  }
}

async function compileRoom(room: string, dir: string): Promise<void> {
  const from = join(ROOT, 'src', room)
  const to = join(dir, 'src', room)
  await mkdir(to, { recursive: true })
  const sources = (await readdir(from)).filter((name) => name.endsWith('.ts'))
  for (const name of sources) {
    const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' } as const
    const { code } = await transformFile(join(from, name), { jsc, module: { type: 'es6' }, swcrc: false })
    await writeFile(join(to, name.replace(/\.ts$/, '.js')), code)
  }
}
