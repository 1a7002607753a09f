import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface RealRedisOptions {
  /** Appended to the command line, so they win over the defaults: `['--appendonly', 'yes']`. */
  readonly args?: readonly string[]
  /** Absent: a free one. Give it to restart a server where clients expect it. */
  readonly port?: number
  /** Absent: a new temporary one, removed when the server has ended. A given one stays. */
  readonly dir?: string
}

export interface RealRedis {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** SIGTERM; resolves when the process is gone. Safe to call again, also after `kill9`. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void>
}

interface Attempt {
  readonly path: string
  readonly port: number
  readonly dir: string
  readonly args: readonly string[]
}

/** Another process may take the free port between our looking and the server's binding. */
const PORT_ATTEMPTS = 5

/** Where the machine has a redis-server, or `undefined`. */
export function findRedisServer(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== '')
  return places.map((place) => join(place, 'redis-server')).find(isExecutable)
}

/** Starts a redis-server of its own: 127.0.0.1, nothing persisted unless `args` say so. Rejects with its last words. */
export async function startRealRedis(options: RealRedisOptions = {}): Promise<RealRedis> {
  const path = findRedisServer()
  if (path === undefined) throw new Error('redis-server is not installed')
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'buildwatchd-redis-')))
  const removeDir =
    options.dir === undefined ? () => rm(dir, { recursive: true, force: true }) : async () => {}
  try {
    return await startOnSomePort({ path, dir, args: options.args ?? [] }, options.port, removeDir)
  } catch (error) {
    await removeDir()
    throw error
  }
}

async function startOnSomePort(
  base: Omit<Attempt, 'port'>,
  fixedPort: number | undefined,
  removeDir: () => Promise<void>,
): Promise<RealRedis> {
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await freePort())
    const started = await launch({ ...base, port })
    if (typeof started !== 'string') return handle(started, port, removeDir)
    const mayRetry =
      fixedPort === undefined && attempt < PORT_ATTEMPTS && /address already in use/i.test(started)
    if (!mayRetry) throw new Error(`redis-server did not start on port ${port}:\n${started}`)
  }
}

/** The running process, or what it printed when it ended instead. */
async function launch({ path, port, dir, args }: Attempt): Promise<ChildProcess | string> {
  const defaults = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  const child = spawn(path, [...defaults, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  return new Promise((resolve, reject) => {
    const onOutput = (chunk: Buffer): void => {
      output += chunk.toString()
      if (output.includes('Ready to accept connections')) settle(child)
    }
    const onExit = (): void => settle(output)
    const settle = (result: ChildProcess | string): void => {
      child.off('exit', onExit)
      child.stdout.off('data', onOutput).resume()
      child.stderr.off('data', onOutput).resume()
      resolve(result)
    }
    child.on('error', reject).on('exit', onExit)
    child.stdout.on('data', onOutput)
    child.stderr.on('data', onOutput)
  })
}

function handle(child: ChildProcess, port: number, removeDir: () => Promise<void>): RealRedis {
  // A test run that dies must not leave servers behind.
  const killOnExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killOnExit)
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null
  const watchEnd = async (): Promise<void> => {
    if (!isGone()) await once(child, 'exit')
    process.off('exit', killOnExit)
    await removeDir()
  }
  const gone = watchEnd()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!isGone()) child.kill(signal)
    await gone
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Below the range from which the system hands out ports: a server that is away for a moment finds its own still free. */
const PORTS = { least: 20_000, most: 32_000 }

async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.least + Math.floor(Math.random() * (PORTS.most - PORTS.least))
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (listening) await new Promise((resolve) => server.close(resolve))
  return listening
}
