/** A worker in a process of its own, for what only a process can show: being killed, and ending by itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
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

export interface WorkerChild {
  /** Resolves when it has printed this line; rejects when it ends without. */
  printed(line: string): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code when it is gone; null when a signal has ended it. */
  readonly exited: Promise<number | null>
}

/** Compiles the room into `dir` and answers what starts such a process. */
export async function prepareWorkerChild(
  dir: string,
): Promise<(env: { url: string; leaseMs: number; graceMs: number }) => WorkerChild> {
  for (const room of ['domain', 'queue']) await compileRoom(room, dir)
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
  await writeFile(join(dir, 'worker.js'), PROGRAM)
  return ({ url, leaseMs, graceMs }) => {
    const env = { PORT: new URL(url).port, LEASE_MS: String(leaseMs), GRACE_MS: String(graceMs) }
    return handle(
      spawn(process.execPath, [join(dir, 'worker.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
    )
  }
}

function handle(child: ChildProcess): WorkerChild {
  const killOnExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killOnExit)
  const lines = new Set<string>()
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => lines.add(line))
  const exited = once(child, 'close').then(([code]: unknown[]) => {
    process.off('exit', killOnExit)
    return typeof code === 'number' ? code : null
  })
  return {
    exited,
    signal: (signal) => void child.kill(signal),
    async printed(line) {
      while (!lines.has(line)) {
        const ended = await Promise.race([
          exited.then(() => true),
          once(child.stdout!, 'data').then(() => false),
        ])
        if (ended && !lines.has(line)) throw new Error(`ended without a line "${line}"`)
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
