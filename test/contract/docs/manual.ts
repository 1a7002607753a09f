/**
 * The pages of the manual, in man macros, made of the commands as the parser has them, of the words of docs/cli.md and of
 * the tables of codes and variables. They lie
 * in the repository, not in what a build makes: so a package has them however it was packed, and a change of an option shows
 * in review what it does to the manual. The test beside this holds them to what is here.
 */
import type { ArgumentFacts, CommandFacts, OptionFacts } from '../../../src/cli/command-tree.js'
import { ENVIRONMENT } from '../../../src/cli/environment.js'
import type { Example } from '../../../src/cli/examples.js'
import { EXIT_MEANINGS, exitMeaningFor } from '../../../src/cli/exit-codes.js'
import { proseOf } from './manual-prose.js'

interface ManualPage {
  /** `buildwatchd-get-job-build.1` */
  readonly file: string
  readonly text: string
}

/** `cliPage` is docs/cli.md. */
export function manualOf(commands: readonly CommandFacts[], cliPage: string): ManualPage[] {
  return commands.map((command) => {
    const prose = proseOf(cliPage, ['buildwatchd', ...command.path].join(' '))
    return { file: `${titleOf(command)}.1`, text: pageOf(command, commands, prose) }
  })
}

function titleOf({ path }: CommandFacts): string {
  return ['buildwatchd', ...path].join('-')
}

function pageOf(command: CommandFacts, all: readonly CommandFacts[], prose: readonly string[]): string {
  const title = titleOf(command)
  return [
    '.\\" Made of the commands themselves: see CONTRIBUTING.md.',
    `.TH ${title.toUpperCase().replaceAll('-', '\\-')} 1 "" buildwatchd "buildwatchd manual"`,
    // Neither stretched nor hyphenated: names of commands and options are to be copied.
    '.ad l',
    '.nh',
    ...section('NAME', [`${roff(title)} \\- ${roff(firstPart(command.about))}`]),
    ...section('SYNOPSIS', synopsisOf(command)),
    ...section('DESCRIPTION', [roff(asSentence(command.about)), ...prose.flatMap(paragraphLines)]),
    ...section('COMMANDS', commandLines(command)),
    ...section('ARGUMENTS', command.arguments.flatMap(argumentLines)),
    ...section('OPTIONS', command.options.flatMap(optionLines)),
    ...section('EXAMPLES', command.examples.flatMap(exampleLines).slice(1)),
    ...section('EXIT STATUS', exitLines(command)),
    ...section(
      'ENVIRONMENT',
      ENVIRONMENT.flatMap(({ name, says }) => term(bold(name), [says])),
    ),
    ...section(
      'FILES',
      FILES.flatMap(({ path, says }) => term(italic(path), [says])),
    ),
    ...section('SEE ALSO', [seeAlso(command, all)]),
    '',
  ].join('\n')
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`.SH ${heading.includes(' ') ? `"${heading}"` : heading}`, ...lines]
}

function paragraphLines(text: string): string[] {
  return text.startsWith('- ') ? ['.IP \\(bu 2', roff(text.slice(2))] : ['.PP', roff(text)]
}

/** What `whatis` and `apropos` show: one line, which goes on from the name. */
function firstPart(about: string): string {
  const [first = '', ...rest] = about.replace(/[;:].*|\.$/, '')
  return `${first.toLowerCase()}${rest.join('')}`
}

function asSentence(text: string): string {
  const [first = '', ...rest] = text
  return `${first.toUpperCase()}${rest.join('')}${text.endsWith('.') ? '' : '.'}`
}

function synopsisOf({ path, options, arguments: taken, below }: CommandFacts): string[] {
  const name = bold(['buildwatchd', ...path].join(' '))
  if (below.length > 0) return [`${name} ${italic('command')} [${italic('argument')} .\\|.\\|.]`]
  const required = options.filter(({ isRequired }) => isRequired).map(optionTerm)
  const others = options.length > required.length ? [`[${italic('options')}]`] : []
  return [[name, ...required, ...others, ...taken.map(argumentTerm)].join(' ')]
}

function commandLines({ path, below }: CommandFacts): string[] {
  return below.flatMap(({ name, about }) => {
    const shown =
      name === 'help'
        ? `${bold('help')} [${italic('command')}]`
        : bold(['buildwatchd', ...path, name].join('-'))
    return term(name === 'help' ? shown : `${shown}(1)`, [about])
  })
}

function argumentTerm({ name, isRequired, isRepeated }: ArgumentFacts): string {
  const shown = `${italic(name)}${isRepeated ? ' .\\|.\\|.' : ''}`
  return isRequired ? shown : `[${shown}]`
}

function argumentLines(argument: ArgumentFacts): string[] {
  return term(italic(argument.name), [argument.about])
}

function optionTerm({ names, value, isRepeated }: OptionFacts): string {
  const behind = value === undefined ? '' : ` ${italic(value)}${isRepeated ? ' .\\|.\\|.' : ''}`
  return `${names.map(bold).join(', ')}${behind}`
}

function optionLines(option: OptionFacts): string[] {
  const preset = option.preset === undefined ? [] : [`(default: ${option.preset})`]
  return term(optionTerm(option), [option.about, ...preset])
}

function exampleLines({ does, line }: Example): string[] {
  return ['.PP', roff(`${asSentence(does).slice(0, -1)}:`), '.PP', '.RS 4', '.EX', roff(line), '.EE', '.RE']
}

function exitLines({ path, below }: CommandFacts): string[] {
  const asked = path.join(' ')
  return EXIT_MEANINGS.flatMap((meaning) => {
    const says =
      below.length > 0 ? [meaning.says, meaning.note ?? []].flat().join('; ') : exitMeaningFor(asked, meaning)
    return says === undefined ? [] : term(bold(String(meaning.code)), [says])
  })
}

const FILES = [
  { path: 'config/buildwatchd.yaml', says: 'the settings, where no other file is named with -c' },
  {
    path: 'config/watchlists/*.yaml',
    says: 'what to watch and whom to tell, as the settings that ship name them',
  },
  {
    path: 'data/endpoint.json',
    says: 'where the other commands find the embedded Valkey of a running daemon; the folder is redis.data_dir',
  },
]

function seeAlso(command: CommandFacts, all: readonly CommandFacts[]): string {
  const parent = all.filter(({ path }) => path.join(' ') === command.path.slice(0, -1).join(' '))
  const beside = all.filter(
    ({ path }) =>
      path.length === command.path.length &&
      path.slice(0, -1).join(' ') === command.path.slice(0, -1).join(' '),
  )
  const related =
    command.path.length === 0 ? all.filter(({ path }) => path.length === 1) : [...parent, ...beside]
  const pages = [...new Set(related.filter((other) => other !== command).map(titleOf))].map(
    (title) => `${bold(title)}(1)`,
  )
  return pages.join(',\n')
}

/** A paragraph with a tag, its sentences on a line each. */
function term(tag: string, sentences: readonly string[]): string[] {
  return ['.TP', tag, ...sentences.map(roff)]
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`
}

function italic(text: string): string {
  return `\\fI${roff(text)}\\fR`
}

/** Text that roff prints as it stands, in ASCII alone, for terminals and printers of any kind. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll(/`([^`]*)`/g, (_, word: string) => `\\fB${word}\\fR`)
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(
      /[^\x20-\x7e]/g,
      (char) => `\\[u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^\./, '\\&.')
}
