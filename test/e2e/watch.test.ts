/** `watch` beside a real daemon: it follows what that one sees, and asks the API only when that one is gone. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js'
import { tokenId } from '../../src/simulator/tokens.js'
import { createKeys } from '../../src/store/keys.js'
import { type DaemonProcess, startDaemon } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { describeEachRedis } from '../support/redis-engines.js'
import { API_TOKEN, WORLD_ENV, writeSettings } from '../support/world-files.js'

const WATCH_TOKEN = 'token-of-who-waits'
const refOf = (build: string) => ({ project: 'shop', kind: 'jobs', resource: 'nightly', build }) as const
const KEY = 'shop/jobs/nightly/b-1'

describeEachRedis('watch beside a daemon', (engine) => {
  let dir: string
  let simulator: Simulator
  let daemon: DaemonProcess
  let processes: DaemonProcess[]

  const start = (args: readonly string[], env: Readonly<Record<string, string>>): DaemonProcess => {
    const process = startDaemon({ args, cwd: dir, env })
    processes.push(process)
    return process
  }

  beforeEach(async () => {
    processes = []
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-watch-'))
    const tokens = [API_TOKEN, { token: WATCH_TOKEN, account: 'default' }]
    simulator = await startSimulator({ tokens })
    simulator.addBuild({ ref: refOf('long-ago'), startsInMs: -600_000, durationMs: 60_000 })
    await mkdir(join(dir, 'watchlists'))
    await writeFile(join(dir, 'watchlists', 'one.yaml'), 'watches: [{ project: shop, job: nightly }]\n')
    const file = await writeSettings(dir, { redis: { url: engine.url() }, apiUrl: simulator.url, hooks: {} })
    daemon = start(['run', '-c', file], WORLD_ENV)
    await daemon.line('watching shop/jobs/nightly', 30_000)
    const steps = [
      { status: 'QUEUED', forMs: 5000 },
      { status: 'BUILDING', forMs: 600_000 },
    ]
    simulator.addBuild({ ref: refOf('b-1'), steps })
    await daemon.line('build is now QUEUED')
  }, 40_000)

  afterEach(async () => {
    await Promise.all(processes.map((process) => process.kill9()))
    await simulator.stop()
    await rm(dir, { recursive: true, force: true })
  })

  /** Requests of the one who waits: the daemon has another token. */
  const asked = () => simulator.served().filter((answer) => answer.tokenId === tokenId(WATCH_TOKEN))
  const watch = (...argv: string[]) =>
    start(['watch', ...argv], {
      REDIS_URL: engine.url(),
      NORTHFLANK_API_TOKEN: WATCH_TOKEN,
      NORTHFLANK_API_URL: simulator.url,
    })

  it('takes no request at all', async () => {
    const watching = watch('--project', 'shop', '--job', 'nightly')
    await watching.line('is now BUILDING')
    expect(watching.stderr()[0]).toMatch(/^following the daemon on Redis at /)
    watching.signal('SIGTERM')
    expect(await watching.exited).toMatchObject({ code: 143 })
    expect(asked()).toEqual([])
  }, 40_000)

  it('goes on with the API when the daemon has died, and tells nothing twice', async () => {
    const watching = watch(KEY, '-o', 'json', '--timeout', '90s')
    await watching.line('"to":"BUILDING"')
    await daemon.kill9()
    const redis = engine.connect()
    // As if its time had run out.
    await redis.del(await redis.keys(createKeys('buildwatch').heartbeat('*')))
    await watching.line(/^asking .*: no daemon is live on Redis at /)
    await eventually(() => asked().length > 1, { what: 'two requests', withinMs: 20_000 })
    const told = watching.stdout().map((line) => JSON.parse(line).data.to)
    watching.signal('SIGINT')
    expect(await watching.exited).toMatchObject({ code: 130 })
    expect(told.at(-1)).toBe('BUILDING')
    expect(told).toEqual([...new Set(told)])
  }, 60_000)
})
