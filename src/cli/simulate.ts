import { runSimulator } from '../app/simulate.js'
import { BuildwatchdError } from '../domain/errors.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'
import { listenForStop } from './signals.js'

export interface SimulateOptions {
  readonly port: string
  readonly timeScale: string
  readonly limit: string
  readonly token?: string
  readonly seed: string
  readonly build?: readonly string[]
}

/** `simulate`: a local Northflank until a signal ends it. */
export async function simulate(options: SimulateOptions, io: CliIo): Promise<number> {
  const signals = listenForStop(process)
  try {
    const simulator = await runSimulator({
      port: numberOf(options.port, '--port', { least: 0, most: 65_535 }),
      timeScale: numberOf(options.timeScale, '--time-scale', { least: 0.001, most: 100_000 }),
      limit: numberOf(options.limit, '--limit', { least: 1, most: 1_000_000 }),
      seed: numberOf(options.seed, '--seed', { least: 0, most: 2 ** 32 - 1 }),
      token: options.token,
      builds: options.build ?? [],
    })
    io.stdout.write(`${simulator.words.join('\n')}\n`)
    await signals.first
    await simulator.stop()
    return EXIT.done
  } finally {
    signals.dispose()
  }
}

function numberOf(text: string, flag: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new BuildwatchdError(
    'USAGE',
    `${flag} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}`,
  )
}
