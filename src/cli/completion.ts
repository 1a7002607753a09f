/** `completion`: a script for a shell, made of the commands as they are. */
import type { Command } from 'commander'
import { BuildwatchdError } from '../domain/errors.js'
import { type CommandFacts, commandsOf } from './command-tree.js'
import { bashCompletion } from './completion-bash.js'
import { fishCompletion } from './completion-fish.js'
import { zshCompletion } from './completion-zsh.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'
import { SHELLS } from './shells.js'

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (commands: readonly CommandFacts[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** Rejects with USAGE for a shell that there is no script for. */
export async function completion(name: string, program: Command, io: CliIo): Promise<number> {
  const shell = SHELLS.find((known) => known === name)
  if (shell === undefined) {
    const message = `there is no completion for ${JSON.stringify(name)}; there is: ${SHELLS.join(', ')}`
    throw new BuildwatchdError('USAGE', message)
  }
  io.stdout.write(SCRIPTS[shell](commandsOf(program)))
  return EXIT.done
}
