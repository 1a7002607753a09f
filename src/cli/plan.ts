import { planOf } from '../app/plan.js'
import { BuildwatchdError } from '../domain/errors.js'
import { createRandom } from '../domain/seeded-random.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult } from './output.js'
import { planTables } from './plan-tables.js'

export interface PlanOptions extends CommonOptions {
  readonly output: string
  readonly history?: string
  readonly buildsPerHour: string
  readonly limit?: string
  readonly seed: string
  readonly failOverBudget?: boolean
  readonly maxP95?: string
}

/** `plan`: what the watchlists will cost and how late they will tell. Takes no request of the API. */
export async function plan(options: PlanOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const latest = options.maxP95 === undefined ? Infinity : numberOf(options.maxP95, '--max-p95', { above: 0 })
  const facts = await planOf({
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    env: io.env,
    historyFile: options.history,
    unknownPerHour: numberOf(options.buildsPerHour, '--builds-per-hour', { above: 0 }),
    limit: options.limit === undefined ? undefined : numberOf(options.limit, '--limit', { above: 1 }),
    now: Date.now(),
    random: createRandom(numberOf(options.seed, '--seed', { above: -1 }), 'plan'),
  })
  io.stdout.write(format === 'table' ? planTables(facts) : await renderResult(facts, format))
  const isOverBudget = facts.accounts.some((account) => !account.fits)
  const isLate = facts.accounts.some(({ watches }) => watches.some(({ p95DelayS = 0 }) => p95DelayS > latest))
  return (options.failOverBudget && isOverBudget) || isLate ? EXIT.usage : EXIT.done
}

function numberOf(text: string, flag: string, { above }: { above: number }): number {
  const value = Number(text)
  if (text.trim() !== '' && value > above && value <= 1e9) return value
  throw new BuildwatchdError('USAGE', `${flag} takes a number above ${above}, not ${JSON.stringify(text)}`)
}
