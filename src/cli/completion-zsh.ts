/**
 * For zsh: one function for each command, which leaves all walking to `_arguments`.
 */
import type { ArgumentFacts, CommandFacts, OptionFacts } from './command-tree.js'
import { type Values, valuesOfArgument, valuesOfOption } from './completion-values.js'

export function zshCompletion(commands: readonly CommandFacts[]): string {
  const asked = new Set(commands.map(({ path }) => path.join(' ')))
  return `#compdef buildwatchd
# Completion of buildwatchd for zsh: buildwatchd completion zsh >"\${fpath[1]}/_buildwatchd"

${commands.map((command) => functionOf(command, asked)).join('\n')}
# Loaded by compinit this file is the function itself; sourced, it has to be named.
if [[ \${funcstack[1]} == _buildwatchd ]]; then
  _buildwatchd "$@"
else
  compdef _buildwatchd buildwatchd
fi
`
}

function functionOf(command: CommandFacts, all: ReadonlySet<string>): string {
  return command.below.length > 0 ? groupFunction(command, all) : leafFunction(command)
}

function leafFunction(command: CommandFacts): string {
  const words = [...command.options.map((option) => optionWord(command, option)), ...argumentWords(command)]
  return `${nameOf(command.path)}() {
  _arguments -S ${words.map((word) => `\\\n    ${word}`).join(' ')}
}
`
}

function groupFunction(command: CommandFacts, all: ReadonlySet<string>): string {
  const { path, below } = command
  const branches = below.flatMap(({ name }) =>
    all.has([...path, name].join(' ')) ? [`    ${name}) ${nameOf([...path, name])} ;;`] : [],
  )
  const options = command.options.map((option) => `\\\n    ${optionWord(command, option)} `)
  return `${nameOf(path)}() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a commands=(
${below.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n')}
  )
  _arguments -C ${options.join('')}'1: :->command' '*:: :->rest'
  case $state in
  command) _describe -t commands command commands ;;
  rest)
    case $line[1] in
${branches.join('\n')}
    help) ${nameOf(path)} ;;
    esac
    ;;
  esac
}
`
}

function nameOf(path: readonly string[]): string {
  return ['_buildwatchd', ...path].join('_')
}

/** `'(-o --output)'{-o+,--output=}'[json, yaml or table]:format:(json yaml table)'` */
function optionWord(command: CommandFacts, option: OptionFacts): string {
  const { names, value, about, isRepeated } = option
  const values = valuesOfOption(command, option)
  const forms = names.map((name) => (value === undefined ? name : withValue(name)))
  const once = isRepeated ? "'*'" : quoted(`(${names.join(' ')})`)
  const action = values === undefined ? '' : `:${value}:${actionOf(values)}`
  return `${once}${forms.length > 1 ? `{${forms.join(',')}}` : forms[0]}${quoted(`[${inBrackets(about)}]${action}`)}`
}

function withValue(name: string): string {
  return name.startsWith('--') ? `${name}=` : `${name}+`
}

function argumentWords(command: CommandFacts): string[] {
  const [first] = command.arguments
  const words = valuesOfArgument(command)
  return first === undefined
    ? []
    : [quoted(`${placeOf(first)}:${first.name}:${actionOf(words.length > 0 ? words : 'free')}`)]
}

function placeOf({ isRepeated }: ArgumentFacts): string {
  return isRepeated ? '*' : '1'
}

function actionOf(values: Values): string {
  if (values === 'files') return '_files'
  return values === 'free' ? ' ' : `(${values.join(' ')})`
}

function inBrackets(text: string): string {
  return text.replaceAll(/[[\]\\]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
