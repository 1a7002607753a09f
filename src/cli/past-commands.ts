import type { Command } from 'commander'
import { withExamples } from './examples.js'
import type { HistoryOptions } from './history.js'
import type { CliIo } from './io.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'
import type { TailOptions } from './tail.js'

/** `tail` and `history`: names, options and help. */
export function addPastCommands(program: Command, io: CliIo, report: Report): void {
  addTail(program, io, report)
  addHistory(program, io, report)
}

function addHistory(program: Command, io: CliIo, report: Report): void {
  const history = program
    .command('history')
    .description(
      'show how the last builds of a job or service have gone: success rate, durations, streaks, then each build',
    )
    .argument('[key]', 'of the job or service, such as shop/jobs/nightly or teams/acme/shop/services/api')
    .option('--project <id>', 'instead of the key: id of the project')
    .option('--job <id>', 'id of the job')
    .option('--service <id>', 'id of the service')
    .option('--team <id>', 'team, where the watch names one')
    .option(
      '--branch <pattern...>',
      'builds on these branches only, such as main or release/*, as in a watch',
    )
    .option('--limit <number>', 'so many at most, up to 100', '20')
    .option('-o, --output <format>', 'json, csv, yaml or table', 'table')
    .option(...CONFIG_FLAG)
    .action(async (key: string | undefined, options: HistoryOptions) =>
      report(await oneOff(io, async () => (await import('./history.js')).history(key, options, io))),
    )
  withExamples(history, [
    { does: 'the last 20 builds of a job', line: 'buildwatchd history shop/jobs/nightly' },
    { does: 'those of main', line: 'buildwatchd history --project shop --job nightly --branch main' },
    {
      does: 'all that is known, for a spreadsheet or plan --history',
      line: 'buildwatchd history shop/jobs/nightly --limit 100 -o csv',
    },
  ])
}

function addTail(program: Command, io: CliIo, report: Report): void {
  const tail = program
    .command('tail')
    .description('print the events of the log as they come: in words, one line each, or as JSON')
    .option('--since <when>', 'begin so long ago: a span such as 2h, a date or an instant, or beginning')
    .option('--after <cursor>', 'begin behind what --show-cursor printed')
    .option('-n, --lines <number>', 'begin with the last so many')
    .option('--no-follow', 'end when all that is in the log has been printed; by default from its beginning')
    .option('--project <id>', 'of this project')
    .option('--job <id>', 'of this job')
    .option('--service <id>', 'of this service')
    .option('--team <id>', 'of this team (default: of any, and of none)')
    .option('--branch <pattern...>', 'of builds on these branches, such as main or release/*, as in a watch')
    .option(
      '--type, --on <words...>',
      'of these kinds, as routes name them: broke, fixed, failure, concluded, stuck, …',
    )
    .option('--show-cursor', 'with --no-follow: in the end print on stderr the cursor to go on from')
    .option('-o, --output <format>', 'words or json, one event a line', 'words')
    .option(...CONFIG_FLAG)
    .action(async (options: TailOptions) =>
      report(await oneOff(io, async () => (await import('./tail.js')).tail(options, io))),
    )
  withExamples(tail, [
    { does: 'what happens from now on', line: 'buildwatchd tail' },
    {
      does: 'lines that broke or were mended in the last day, then go on',
      line: 'buildwatchd tail --since 1d --on broke,fixed',
    },
    {
      does: 'the last 20 ends of a job, as JSON',
      line: 'buildwatchd tail -n 20 --no-follow --job nightly --on concluded -o json',
    },
  ])
}
