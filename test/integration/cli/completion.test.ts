import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { commandsOf } from '../../../src/cli/command-tree.js'
import { FIXED_VALUES } from '../../../src/cli/completion-values.js'
import { createProgram } from '../../../src/cli/program.js'
import { captured } from '../../unit/cli/captured.js'
import { COMPLETING_SHELLS, isInstalled, scriptIn } from './completing-shells.js'

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
const COMMANDS = commandsOf(createProgram({ stdout: nowhere, stderr: nowhere, env: {} }, () => undefined))
const below = (...path: string[]): string[] =>
  COMMANDS.find((command) => command.path.join() === path.join())!.below.map(({ name }) => name)

describe.each(COMPLETING_SHELLS)('completion in $name', ({ name, offers, complaints }) => {
  const isThere = isInstalled(name)
  if (!isThere) process.stderr.write(`skipped: completion in ${name}: ${name} is not installed\n`)
  const trying = isThere ? it : it.skip
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'buildwatchd-completion-'))
    writeFileSync(scriptIn(folder), (await captured(['completion', name])).stdout)
    writeFileSync(join(folder, 'my settings.yaml'), '')
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  trying('is a script without a fault', () => {
    expect(complaints(folder)).toBe('')
  })

  trying.each([
    ['', below()],
    ['stat', ['status']],
    ['get job ', below('get', 'job')],
    ['help deliveries ', below('deliveries')],
    ['status --out', ['--output']],
    ['status -o ', ['json', 'table', 'yaml']],
    ['status --output=j', ['json']],
    ['get job build --projectId shop --jo', ['--job', '--jobId']],
    ['schema ', ['event', 'settings', 'watchlist']],
    ['completion ', ['bash', 'fish', 'zsh']],
    [
      'deliveries list --state ',
      ['accepted', 'all', 'dead', 'dead_lettered', 'open', 'pending', 'suppressed'],
    ],
    ['deliveries list --notifier status --state s', ['suppressed']],
    ['validate -c my', ['my settings.yaml']],
    ['validate --config=my', ['my settings.yaml']],
    ['simulate --port ', []],
    ['silence remove ', []],
  ])('offers behind "buildwatchd %s" what can stand there', (typed, expected) => {
    expect(offers(`buildwatchd ${typed}`, folder)).toEqual(expected.toSorted())
  })
})

describe('completion', () => {
  it('has the words of options and arguments that there are', () => {
    const names = COMMANDS.flatMap(({ path, options, arguments: taken }) =>
      [...options.flatMap((option) => option.names), ...taken.map((argument) => argument.name)].map((name) =>
        [...path, name].join(' '),
      ),
    )
    expect(Object.keys(FIXED_VALUES).filter((asked) => !names.includes(asked))).toEqual([])
  })

  it('says which shells it knows', async () => {
    expect(await captured(['completion', 'tcsh'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'buildwatchd: USAGE: there is no completion for "tcsh"; there is: bash, zsh, fish\n',
    })
  })
})
