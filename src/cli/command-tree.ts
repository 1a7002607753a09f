/**
 * The commands as data: what help, completion scripts and manual pages are made of. Read off the parser's own tree, so that
 * none of them can name what it does not take.
 */
import type { Argument, Command, Option } from 'commander'
import { type Example, examplesOf } from './examples.js'

export interface CommandFacts {
  /** Names from below the program: `['get', 'job', 'build']`; of the program itself none. */
  readonly path: readonly string[]
  readonly about: string
  readonly options: readonly OptionFacts[]
  readonly arguments: readonly ArgumentFacts[]
  readonly examples: readonly Example[]
  /** The commands right below, `help` with them. */
  readonly below: readonly { readonly name: string; readonly about: string }[]
}

export interface OptionFacts {
  /** As typed, the short one first: `['-o', '--output']`. */
  readonly names: readonly string[]
  /** The name of its value; absent where it takes none. */
  readonly value?: string
  readonly isRepeated: boolean
  readonly isRequired: boolean
  readonly about: string
  /** What holds without it. */
  readonly preset?: string
}

export interface ArgumentFacts {
  readonly name: string
  readonly about: string
  readonly isRequired: boolean
  readonly isRepeated: boolean
}

/** Every command, each before those below it. */
export function commandsOf(command: Command, path: readonly string[] = []): CommandFacts[] {
  return [
    factsOf(command, path),
    ...command.commands.flatMap((child) => commandsOf(child, [...path, child.name()])),
  ]
}

function factsOf(command: Command, path: readonly string[]): CommandFacts {
  const help = command.createHelp()
  return {
    path,
    about: command.description(),
    options: help.visibleOptions(command).map(optionFacts),
    arguments: command.registeredArguments.map(argumentFacts),
    examples: examplesOf(command),
    below: help.visibleCommands(command).map((child) => ({ name: child.name(), about: child.description() })),
  }
}

function optionFacts(option: Option): OptionFacts {
  const { flags, short, long, description, defaultValue, variadic, mandatory } = option
  const [, value] = /[<[]([^\].>]+)/.exec(flags) ?? []
  return {
    names: [short, long].flatMap((name) => name ?? []),
    ...(value === undefined ? {} : { value }),
    isRepeated: variadic,
    isRequired: mandatory,
    about: description,
    ...(defaultValue === undefined ? {} : { preset: String(defaultValue) }),
  }
}

function argumentFacts(argument: Argument): ArgumentFacts {
  const { description, required, variadic } = argument
  return { name: argument.name(), about: description, isRequired: required, isRepeated: variadic }
}
