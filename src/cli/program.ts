/**
 * The command line: names, options and help of every command, nothing else. Each command's module is loaded when it is
 * called, because BullMQ, ioredis and undici cost more start-up time than `--help` may take.
 */
import { Command, CommanderError } from 'commander'
import { RefusedSettings } from '../app/refused-settings.js'
import { VERSION } from '../app/version.js'
import { BuildwatchdError } from '../domain/errors.js'
import { addCompletionCommand } from './completion-commands.js'
import { addDeliveryCommands, addNotifyCommands } from './delivery-commands.js'
import { withExamples } from './examples.js'
import { EXIT, exitCodeOfError } from './exit-codes.js'
import type { ExplainOptions } from './explain.js'
import { addGetCommands } from './get-commands.js'
import type { HealthOptions } from './health.js'
import { askedFor, finishHelp, usageLine } from './help-texts.js'
import type { CliIo, CommonOptions } from './io.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'
import { safeLines } from './output.js'
import { addPastCommands } from './past-commands.js'
import type { PlanOptions } from './plan.js'
import { EXAMPLES } from './program-examples.js'
import { addRoutingCommands } from './routing-commands.js'
import type { SimulateOptions } from './simulate.js'
import type { StatusOptions } from './status.js'
import { addWatchingCommands } from './watching-commands.js'

/** Runs one command line and answers the exit code; never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.done
  const program = createProgram(io, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(askedFor(argv, program), { from: 'user' })
    return exitCode
  } catch (error) {
    return failed(error, io)
  }
}

function failed(error: unknown, io: CliIo): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  // They repeat what was given, such as the name of a branch, which is anybody's.
  for (const line of linesOf(error)) io.stderr.write(safeLines(`${line}\n`))
  return exitCodeOfError(error)
}

function linesOf(error: unknown): string[] {
  if (error instanceof RefusedSettings) return error.problems.map((problem) => `error: ${problem}`)
  if (error instanceof BuildwatchdError) return [`buildwatchd: ${error.code}: ${error.message}`]
  return [`buildwatchd: INTERNAL: ${error instanceof Error ? error.stack : String(error)}`]
}

/** The parser with all commands; `report` is given the exit code of the one that has run. */
export function createProgram(io: CliIo, report: Report): Command {
  const program = new Command('buildwatchd')
    .description('Watches Northflank builds to their end and tells people and machines how each one ended.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(usageLine(text, [program.name()])),
    })
  addDaemonCommands(program, io, report)
  addPlanningCommands(program, io, report)
  addPastCommands(program, io, report)
  addDeliveryCommands(program, io, report)
  addNotifyCommands(program, io, report)
  addRoutingCommands(program, io, report)
  addGetCommands(program, io, report)
  addWatchingCommands(program, io, report)
  addSimulatorCommands(program, io, report)
  addCompletionCommand(program, io, report)
  finishHelp(program)
  return program
}

function addDaemonCommands(program: Command, io: CliIo, report: Report): void {
  withExamples(program.command('run'), EXAMPLES.run)
    .description('run the daemon; SIGTERM or Ctrl-C drains and exits 0, a second one ends at once')
    .option(...CONFIG_FLAG)
    .action(async (options: CommonOptions) => report(await (await import('./run.js')).run(options, io)))
  withExamples(program.command('validate'), EXAMPLES.validate)
    .description('check the settings and watchlists; exit 2 when anything is wrong')
    .option(...CONFIG_FLAG)
    .action(async (options: CommonOptions) =>
      report(await oneOff(io, async () => (await import('./validate.js')).validate(options, io))),
    )
  withExamples(program.command('status'), EXAMPLES.status)
    .description(
      'show budget, watches, active builds, red lines and trouble, as the daemons have left them in Redis',
    )
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .option(...CONFIG_FLAG)
    .action(async (options: StatusOptions) =>
      report(await oneOff(io, async () => (await import('./status.js')).status(options, io))),
    )
  withExamples(program.command('health'), EXAMPLES.health)
    .description("read the daemon's heartbeat in Redis; exit 0 when it is live, 1 when not")
    .option(...CONFIG_FLAG)
    .option('--any-host', 'count the daemons of other hosts too')
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .action(async (options: HealthOptions) =>
      report(await oneOff(io, async () => (await import('./health.js')).health(options, io))),
    )
  withExamples(program.command('schema'), EXAMPLES.schema)
    .description('print a JSON Schema: of settings, watchlists or events')
    .argument('<name>', 'settings, watchlist or event')
    .action(async (name: string) =>
      report(await oneOff(io, async () => (await import('./schema.js')).schema(name, io))),
    )
}

function addPlanningCommands(program: Command, io: CliIo, report: Report): void {
  withExamples(program.command('plan'), EXAMPLES.plan)
    .description('say before anything runs what the watchlists will cost and how late they will tell')
    .option(
      '--history <file>',
      'CSV of past builds: job,started_at_epoch_s,duration_s (default: as Redis knows them)',
    )
    .option('--builds-per-hour <number>', 'assumed of jobs of which nothing is known', '2')
    .option('--limit <requests>', 'requests an hour (default: as the API has told, or 1000)')
    .option('--fail-over-budget', 'exit 2 when the watches of an account do not fit its budget')
    .option('--max-p95 <seconds>', 'exit 2 when of some watch not 95 of 100 builds are seen within so long')
    .option('--seed <number>', 'of the hours that are played through', '1')
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .option(...CONFIG_FLAG)
    .action(async (options: PlanOptions) =>
      report(await oneOff(io, async () => (await import('./plan.js')).plan(options, io))),
    )
  withExamples(program.command('explain'), [
    {
      does: 'how a build went, what each request was for, and whom it was told',
      line: 'buildwatchd explain shop/jobs/nightly/quick-fox-1',
    },
  ])
    .description(
      'show how a build went, each probe that it took, whom it was told, and why others were not told of it',
    )
    .argument('<build>', 'build key, such as shop/jobs/nightly/quick-fox-1; or its id alone, or its address')
    .option('--all', 'every probe; the table leaves out those in the middle of many')
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .option(...CONFIG_FLAG)
    .action(async (key: string, options: ExplainOptions) =>
      report(await oneOff(io, async () => (await import('./explain.js')).explain(key, options, io))),
    )
}

function addSimulatorCommands(program: Command, io: CliIo, report: Report): void {
  withExamples(program.command('simulate'), EXAMPLES.simulate)
    .description('run a local Northflank API with real build durations, for trying out and for tests')
    .option('--port <port>', 'port on 127.0.0.1; 0 = any free one', '4010')
    .option('--time-scale <factor>', 'simulated seconds per real second', '1')
    .option('--limit <requests>', 'requests an hour', '1000')
    .option('--token <token>', 'the only token accepted; any other gets 401 (default: any token)')
    .option('--seed <number>', 'seed of the simulated world', '1')
    .option('--build <key...>', 'builds that begin at once, such as shop/jobs/web/b-1')
    .option(
      '--arrivals <plan...>',
      'builds that come by themselves, such as shop/jobs/web,perHour=30,branch=main',
    )
    .action(async (options: SimulateOptions) =>
      report(await (await import('./simulate.js')).simulate(options, io)),
    )
  withExamples(program.command('demo'), EXAMPLES.demo)
    .description(
      'run simulator, embedded Valkey, daemon and a webhook receiver together, on config/demo.yaml',
    )
    .action(async () => report(await (await import('./demo.js')).demo(io)))
}
