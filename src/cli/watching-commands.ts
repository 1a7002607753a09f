import type { Command } from 'commander'
import { withExamples } from './examples.js'
import type { CliIo } from './io.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'
import type { WatchOptions } from './watch-request.js'

const EXAMPLES = [
  { does: 'follow one build to its end', line: 'buildwatchd watch shop/jobs/nightly/quick-fox-1' },
  {
    does: 'wait for the build of the commit that was just pushed, half an hour at most',
    line: 'buildwatchd watch --project shop --service api --commit "$(git rev-parse HEAD)" --timeout 30m',
  },
  {
    does: 'the newest build of main, but none of before the push',
    line: 'buildwatchd watch --project shop --job nightly --branch main --since 1m -o json',
  },
]

/** `watch`: names, options and help. */
export function addWatchingCommands(program: Command, io: CliIo, report: Report): void {
  withExamples(program.command('watch'), EXAMPLES)
    .description(
      'follow builds to their end; exit 0 when all succeeded, 1 when one failed, 3 when it was aborted',
    )
    .argument('[builds...]', 'build keys, such as shop/jobs/nightly/quick-fox-1')
    .option('--projectId, --project <id>', 'without keys: id of the project, as in its URL')
    .option('--jobId, --job <id>', 'id of the job')
    .option('--serviceId, --service <id>', 'or id of the service')
    .option('--buildId, --build <id...>', 'ids of builds; without any the newest one')
    .option('--teamId, --team <id>', 'id of the team, for the path by way of it')
    .option('--branch <name>', 'the newest build of this branch; those of pull requests are none')
    .option('--commit <sha>', 'of this commit, or of one that begins so; 7 characters at least')
    .option('--pull-request <id>', 'of this pull request')
    .option('--since <when>', 'made since then: a span such as 2m, a date or an instant')
    .option(
      '--appear-timeout <span>',
      'how long to wait for a build that is not there (default: 1m for a named one, 2m for others)',
    )
    .option(
      '--timeout <span>',
      'how long to wait for the end (default: for ever); then exit 124, or what was in the way',
    )
    .option('--fail-fast', 'of several builds: end at the first that does not succeed')
    .option(
      '--via <way>',
      'redis: follow a running daemon, without a request; api: ask the API; auto: the daemon where it watches the build',
      'auto',
    )
    .option('--account <name>', 'account of the settings file whose token and base URL to use')
    .option(
      '-o, --output <format>',
      'json or yaml: each transition as an event; table: as a line, live on a terminal',
      'table',
    )
    .option('--quiet', 'print nothing but the events where -o asks for them; the exit code tells')
    .option(...CONFIG_FLAG)
    .action(async (keys: string[], given: Omit<WatchOptions, 'outputNamed'>, command: Command) => {
      const options = { ...given, outputNamed: command.getOptionValueSource('output') === 'cli' }
      report(await oneOff(io, async () => (await import('./watch.js')).watch(keys, options, io)))
    })
}
