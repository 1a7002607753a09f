import { buildKey, parseBuildKey, resourceKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { parseArrivals, startSimulator } from '../simulator/simulator.js'

export interface SimulateRequest {
  readonly port: number
  readonly timeScale: number
  readonly limit: number
  readonly seed: number
  /** The only token accepted; any when undefined. */
  readonly token: string | undefined
  /** Build keys, such as `shop/jobs/web/b-1`. */
  readonly builds: readonly string[]
  /** Plans of builds that come by themselves, such as `shop/jobs/web,perHour=30`. */
  readonly arrivals: readonly string[]
}

export interface RunningSimulator {
  /** What to tell the person who started it. */
  readonly words: readonly string[]
  stop(): Promise<void>
}

/** A simulated Northflank with builds that begin now. Rejects with USAGE. */
export async function runSimulator(request: SimulateRequest): Promise<RunningSimulator> {
  const refs = request.builds.map(refOf)
  const plans = request.arrivals.map(parseArrivals)
  const { port, timeScale, limit, seed, token } = request
  const simulator = await startSimulator({
    port,
    timeScale,
    limit,
    seed,
    ...(token === undefined ? {} : { tokens: [token] }),
  })
  const lasting = refs.map((ref) => {
    const { createdAt, concludedAt, outcome } = simulator.addBuild({ ref })
    return `  ${buildKey(ref)}: ${outcome} after ${Math.round((concludedAt - createdAt) / 1000)} s`
  })
  const coming = plans.map(
    (plan) => `  ${resourceKey(plan.resource)}: ${simulator.addArrivals(plan).length} builds to come`,
  )
  const words = [
    `Simulated Northflank API: ${simulator.url}`,
    ...lasting,
    ...coming,
    `Start a build: curl -H 'content-type: application/json' ${simulator.url}/_sim/builds -d '{"key": "shop/jobs/web/b-1", "outcome": "failure"}'`,
    'Ctrl-C ends it.',
  ]
  return { words, stop: () => simulator.stop() }
}

function refOf(key: string) {
  const ref = parseBuildKey(key)
  if (ref) return ref
  throw new BuildwatchdError(
    'USAGE',
    `--build takes a build key such as shop/jobs/web/b-1, not ${JSON.stringify(key)}`,
  )
}
