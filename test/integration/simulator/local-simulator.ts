import { afterEach } from '@jest/globals'
import type { BuildScript } from '../../../src/simulator/build-script.js'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.js'

export const START_AT = Date.UTC(2026, 0, 5, 12)
export const PATH = '/v1/projects/shop/jobs/web/build/b-1'
export const KEY = 'shop/jobs/web/b-1'

/** Whatever JSON came; tests look into it and compare. */
export type Json = ReturnType<typeof JSON.parse>

const running: Simulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

export interface LocalSimulator {
  readonly simulator: Simulator
  /** Moves the simulator's clock. */
  readonly pass: (ms: number) => void
  readonly get: (path: string, init?: RequestInit) => Promise<Response>
  readonly json: (path: string) => Promise<Json>
}

export function scriptOf(build: string, more: Partial<BuildScript> = {}): BuildScript {
  const ref = { project: 'shop', kind: 'jobs', resource: 'web', build } as const
  const steps = [
    { status: 'QUEUED', forMs: 1000 },
    { status: 'BUILDING', forMs: 1000 },
  ]
  return { ref, steps, outcome: 'success', pullRequestId: null, ...more }
}

/** A simulator whose clock stands still until it is moved; stopped after the test. */
export async function localSimulator(options: SimulatorOptions = {}): Promise<LocalSimulator> {
  let now = START_AT
  const simulator = await startSimulator({ builds: [scriptOf('b-1')], clock: { now: () => now }, ...options })
  running.push(simulator)
  const get = (path: string, init?: RequestInit) =>
    fetch(simulator.url + path, { headers: { authorization: 'Bearer t' }, redirect: 'manual', ...init })
  return {
    simulator,
    get,
    pass: (ms) => {
      now += ms
    },
    json: async (path) => (await get(path)).json(),
  }
}
