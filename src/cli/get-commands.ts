import type { Command } from 'commander'
import { type Example, withExamples } from './examples.js'
import type { GetBuildOptions } from './get-build.js'
import type { GetBuildsOptions } from './get-builds.js'
import type { CliIo } from './io.js'
import { CONFIG_FLAG, oneOff, type Report } from './one-off.js'
import type { ResourceWord } from './read-api.js'

interface Reading {
  readonly kind: ResourceWord
  readonly io: CliIo
  readonly report: Report
}

/** `get …`: names, options and help. The long forms of options are those of Northflank's own command line. */
export function addGetCommands(program: Command, io: CliIo, report: Report): void {
  const get = program.command('get').description('one read of the Northflank API')
  for (const kind of ['job', 'service'] as const) {
    const resource = get.command(kind).description(`read of a ${kind}`)
    addBuild(resource, { kind, io, report })
    addBuilds(resource, { kind, io, report })
  }
}

function addBuild(resource: Command, { kind, io, report }: Reading): void {
  const command = ofResource(withExamples(resource.command('build'), EXAMPLES[kind].build), kind)
    .description(`print one build of a ${kind}, as the API gives it`)
    .option('--buildId, --build <id>', 'id of the build')
  outputOf(command)
    .option('--exit-status', 'exit 1 or 3 when the build has concluded without success')
    .action(async (given: Omit<GetBuildOptions, 'outputNamed'>) => {
      const options = { ...given, outputNamed: isOutputNamed(command) }
      report(await oneOff(io, async () => (await import('./get-build.js')).getBuild(kind, options, io)))
    })
}

function addBuilds(resource: Command, { kind, io, report }: Reading): void {
  const command = ofResource(withExamples(resource.command('builds'), EXAMPLES[kind].builds), kind)
    .description(`list the builds of a ${kind}, a page at a time`)
    .option('--per_page, --per-page <number>', 'builds in a page, 1 to 100 (default: 50, with --all 100)')
    .option('--page <number>', 'which page, from 1')
    .option('--cursor <cursor>', 'go on after the page that gave this cursor')
    .option('--loadAll, --all', 'from there to the last page, in 50 requests at most')
  outputOf(command).action(async (given: Omit<GetBuildsOptions, 'outputNamed'>) => {
    const options = { ...given, outputNamed: isOutputNamed(command) }
    report(await oneOff(io, async () => (await import('./get-builds.js')).getBuilds(kind, options, io)))
  })
}

function ofResource(command: Command, kind: ResourceWord): Command {
  return command
    .option('--projectId, --project <id>', 'id of the project, as in its URL')
    .option(`--${kind}Id, --${kind} <id>`, `id of the ${kind}`)
    .option('--teamId, --team <id>', 'id of the team, for the path by way of it')
}

function outputOf(command: Command): Command {
  return command
    .option('--account <name>', 'account of the settings file whose token and base URL to use')
    .option('-o, --output <format>', 'json, yaml or table', 'table')
    .option('--verbose', 'say on stderr what is asked')
    .option('--quiet', 'print nothing but errors, and the result where -o asks for it')
    .option(...CONFIG_FLAG)
}

function isOutputNamed(command: Command): boolean {
  return command.getOptionValueSource('output') === 'cli'
}

const EXAMPLES: Readonly<Record<ResourceWord, Readonly<Record<'build' | 'builds', readonly Example[]>>>> = {
  job: {
    build: [
      {
        does: 'one build, in the words of the API',
        line: 'buildwatchd get job build --project shop --job nightly --build quick-fox-1 -o json',
      },
      {
        does: 'its exit code alone: 0 success or not ended, 1 failed, 3 aborted',
        line: 'buildwatchd get job build --project shop --job nightly --build quick-fox-1 --quiet --exit-status',
      },
    ],
    builds: [
      { does: 'the newest builds', line: 'buildwatchd get job builds --project shop --job nightly' },
      {
        does: 'the ids of all that failed',
        line: `buildwatchd get job builds --project shop --job nightly --all -o json | jq -r '.builds[] | select(.success == false) | .id'`,
      },
    ],
  },
  service: {
    build: [
      {
        does: "a build of a team's service",
        line: 'buildwatchd get service build --team acme --project shop --service api --build brave-lion-7312',
      },
    ],
    builds: [
      {
        does: 'the id of the newest build',
        line: `buildwatchd get service builds --project shop --service api --per_page 1 -o json | jq -r '.builds[0].id'`,
      },
    ],
  },
}
