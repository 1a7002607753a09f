import type { Command } from 'commander'
import type { DeliveriesOptions } from './deliveries.js'
import { type Example, withExamples } from './examples.js'
import type { CliIo, CommonOptions } from './io.js'
import type { NotifyTestOptions } from './notify-test.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'

const EXAMPLES = {
  list: [
    { does: 'what waits and what was given up', line: 'buildwatchd deliveries list' },
    {
      does: 'dead letters of one notifier, for programs',
      line: 'buildwatchd deliveries list --state dead --notifier ops --since 2h -o json',
    },
  ],
  show: [
    {
      does: 'each failed attempt with its reason, and the body',
      line: "buildwatchd deliveries show 'shop/jobs/nightly/quick-fox-1#concluded->ops'",
    },
  ],
  replay: [
    {
      does: 'one, by its id',
      line: "buildwatchd deliveries replay 'shop/jobs/nightly/quick-fox-1#concluded->ops'",
    },
    {
      does: 'all that a notifier has missed since yesterday',
      line: 'buildwatchd deliveries replay --notifier ops --since 24h',
    },
  ],
  drop: [
    {
      does: 'what is older than a day and still waits, or was given up',
      line: 'buildwatchd deliveries drop --notifier ops --until 24h',
    },
  ],
  resume: [
    {
      does: 'and tell it what it has missed',
      line: 'buildwatchd deliveries resume ops && buildwatchd deliveries replay --notifier ops --since 24h',
    },
  ],
  test: [
    { does: 'as if a line had broken', line: 'buildwatchd notify test ops' },
    {
      does: 'as if it were fixed, for programs',
      line: 'buildwatchd notify test deploy-hook --event fixed -o json',
    },
  ],
} satisfies Record<string, readonly Example[]>

/** `deliveries …`: names, options and help. */
export function addDeliveryCommands(program: Command, io: CliIo, report: Report): void {
  const deliveries = program.command('deliveries').description('what waits to be told, and what was given up')
  chosen(withExamples(deliveries.command('list'), EXAMPLES.list), 'list them, the longest ago first')
    .option(
      '--state <state>',
      'open, dead, all, or one: pending, accepted, suppressed (default: open; all with --build or --event)',
    )
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .action(async (options: DeliveriesOptions) =>
      report(await oneOff(io, async () => (await load()).list(options, io))),
    )
  withExamples(deliveries.command('show'), EXAMPLES.show)
    .description('show one with its attempts and its body')
    .argument('<delivery>', 'id, as list prints it')
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .option(...CONFIG_FLAG)
    .action(async (id: string, options: DeliveriesOptions) =>
      report(await oneOff(io, async () => (await load()).show(id, options, io))),
    )
  addDecision(deliveries, {
    io,
    report,
    word: 'replay',
    about: 'deliver dead letters once more, with the same key and body',
  })
  addDecision(deliveries, { io, report, word: 'drop', about: 'give up what waits, and forget dead letters' })
  withExamples(deliveries.command('resume'), EXAMPLES.resume)
    .description('let a notifier that was suspended go on')
    .argument('<notifier>', 'its name in the settings')
    .option(...CONFIG_FLAG)
    .action(async (notifier: string, options: CommonOptions) =>
      report(await oneOff(io, async () => (await load()).resume(notifier, options, io))),
    )
}

export function addNotifyCommands(program: Command, io: CliIo, report: Report): void {
  const notify = program.command('notify').description('try notifiers')
  withExamples(notify.command('test'), EXAMPLES.test)
    .description(
      'send one made-up event by a notifier, and print what was sent and what came back; exit 1 when it was refused, 6 when trying again may help',
    )
    .argument('<notifier>', 'its name in the settings')
    .option('--event <word>', 'what is to have happened, as routes name it: broke, fixed, stuck, …', 'broke')
    .option('--template <liquid>', 'the words, as those of a route (default: as the settings have it)')
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .option(...CONFIG_FLAG)
    .action(async (notifier: string, options: NotifyTestOptions) =>
      report(
        await oneOff(io, async () => (await import('./notify-test.js')).notifyTest(notifier, options, io)),
      ),
    )
}

interface Decision {
  readonly io: CliIo
  readonly report: Report
  readonly word: 'replay' | 'drop'
  readonly about: string
}

function addDecision(deliveries: Command, { io, report, word, about }: Decision): void {
  chosen(withExamples(deliveries.command(word), EXAMPLES[word]), about)
    .argument('[delivery...]', 'ids, as list prints them')
    .option('--all', 'all of them')
    .action(async (ids: readonly string[], options: DeliveriesOptions) =>
      report(await oneOff(io, async () => (await load())[word](ids, options, io))),
    )
}

function chosen(command: Command, about: string): Command {
  return command
    .description(about)
    .option('--notifier <name>', 'of this notifier')
    .option('--build <key>', 'of this build; also the job, service or account of the watcher’s own trouble')
    .option('--event <id>', 'of this event')
    .option('--since <when>', 'opened since: a span such as 2h, a date or an instant')
    .option('--until <when>', 'opened before: likewise')
    .option(...CONFIG_FLAG)
}

function load() {
  return import('./deliveries.js')
}
