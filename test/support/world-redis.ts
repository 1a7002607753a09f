/** The Redis of a world: a server of its own that can be hurt, or the daemon's embedded engine, seen from outside. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from '@jest/globals'
import { findRedisServer, type RealRedis, startRealRedis } from './redis-engines.js'

export interface WorldRedis {
  /** The lines under `redis:` in the settings. */
  readonly settings: Readonly<Record<string, string | number>>
  /** Where it can be reached now. */
  url(): Promise<string>
  /** What was written after this instant would be lost by a crash of the daemon now. */
  safeSince(): Promise<number>
}

export interface ServerRedis extends WorldRedis {
  /** Where it stopped: same port, same data. */
  start(): Promise<void>
  stop(): Promise<void>
  kill9(): Promise<void>
  pause(): void
  resume(): void
  /** Ends it for good and removes its data. */
  dispose(): Promise<void>
}

/** At most this long lies between the engine's copy of its data and the file's time. */
const SAVE_TAKES_MS = 500
const AOF = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--hz', '100']

/** A real redis-server with an append-only file, running; on one port and in one directory for all its lives. */
export async function startServerRedis(): Promise<ServerRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'buildwatchd-world-redis-'))
  let running: RealRedis | undefined = await startRealRedis({ dir, args: AOF })
  const { url, port } = running
  const signal = (name: NodeJS.Signals): void => {
    if (running) process.kill(running.pid, name)
  }
  const end = async (how: 'stop' | 'kill9'): Promise<void> => {
    // A stopped process takes note of nothing but SIGKILL.
    signal('SIGCONT')
    await running?.[how]()
    running = undefined
  }
  return {
    settings: { url },
    url: async () => url,
    safeSince: async () => Infinity,
    async start() {
      running = await startRealRedis({ dir, port, args: AOF })
    },
    kill9: () => end('kill9'),
    stop: () => end('stop'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async dispose() {
      await end('kill9')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** The engine that the daemon itself brings along. */
export function embeddedRedis(dataDir: string): WorldRedis {
  return {
    settings: { url: 'embedded', port: 0, data_dir: dataDir },
    async url() {
      const endpoint: unknown = JSON.parse(await readFile(join(dataDir, 'endpoint.json'), 'utf8'))
      return typeof endpoint === 'object' && endpoint !== null && 'url' in endpoint
        ? String(endpoint.url)
        : ''
    },
    async safeSince() {
      const dump = await stat(join(dataDir, 'dump.rdb')).catch(() => undefined)
      return dump ? dump.mtimeMs - SAVE_TAKES_MS : 0
    },
  }
}

/** A test that needs a real redis-server; skipped with its reason where none is, unless CI=true or REQUIRE_REAL_REDIS=1. */
export function itOnServer(
  name: string,
  test: (redis: ServerRedis) => Promise<void>,
  timeoutMs: number,
): void {
  const mustRun = process.env['CI'] === 'true' || process.env['REQUIRE_REAL_REDIS'] === '1'
  if (findRedisServer() === undefined && !mustRun) {
    process.stderr.write(`skipped: ${name}: redis-server is not installed\n`)
    it.skip(name, () => undefined)
    return
  }
  it.concurrent(
    name,
    async () => {
      const redis = await startServerRedis()
      try {
        await test(redis)
      } finally {
        await redis.dispose()
      }
    },
    timeoutMs,
  )
}
