/** For fish: one line for each word that can stand somewhere, under the condition that the command typed so far is the one it belongs to. */
import type { CommandFacts, OptionFacts } from './command-tree.js'
import { type Values, valuesOfArgument, valuesOfOption } from './completion-values.js'

export function fishCompletion(commands: readonly CommandFacts[]): string {
  return `# Completion of buildwatchd for fish: buildwatchd completion fish >~/.config/fish/completions/buildwatchd.fish

# Whether what is typed before the cursor names this command.
function __buildwatchd_at
    set -l path
    set -l is_value 0
    for word in (commandline -opc)[2..]
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch "$path $word"
            case ${commands
              .filter(({ path }) => path.length > 0)
              .map(askedOf)
              .join(' ')}
                set -a path $word
            case ${commands.flatMap(valueOptions).join(' ')}
                set is_value 1
        end
    end
    test "$path" = "$argv"
end

complete -c buildwatchd -f
${commands.flatMap(linesOf).join('\n')}
`
}

/** `' run'`, `'get job'` */
function askedOf({ path }: CommandFacts): string {
  return quoted(`${path.slice(0, -1).join(' ')} ${path.at(-1)}`)
}

function valueOptions({ path, options }: CommandFacts): string[] {
  return options.flatMap(({ names, value }) =>
    value === undefined ? [] : names.map((name) => quoted(`${path.join(' ')} ${name}`)),
  )
}

function linesOf(command: CommandFacts): string[] {
  const start = `complete -c buildwatchd -n ${quoted(['__buildwatchd_at', ...command.path].join(' '))}`
  return [
    ...command.below.map(({ name, about }) => `${start} -a ${name} -d ${quoted(about)}`),
    ...valuesOfArgument(command).map((word) => `${start} -a ${word}`),
    ...command.options.map((option) => `${start} ${optionWords(command, option)}`),
  ]
}

function optionWords(command: CommandFacts, option: OptionFacts): string {
  const names = option.names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  )
  const values = valuesOfOption(command, option)
  return [...names, ...(values === undefined ? [] : [valueWords(values)]), '-d', quoted(option.about)].join(
    ' ',
  )
}

function valueWords(values: Values): string {
  if (values === 'files') return '-r -F'
  return values === 'free' ? '-x' : `-x -a ${quoted(values.join(' '))}`
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
