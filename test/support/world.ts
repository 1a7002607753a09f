/**
 * One whole scenario: a simulated Northflank, a webhook receiver, a Redis, settings on disk, and daemons as child
 * processes. It notes every fault that it injects, and hands everything that can be known afterwards to the checker.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { BuildPlan } from './build-plans.js'
import { collectHistory } from './collect-history.js'
import { type DaemonOptions, type DaemonProcess, startDaemon } from './daemon-process.js'
import { eventually } from './eventually.js'
import type { Attempt, Fault, History } from './history-checker/history.js'
import { type HookReceiver, startHookReceiver } from './hook-receiver.js'
import { isSettled } from './is-settled.js'
import { startWorldApi, type WorldApi, type WorldApiOptions } from './world-api.js'
import {
  QUICK_POLLING,
  SECRETS,
  WORLD_ENV,
  type WorldSettings,
  watchesOf,
  writeSettings,
} from './world-files.js'
import { embeddedRedis, type WorldRedis } from './world-redis.js'
import { createReloads, type Reloads } from './world-reloads.js'
import { createWatchlists, type Watchlists, type WatchSource } from './world-watchlists.js'
import { deliveredTexts, logTexts, redisTexts } from './written-texts.js'

type SettingsOptions = Partial<Omit<WorldSettings, 'redis' | 'apiUrl' | 'hooks'>>
type ApiOptions = Partial<Omit<WorldApiOptions, 'plans'>>

export interface WorldOptions extends SettingsOptions, ApiOptions {
  readonly plans: readonly BuildPlan[]
  /** Which notifiers the watch of a build names; the ends to `hook` and everything to `console` by default. */
  readonly routes?: (plan: BuildPlan) => readonly unknown[]
  /** What each watchlist holds, by its name; a watch for each build by default. */
  readonly lists?: Readonly<Record<string, readonly WatchSource[]>>
  /** The embedded engine unless said otherwise; a server is neither started nor stopped here. */
  readonly redis?: WorldRedis
  /** Names of the webhook notifiers; `hook` by default. */
  readonly hooks?: readonly string[]
}

type StartOptions = Pick<DaemonOptions, 'ownGroup' | 'nodeArgs' | 'env'>

export interface World extends Reloads {
  readonly dir: string
  readonly settingsFile: string
  readonly settings: WorldSettings
  readonly api: WorldApi
  readonly watchlists: Watchlists
  readonly faults: Fault[]
  hook(name?: string): HookReceiver
  /** A file beside the settings, such as one that holds a secret. */
  write(name: string, text: string): Promise<void>
  /** One more daemon; it goes on running until it is killed or the world is closed. */
  start(how?: StartOptions): DaemonProcess
  /** SIGKILL, noted as a fault; also of one that has killed itself. */
  kill(daemon: DaemonProcess): Promise<void>
  /** A client of its own, closed with the world. */
  connect(): Promise<Redis>
  /** Resolves when every build has ended in truth, in the record and for everyone who is to be told. */
  settled(withinMs: number): Promise<void>
  history(): Promise<History>
  close(): Promise<void>
}

/** So many requests that no test is slowed by the limit unless it asks for one. */
const API_DEFAULTS = { seed: 1, limit: 1_000_000, windowMs: 3_600_000, answerDelayMs: 0, mostPerPage: 100 }

