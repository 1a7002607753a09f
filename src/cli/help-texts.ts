/** What the parser's help does not have of its own: examples, exit codes, environment; and which help an error points to. */
import type { Command, Help } from 'commander'
import { safeText } from '../domain/safe-text.js'
import { ENVIRONMENT } from './environment.js'
import { showExamples, withExamples } from './examples.js'
import { EXIT_MEANINGS } from './exit-codes.js'

/** For the whole tree, once all commands are there. */
export function finishHelp(program: Command): void {
  withExamples(program, [
    { does: 'see it work: no Redis, token or network needed', line: 'buildwatchd demo' },
    { does: 'check the files, then watch', line: 'buildwatchd validate && buildwatchd run' },
    { does: 'what it sees, from another terminal', line: 'buildwatchd status' },
    { does: 'more of one command', line: 'buildwatchd help deliveries replay' },
  ])
  program.addHelpText('after', () => `\n${tables(program).join('\n')}`.trimEnd())
  for (const child of program.commands) finishCommand(child, [program.name(), child.name()])
}

function finishCommand(command: Command, path: readonly string[]): void {
  if (command.commands.length > 0) showExamples(command)
  command.configureOutput({ outputError: (text, write) => write(usageLine(text, path)) })
  for (const child of command.commands) finishCommand(child, [...path, child.name()])
}

/**
 * `help get job build` as `get job build --help`, because the parser's own `help` goes one step down only. And help on what is
 * not there without the wish for help, because that would be met with the help of something else.
 */
export function askedFor(argv: readonly string[], program: Command): readonly string[] {
  const until = argv.findIndex((word) => word.startsWith('-'))
  const words = until < 0 ? argv : argv.slice(0, until)
  const isByWord = words[0] === 'help' && words.length > 1
  const path = isByWord ? words.slice(1) : words
  if (!isByWord && !argv.some((word) => word === '-h' || word === '--help')) return argv
  if (!leadsSomewhere(path, program)) return path
  return isByWord ? [...path, '--help'] : argv
}

/** What stands behind a command that has none below it are its arguments. */
function leadsSomewhere([name, ...path]: readonly string[], command: Command): boolean {
  if (name === undefined || name === 'help' || command.commands.length === 0) return true
  const child = command.commands.find((known) => known.name() === name)
  return child !== undefined && leadsSomewhere(path, child)
}

/** What the parser has against a command line, in the form of all other errors, with its suggestions in the same line. */
export function usageLine(text: string, path: readonly string[]): string {
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  return `buildwatchd: USAGE: ${safeText(words)}; see ${path.join(' ')} --help\n`
}

function tables(program: Command): string[] {
  const help = program.createHelp()
  help.prepareContext({ helpWidth: program.configureOutput().getOutHelpWidth?.() ?? 80 })
  const codes = EXIT_MEANINGS.map(({ code, says, note }) => [
    String(code),
    [says, note ?? []].flat().join('; '),
  ])
  return [
    ...table(help, 'Exit codes:', codes),
    ...table(
      help,
      'Environment:',
      ENVIRONMENT.map(({ name, says }) => [name, says]),
    ),
  ]
}

function table(help: Help, heading: string, rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([term = '']) => term.length))
  const items = rows.map(([term = '', says = '']) =>
    help.formatItem(term, width, says.replaceAll('`', ''), help),
  )
  return help.formatItemList(heading, items, help)
}
