import type { Command } from 'commander'
import { withExamples } from './examples.js'
import type { CliIo } from './io.js'
import { oneOff, type Report } from './one-off.js'

/** `completion`: names, options and help. */
export function addCompletionCommand(program: Command, io: CliIo, report: Report): void {
  withExamples(program.command('completion'), [
    { does: 'in the bash that is running', line: 'source <(buildwatchd completion bash)' },
    {
      does: 'in every zsh, from a folder of $fpath',
      line: `buildwatchd completion zsh >"\${fpath[1]}/_buildwatchd"`,
    },
    {
      does: 'in every fish',
      line: 'buildwatchd completion fish >~/.config/fish/completions/buildwatchd.fish',
    },
  ])
    .description('print a script that lets a shell complete commands, options and their values')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) =>
      report(await oneOff(io, async () => (await import('./completion.js')).completion(shell, program, io))),
    )
}
