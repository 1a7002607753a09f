/** A daemon in this process, with its embedded engine, on files and a simulated Northflank that a test can change under it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from '@jest/globals'
import { Redis } from 'ioredis'
import { stringify } from 'yaml'
import { type Daemon, startDaemon } from '../../../src/app/daemon.js'
import { checkSettings } from '../../../src/app/settings.js'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { eventually } from '../../support/eventually.js'
import { createRecordingLogger, type LogLine } from '../../support/recording-logger.js'

export const TOKEN = 'token-of-the-simulated-account'
const ENV = {
  NORTHFLANK_API_TOKEN: TOKEN,
  HOOK_SECRET: `whsec_${Buffer.from('0'.repeat(32)).toString('base64')}`,
}
const WITHIN_MS = 10_000

export type Watch = Readonly<Record<string, unknown>>

/** A feed of a job of the project `shop`. */
export function feed(job: string, more: Watch = {}): Watch {
  return { project: 'shop', job, notify: [], ...more }
}

export interface DaemonBench {
  readonly dir: () => string
  readonly api: () => Simulator
  readonly lines: LogLine[]
  /** What the `log` notifier has printed. */
  readonly printed: string[]
  /** Path of a watchlist. */
  list(name: string): string
  /** Writes a watchlist in place. */
  writeList(name: string, watches: readonly Watch[]): Promise<void>
  writeSettings(more?: Readonly<Record<string, unknown>>): Promise<void>
  start(): Promise<Daemon>
  /** Resolves with the first line after the first `from` ones that begins so. */
  said(message: string, from?: number): Promise<LogLine>
  /** Lists of the job's builds that the API has been asked for. */
  asked(job: string): number
  connect(): Redis
}

/** To be called in a `describe` block. */
export function daemonBench(): DaemonBench {
  const lines: LogLine[] = []
  const printed: string[] = []
  const logger = createRecordingLogger(lines)
  let dir: string
  let api: Simulator
  let daemon: Daemon | undefined
  let clients: Redis[]

  beforeEach(async () => {
    lines.length = 0
    printed.length = 0
    clients = []
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-app-'))
    await mkdir(join(dir, 'watchlists'))
    api = await startSimulator({ tokens: [TOKEN], limit: 1_000_000 })
  })

  afterEach(async () => {
    for (const client of clients) client.disconnect()
    await daemon?.stop()
    daemon = undefined
    await api.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const bench: DaemonBench = {
    dir: () => dir,
    api: () => api,
    lines,
    printed,
    list: (name) => join(dir, 'watchlists', `${name}.yaml`),
    writeList: (name, watches) => writeFile(bench.list(name), yaml({ watches })),
    async writeSettings(more = {}) {
      const settings = {
        redis: { url: 'embedded', port: 0, data_dir: join(dir, 'data') },
        accounts: { default: { token: '${NORTHFLANK_API_TOKEN}', base_url: api.url } },
        polling: { min_interval: '100ms', max_interval: '200ms', timeout: '5s' },
        engine: { lease: '2s' },
        notifiers: { console: { type: 'log', format: 'json' } },
        watchlists: ['watchlists/*.yaml'],
        ...more,
      }
      await writeFile(join(dir, 'buildwatchd.yaml'), yaml(settings))
    },
    async start() {
      const settings = await checkSettings(join(dir, 'buildwatchd.yaml'), ENV)
      if (settings.kind === 'invalid') throw new Error(settings.problems.join('\n'))
      const from = lines.length
      daemon = await startDaemon({ settings, logger, out: (line) => void printed.push(line) })
      await bench.said('watching', from)
      return daemon
    },
    said: (message, from = 0) =>
      eventually(() => lines.slice(from).find((line) => line.message.startsWith(message)), {
        what: `the line "${message}"`,
        withinMs: WITHIN_MS,
        evidence: () => lines.map(({ level, message }) => `${level}: ${message}`).join('\n'),
      }),
    asked: (job) =>
      api.served().filter(({ path }) => path.startsWith(`/v1/projects/shop/jobs/${job}/build`)).length,
    connect() {
      const client = new Redis(daemon?.redisUrl ?? '')
      clients.push(client)
      return client
    },
  }
  return bench
}

/** Without aliases, which settings may not hold. */
function yaml(content: object): string {
  return stringify(content, { aliasDuplicateObjects: false })
}
