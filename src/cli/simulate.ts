import { runSimulator } from '../app/simulate.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { CliIo } from './io.js'
import { numberOf, wholeNumberOf } from './numbers.js'
import { exitCodeOfSignal, listenForStop } from './signals.js'

export interface SimulateOptions {
  readonly port: string
  readonly timeScale: string
  readonly limit: string
  readonly token?: string
  readonly seed: string
  readonly build?: readonly string[]
  readonly arrivals?: readonly string[]
}

/** `simulate`: a local Northflank until a signal ends it, which its exit code names. */
export async function simulate(options: SimulateOptions, io: CliIo): Promise<number> {
  const signals = listenForStop(process)
  try {
    const simulator = await runSimulator({
      port: wholeNumberOf(options.port, '--port', { least: 0, most: 65_535 }),
      timeScale: numberOf(options.timeScale, '--time-scale', { least: 0.001, most: 100_000 }),
      limit: wholeNumberOf(options.limit, '--limit', { least: 1, most: 1_000_000 }),
      seed: wholeNumberOf(options.seed, '--seed', { least: 0, most: 2 ** 32 - 1 }),
      token: tokenOf(options.token),
      builds: options.build ?? [],
      arrivals: options.arrivals ?? [],
    })
    io.stdout.write(`${simulator.words.join('\n')}\n`)
    const signal = await signals.first
    await simulator.stop()
    return exitCodeOfSignal(signal)
  } finally {
    signals.dispose()
  }
}

/** No request can bring an empty token, so that one would lock everybody out. */
function tokenOf(text: string | undefined): string | undefined {
  if (text !== '') return text
  throw new BuildwatchdError('USAGE', '--token is empty; leave it out to accept any')
}