export async function openWorld(options: WorldOptions): Promise<World> {
  const { plans, hooks: names = ['hook'], polling = QUICK_POLLING } = options
  const dir = await mkdtemp(join(tmpdir(), 'buildwatchd-world-'))
  const redis = options.redis ?? embeddedRedis(join(dir, 'data'))
  const api = await startWorldApi({ ...API_DEFAULTS, ...options })
  const hooks = new Map(
    await Promise.all(names.map(async (name) => [name, await startHookReceiver(name)] as const)),
  )
  const urls = Object.fromEntries([...hooks].map(([name, { url }]) => [name, url]))
  const settings: WorldSettings = { ...options, polling, redis: redis.settings, apiUrl: api.url, hooks: urls }
  const settingsFile = await writeSettings(dir, settings)
  const watchlists = await createWatchlists({
    dir: join(dir, 'watchlists'),
    lists: options.lists ?? { world: watchesOf(plans, options.routes) },
    minInterval: polling.min_interval,
  })
  const daemons: DaemonProcess[] = []
  const clients: Redis[] = []
  const faults: Fault[] = []
  const reloads = createReloads({ watchlists, daemons, ask })

  const hook = (name = names[0] ?? ''): HookReceiver => {
    const found = hooks.get(name)
    if (!found) throw new Error(`this world has no receiver ${name}`)
    return found
  }

  async function kill(daemon: DaemonProcess): Promise<void> {
    const at = Date.now()
    await daemon.kill9()
    const lostSince = await redis.safeSince()
    const gone = Date.now()
    const forgotten = !daemons.some((other) => other.isRunning())
    if (lostSince < gone) faults.push({ kind: 'data_lost', from: at, until: gone, lostSince, forgotten })
    else faults.push({ kind: 'daemon_killed', from: at, until: gone })
  }

  /** The embedded engine moves with each start of the daemon, so each question is asked anew. */
  async function ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
    const client = quietClient(await redis.url())
    try {
      return await question(client)
    } finally {
      client.disconnect()
    }
  }

  async function history({ texts = true } = {}): Promise<History> {
    const recorded = await ask(collectHistory)
    const hooked = [...hooks.values()].flatMap((each) => each.attempts)
    const attempts = [...hooked, ...consoleLines(daemons)]
    return {
      ...recorded,
      builds: api.builds(),
      versions: watchlists.versions,
      answers: api.answers(),
      exchanges: api.exchanges(),
      windows: api.windows(),
      attempts: attempts.sort((a, b) => a.startedAt - b.startedAt),
      faults,
      reloads: reloads.noted,
      texts: texts ? [...(await ask(redisTexts)), ...logTexts(daemons), ...deliveredTexts(hooked)] : [],
      secrets: SECRETS,
    }
  }

  async function hasSettled(): Promise<boolean> {
    if (!daemons.some((daemon) => daemon.isRunning()))
      throw new Error(`no daemon runs\n${lastWords(daemons)}`)
    const now = await history({ texts: false }).catch(() => undefined)
    return now !== undefined && plans.length <= now.builds.length && isSettled(now)
  }

  return {
    ...reloads,
    dir,
    settingsFile,
    settings,
    api,
    watchlists,
    faults,
    hook,
    write: (name, text) => writeFile(join(dir, name), text),
    kill,
    history,
    start(how = {}) {
      const daemon = startDaemon({
        args: ['run', '-c', settingsFile],
        cwd: dir,
        ...how,
        env: { ...WORLD_ENV, ...how.env },
      })
      daemons.push(daemon)
      return daemon
    },
    async connect() {
      const client = quietClient(await redis.url())
      clients.push(client)
      return client
    },
    settled: async (withinMs) =>
      void (await eventually(hasSettled, {
        what: 'every build recorded and told',
        withinMs,
        everyMs: 200,
        evidence: () => lastWords(daemons),
      })),
    async close() {
      for (const client of clients) client.disconnect()
      await Promise.all(daemons.filter((daemon) => daemon.isRunning()).map((daemon) => daemon.kill9()))
      await Promise.all([api.simulator.stop(), ...[...hooks.values()].map((each) => each.close())])
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Opens a world for `test` and closes it whatever comes. */
export async function inWorld(options: WorldOptions, test: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(options)
  try {
    await test(world)
  } finally {
    await world.close()
  }
}

function quietClient(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 2000, commandTimeout: 5000 })
  client.on('error', () => undefined)
  return client
}

/** What the `console` notifier printed: JSON events on stdout. */
function consoleLines(daemons: readonly DaemonProcess[]): Attempt[] {
  return daemons.flatMap(({ lines }) =>
    lines
      .filter(({ stream }) => stream === 'stdout')
      .map(({ text, at }) => ({
        notifier: 'console',
        startedAt: at,
        accepted: true,
        eventId: String(JSON.parse(text).id),
        body: text,
      })),
  )
}

function lastWords(daemons: readonly DaemonProcess[]): string {
  const lines =
    daemons
      .at(-1)
      ?.stderr()
      .filter((line) => !line.includes('"level":"debug"')) ?? []
  return lines.slice(-15).join('\n')
}
