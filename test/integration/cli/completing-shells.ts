/** Real shells, asked what they would complete: each in the way in which it is asked by a person who presses Tab. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CompletingShell {
  readonly name: 'bash' | 'zsh' | 'fish'
  /** What it offers where `line` ends, as it would stand there, in alphabetical order. */
  readonly offers: (line: string, folder: string) => string[]
  /** What it has against the script, without running it. */
  readonly complaints: (folder: string) => string
}

export const COMPLETING_SHELLS: readonly CompletingShell[] = [
  { name: 'bash', offers: offersOfBash, complaints: (folder) => checked('bash', folder) },
  { name: 'zsh', offers: offersOfZsh, complaints: (folder) => checked('zsh', folder) },
  { name: 'fish', offers: offersOfFish, complaints: (folder) => checked('fish', folder) },
]

export function isInstalled(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0
}

/** Where the script lies, beside the files that are to be completed. */
export const scriptIn = (folder: string): string => join(folder, '.completion')

function checked(shell: string, folder: string): string {
  return spawnSync(shell, ['-n', scriptIn(folder)], { encoding: 'utf8' }).stderr
}

function answerOf(shell: string, args: readonly string[], folder: string): string {
  const env = { PATH: process.env['PATH'], HOME: folder, ZDOTDIR: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' }
  const { stdout, stderr, status } = spawnSync(shell, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 15_000,
  })
  if (status !== 0) throw new Error(`${shell} has exited ${status}: ${stderr}`)
  return stdout
}

function sortedLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}

/** Readline parts the line at spaces and equals signs. */
function offersOfBash(line: string, folder: string): string[] {
  const words = line.split(/ |(?==)|(?<==)/)
  const program = `
    set -u
    source "$1"; shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    [[ $(complete -p buildwatchd) == *'-F _buildwatchd buildwatchd' ]] || exit 1
    _buildwatchd
    printf '%s\\n' \${COMPREPLY[@]+"\${COMPREPLY[@]}"}`
  return sortedLines(answerOf('bash', ['--norc', '-c', program, 'bash', scriptIn(folder), ...words], folder))
}

function offersOfFish(line: string, folder: string): string[] {
  const program = 'source $argv[1]; complete -C $argv[2]'
  const answer = answerOf('fish', ['--no-config', '-c', program, scriptIn(folder), line], folder)
  // What stands behind a tab says what it is.
  const words = sortedLines(answer).map((word) => word.replace(/\t.*/, '').replace(/^--[a-zA-Z]+=/, ''))
  return words.map((word) => word.replaceAll('\\', ''))
}

/** zsh completes only where keys are pressed, so an interactive one is given a terminal; each offer goes through `compadd`. */
const ZSHRC = `
PROMPT= RPROMPT=
autoload -Uz compinit && compinit -D -u
source .completion
compadd() {
  [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] || { local -a offered; builtin compadd -O offered "$@"; print -rl -- $offered >>.offered }
  builtin compadd "$@"
}
asked() { zle complete-word; print -r -- "asked: done" }
zle -N asked
bindkey '^I' asked
print "terminal: ready"
`
const ZSH_DRIVER = `
zmodload zsh/zpty
: >.offered
zpty pressed zsh -i
zpty -r pressed seen '*terminal: ready*'
zpty -w -n pressed "$1"$'\\t'
zpty -r pressed seen '*asked: done*'
zpty -d pressed
cat .offered`

function offersOfZsh(line: string, folder: string): string[] {
  writeFileSync(join(folder, '.zshrc'), ZSHRC)
  const answer = answerOf('zsh', ['-f', '-c', ZSH_DRIVER, 'zsh', line], folder)
  return [...new Set(sortedLines(answer).map((word) => word.replace(/=$/, '').replaceAll('\\', '')))]
}
