/** Every command with its help and examples, found by walking the parser's own tree. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { Command } from 'commander'
import { commandsOf } from '../../../src/cli/command-tree.js'
import { programWithoutActions } from './bare-program.js'

const { program } = programWithoutActions()
const COMMANDS = commandsOf(program)
const CASES = COMMANDS.map((facts) => ({ ...facts, name: ['buildwatchd', ...facts.path].join(' ') }))

const folder = mkdtempSync(join(tmpdir(), 'buildwatchd-examples-'))
mkdirSync(join(folder, '.config/fish/completions'), { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a real shell hands to `buildwatchd`, once for each time that the line calls it; nothing else of the line runs. */
function calledBy(line: string): string[][] {
  const script = `
    PATH= fpath=("$PWD")
    command_not_found_handle() { return 0; }
    source() { :; }
    buildwatchd() { { printf 'buildwatchd\\0'; printf '%s\\0' "$@"; printf '\\n\\0'; } >&3; }
    ${line}
    wait`
  const { output, status } = spawnSync('bash', ['--norc', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: 10_000,
  })
  if (status === null) throw new Error(`bash did not end on: ${line}`)
  const calls = (output[3] ?? '').split('\n\0').filter((call) => call !== '')
  return calls.map((call) => call.split('\0').slice(1, -1))
}

/** The command that a command line comes to; rejects when the parser does not take it. */
async function reachedBy(argv: readonly string[]): Promise<string> {
  const { program, ran } = programWithoutActions()
  const helpOf = argv[0] === 'help' ? argv.slice(1) : undefined
  if (helpOf) return pathOf(descended(program, helpOf))
  await program.parseAsync(argv, { from: 'user' })
  return ran().map(pathOf).join()
}

function descended(program: Command, path: readonly string[]): Command {
  return path.reduce((command, name) => command.commands.find((child) => child.name() === name)!, program)
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

describe.each(CASES)('$name', ({ name, examples, about, options, arguments: taken }) => {
  it('says what it does', () => {
    expect(about.length).toBeGreaterThan(10)
  })

  it('says of each option and argument what it is', () => {
    const thin = [...options, ...taken].filter(({ about }) => about.length < 5)
    expect(thin).toEqual([])
  })

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  it.each(examples.map(({ does, line }) => [does, line]))('shows how to: %s', async (_, line) => {
    const calls = calledBy(line)
    expect(calls.length).toBeGreaterThan(0)
    const reached = await Promise.all(calls.map(reachedBy))
    if (name !== 'buildwatchd') expect(reached.some((path) => path.startsWith(name))).toBe(true)
  })
})
