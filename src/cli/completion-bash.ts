/**
 * For bash, from 3.2 on, which macOS has: so without `mapfile` and associative arrays, and `compopt` only where there is
 * one. Three functions hold the tables; the one that walks the line is completion.bash.
 */
import { readFileSync } from 'node:fs'
import type { CommandFacts } from './command-tree.js'
import { type Values, valuesOfArgument, valuesOfOption } from './completion-values.js'

export function bashCompletion(commands: readonly CommandFacts[]): string {
  return `# Completion of buildwatchd for bash: source <(buildwatchd completion bash)

# The commands below a command.
_buildwatchd_commands() {
  case $1 in
${commands
  .flatMap(({ path, below }) =>
    row(
      path,
      below.map(({ name }) => name),
    ),
  )
  .join('\n')}
  esac
}

_buildwatchd_options() {
  case $1 in
${commands
  .flatMap(({ path, options }) =>
    row(
      path,
      options.flatMap(({ names }) => names),
    ),
  )
  .join('\n')}
  esac
}

# The values of an option, or of the argument. Fails for an option that takes none.
_buildwatchd_values() {
  case "$1 $2" in
${commands.flatMap(valueRows).join('\n')}
  *) return 1 ;;
  esac
}

${readFileSync(new URL('./completion.bash', import.meta.url), 'utf8')}`
}

function valueRows(command: CommandFacts): string[] {
  const { path, options } = command
  return [
    ...row([...path, ''], valuesOfArgument(command)),
    ...options.flatMap((option) => {
      const values = valuesOfOption(command, option)
      const asked = option.names.map((name) => `'${[path.join(' '), name].join(' ')}'`).join(' | ')
      return values === undefined ? [] : [answer(asked, inWords(values))]
    }),
  ]
}

function inWords(values: Values): string {
  if (values === 'files') return '<file>'
  return values === 'free' ? '' : values.join(' ')
}

function row(path: readonly string[], words: readonly string[]): string[] {
  return words.length === 0 ? [] : [answer(`'${path.join(' ')}'`, words.join(' '))]
}

function answer(asked: string, words: string): string {
  return `  ${asked}) printf '%s' '${words}' ;;`
}
