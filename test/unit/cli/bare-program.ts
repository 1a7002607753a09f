/** The parser as it is, with commands that note that they were called and do nothing. */
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { createProgram } from '../../../src/cli/program.js'

interface BareProgram {
  readonly program: Command
  readonly ran: () => readonly Command[]
}

export function programWithoutActions(): BareProgram {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const program = createProgram({ stdout: nowhere, stderr: nowhere, env: {} }, () => undefined)
  const ran: Command[] = []
  const disarm = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => void ran.push(command))
    for (const child of command.commands) disarm(child)
  }
  disarm(program)
  return { program, ran: () => ran }
}
