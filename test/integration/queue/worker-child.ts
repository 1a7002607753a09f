/** A worker in a process of its own, for what only a process can show: being killed, and ending by itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { transformFile } from '@swc/core'
import { PREFIX } from './queue-bench.js'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Its runs never end by themselves. SIGTERM: stops, prints `stopped`, and has nothing left to do. */
const PROGRAM = `
import { createReconciledQueue } from './src/queue/reconciled-queue.js'
import { startReschedulingWorker } from './src/queue/rescheduling-worker.js'
const quiet = () => undefined
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger }
const connection = { host: '127.0.0.1', port: Number(process.env.PORT), maxRetriesPerRequest: null }
const settings = { connection, prefix: '${PREFIX}', logger }
const queue = createReconciledQueue('polls', settings)
const run = (id, signal) => new Promise((resolve) => {
  console.log('running')
  signal.addEventListener('abort', () => resolve({ kind: 'again', inMs: 0 }))
})
const leaseMs = Number(process.env.LEASE_MS)
const worker = startReschedulingWorker('polls', run, { ...settings, concurrency: 1, leaseMs, clock: Date })
process.once('SIGTERM', async () => {
  await worker.stop(Number(process.env.GRACE_MS))
  await queue.close()
  console.log('stopped')
})
console.log(\`\${(await queue.live()).size} live\`)
`

export interface ChildSettings {
  readonly url: string
  readonly leaseMs: number
  readonly graceMs: number
}

export interface WorkerChild {
  /** Resolves when it has printed this line; rejects when it ends without. */
  printed(line: string): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code when it is gone; null when a signal has ended it. */
  readonly exited: Promise<number | null>
}

/** To be called in a `describe` block: compiles the room before it, and kills after each test what still runs. */
export function workerChildren(): { start(settings: ChildSettings): WorkerChild } {
  const children: WorkerChild[] = []
  let dir: string

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-worker-'))
    for (const room of ['domain', 'queue']) await compileRoom(room, dir)
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
    await writeFile(join(dir, 'worker.js'), PROGRAM)
  })

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.signal('SIGKILL')
      await child.exited
    }
  })

  afterAll(() => rm(dir, { recursive: true }))

  return {
    start({ url, leaseMs, graceMs }) {
      const env = { PORT: new URL(url).port, LEASE_MS: String(leaseMs), GRACE_MS: String(graceMs) }
      const stdio = ['ignore', 'pipe', 'inherit'] as const
      const child = handle(spawn(process.execPath, [join(dir, 'worker.js')], { env, stdio: [...stdio] }))
      children.push(child)
      return child
    },
  }
}

function handle(child: ChildProcess): WorkerChild {
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
