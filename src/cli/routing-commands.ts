import type { Command } from 'commander'
import { type Example, withExamples } from './examples.js'
import type { CliIo, CommonOptions } from './io.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'
import type { RouteTestOptions } from './route-test.js'
import type { AddSilenceOptions, ListSilencesOptions } from './silence.js'

const OUTPUT_FLAG = ['-o, --output <format>', 'json, yaml or table', 'table'] as const

const EXAMPLES = {
  add: [
    {
      does: 'tell nothing of one job for two hours',
      line: 'buildwatchd silence add --for 2h --project shop --job nightly --reason "moving the database"',
    },
    { does: 'tell nothing at all', line: 'buildwatchd silence add --for 30m --all --reason drill' },
  ],
  list: [{ does: 'their ids', line: "buildwatchd silence list -o json | jq -r '.[].id'" }],
  remove: [{ does: 'by its id', line: 'buildwatchd silence remove tobaki' }],
  test: [
    {
      does: 'whom the second failure in a row of main would be told',
      line: 'buildwatchd route test --project shop --job nightly --branch main --verdict still_failing --failures 2',
    },
    {
      does: 'a failure in the night',
      line: 'buildwatchd route test --project shop --job nightly --outcome failure --at 2026-03-04T02:00Z',
    },
    {
      does: 'the newest event that there was',
      line: "redis-cli XREVRANGE '{buildwatch}:events' + - COUNT 1 | sed -n 3p | buildwatchd route test --event -",
    },
  ],
} satisfies Record<string, readonly Example[]>

/** `silence …` and `route …`: names, options and help. */
export function addRoutingCommands(program: Command, io: CliIo, report: Report): void {
  addSilenceCommands(program, io, report)
  addRouteTest(program, io, report)
}

function addSilenceCommands(program: Command, io: CliIo, report: Report): void {
  const silence = program.command('silence').description('hold back for a while what would be told')
  withExamples(silence.command('add'), EXAMPLES.add)
    .description('tell nothing of something for so long; what comes meanwhile is not told later')
    .requiredOption('--for <span>', 'how long, such as 30m, 2h or 7d')
    .requiredOption('--reason <text>', 'why; shown by list')
    .option('--project <id>', 'of this project')
    .option('--job <id>', 'of this job')
    .option('--service <id>', 'of this service')
    .option('--branch <pattern>', 'of builds on this branch, such as main or release/*')
    .option('--notifier <name>', 'to this notifier')
    .option('--account <name>', 'that this account sees')
    .option('--all', 'everything')
    .option(...OUTPUT_FLAG)
    .option(...CONFIG_FLAG)
    .action(async (options: AddSilenceOptions) =>
      report(await oneOff(io, async () => (await import('./silence.js')).add(options, io))),
    )
  withExamples(silence.command('list'), EXAMPLES.list)
    .description('list what is silenced, the first to end first')
    .option(...OUTPUT_FLAG)
    .option(...CONFIG_FLAG)
    .action(async (options: ListSilencesOptions) =>
      report(await oneOff(io, async () => (await import('./silence.js')).list(options, io))),
    )
  withExamples(silence.command('remove'), EXAMPLES.remove)
    .description('end a silence')
    .argument('<id>', 'as list prints it')
    .option(...CONFIG_FLAG)
    .action(async (id: string, options: CommonOptions) =>
      report(await oneOff(io, async () => (await import('./silence.js')).remove(id, options, io))),
    )
}

function addRouteTest(program: Command, io: CliIo, report: Report): void {
  const route = program.command('route').description('what routes do')
  withExamples(route.command('test'), EXAMPLES.test)
    .description('say of an event whom it would be told, by which routes, and why not by the others')
    .option('--event <file>', 'an event as JSON; - reads it from stdin')
    .option('--team <id>', 'without --event: of the team of the project')
    .option('--project <id>', 'of this project')
    .option('--job <id>', 'of this job')
    .option('--service <id>', 'or of this service')
    .option('--build <id>', 'of this build', 'example')
    .option('--branch <name>', 'on this branch')
    .option('--pull-request <id>', 'of this pull request')
    .option('--outcome <word>', 'it ended so; without outcome and verdict it has just begun')
    .option('--verdict <word>', 'which means so much for its branch')
    .option('--failures <number>', 'failures in a row, this one counted; of fixed, those before it')
    .option('--account <name>', 'seen through this account')
    .option('--at <when>', 'as if it were then: a date or an instant (default: now)')
    .option(...OUTPUT_FLAG)
    .option(...CONFIG_FLAG)
    .action(async (options: RouteTestOptions) =>
      report(await oneOff(io, async () => (await import('./route-test.js')).routeTest(options, io))),
    )
}
