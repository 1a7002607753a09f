/**
 * A local Northflank: the documented build reads over HTTP, builds that last as long as real ones did, the hourly limit,
 * and faults on request. It keeps the truth, so that tests can hold a watcher against it.
 *
 * Time compression shortens both the builds and the rate-limit window. The reset header stays in real seconds, because
 * that is what a client must wait.
 */
import { Hono } from 'hono'
import type { Clock } from '../domain/ports.js'
import { createAccess, type TokenFacts } from './access.js'
import { createAdmin } from './admin.js'
import { createApi } from './api.js'
import type { BuildScript } from './build-script.js'
import { createFaults } from './fault.js'
import { type Listening, listen } from './listen.js'
import { seededRandom } from './random.js'
import { createSimulatedWorld, type SimulatedWorld } from './simulated-world.js'
import { createWorld } from './world.js'

export interface SimulatorOptions {
  /** On 127.0.0.1; any free one by default. */
  readonly port?: number
  /** Simulated seconds per real second; 1 by default. */
  readonly timeScale?: number
  /** Requests per hour of simulated time and account; 1000 by default. */
  readonly limit?: number
  /** The accepted tokens; any token by default. */
  readonly tokens?: Readonly<Record<string, TokenFacts>>
  readonly seed?: number
  readonly builds?: readonly BuildScript[]
  /** The `/_sim` paths; there by default. */
  readonly admin?: boolean
  readonly clock?: Clock
}

export interface Simulator extends SimulatedWorld, Listening {}

const HOUR_MS = 3_600_000
const DEFAULTS = {
  port: 0,
  timeScale: 1,
  limit: 1000,
  seed: 1,
  builds: [],
  admin: true,
  clock: { now: Date.now },
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port, timeScale, limit, seed, builds, admin, clock } = { ...DEFAULTS, ...options }
  const random = seededRandom(seed)
  const world = createWorld(clock)
  const access = createAccess({ tokens: options.tokens, limit, windowMs: HOUR_MS / timeScale })
  const faults = createFaults(random)
  const simulated = createSimulatedWorld({ world, access, faults, clock, random, timeScale })
  for (const script of builds) simulated.addBuild(script)

  const app = new Hono()
  if (admin) app.route('/_sim', createAdmin(simulated))
  app.route('/', createApi({ world, access, faults, clock }))
  return { ...simulated, ...(await listen(app, port)) }
}
