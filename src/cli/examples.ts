/** Examples of a command: shown below its help, and in the manual page that is made of the same. */
import type { Command } from 'commander'

export interface Example {
  /** What it does, as one would say it: "follow the newest build of main". */
  readonly does: string
  /** The command line, without `$`. */
  readonly line: string
}

const known = new WeakMap<Command, readonly Example[]>()

export function withExamples(command: Command, examples: readonly Example[]): Command {
  known.set(command, examples)
  const lines = examples.map(({ does, line }) => `  # ${does}\n  ${line}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

export function examplesOf(command: Command): readonly Example[] {
  return known.get(command) ?? []
}
