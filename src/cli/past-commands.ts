import type { Command } from 'commander'
import { withExamples } from './examples.js'
import type { CliIo } from './io.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'
import type { TailOptions } from './tail.js'

/** `tail` and `history`: names, options and help. */
export function addPastCommands(program: Command, io: CliIo, report: Report): void {
  addTail(program, io, report)
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
    .option('--show-cursor', 'in the end print on stderr the cursor to go on from')
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
