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
  return showExamples(command)
}

/** Below its help, as they are when help is asked for. */
export function showExamples(command: Command): Command {
  return command.addHelpText('after', () => {
    const lines = examplesOf(command).map(({ does, line }) => `  # ${does}\n  ${line}`)
    return `\nExamples:\n${lines.join('\n')}`
  })
}

/** A command that does nothing itself has the first of each of those below it. */
export function examplesOf(command: Command): readonly Example[] {
  return known.get(command) ?? command.commands.flatMap((child) => examplesOf(child).slice(0, 1))
}
