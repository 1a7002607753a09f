/** `UPDATE_DOCS=1 npm run jest -- test/contract/docs/manual.test.ts` writes the pages and the list of them anew. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { commandsOf } from '../../../src/cli/command-tree.js'
import { programWithoutActions } from '../../unit/cli/bare-program.js'
import { manualOf } from './manual.js'
import { REPOSITORY, readPage } from './markdown.js'

const COMMANDS = commandsOf(programWithoutActions().program)
const PAGES = manualOf(COMMANDS, readPage('docs/cli.md'))
const FOLDER = `${REPOSITORY}man`

function manifestWith(man: readonly string[]): string {
  return `${JSON.stringify({ ...JSON.parse(readPage('package.json')), man }, null, 2)}\n`
}

const LISTED = PAGES.map(({ file }) => `man/${file}`)

if (process.env['UPDATE_DOCS'] === '1') {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  for (const { file, text } of PAGES) writeFileSync(`${FOLDER}/${file}`, text)
  writeFileSync(`${REPOSITORY}package.json`, manifestWith(LISTED))
}

describe('the manual', () => {
  it('has a page for each command, and no other', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(PAGES.map(({ file }) => file).sort())
  })

  it('is installed whole by npm', () => {
    expect(JSON.parse(readPage('package.json')).man).toEqual(LISTED)
  })

  it.each(PAGES)('says in $file what the command takes', ({ file, text }) => {
    expect(readPage(`man/${file}`)).toBe(text)
  })

  const needed = [
    'NAME',
    'SYNOPSIS',
    'DESCRIPTION',
    'OPTIONS',
    'EXAMPLES',
    'EXIT STATUS',
    'ENVIRONMENT',
    'FILES',
    'SEE ALSO',
  ]
  it.each(PAGES)('has in $file the sections of a manual page', ({ text }) => {
    const sections = [...text.matchAll(/^\.SH "?([A-Z ]+)"?$/gm)].map(([, name]) => name)
    expect(sections.filter((name) => needed.includes(String(name)))).toEqual(needed)
  })
})

const FORMATTERS = [
  { name: 'groff', args: ['-man', '-Tutf8', '-ww', '-rCHECKSTYLE=3'] },
  { name: 'mandoc', args: ['-T', 'lint', '-W', 'warning'] },
] as const

describe.each(FORMATTERS)('the manual in $name', ({ name, args }) => {
  const isThere = spawnSync(name, ['-h']).error === undefined
  if (!isThere) process.stderr.write(`skipped: the manual in ${name}: ${name} is not installed\n`)

  ;(isThere ? it : it.skip)('is formatted without a warning', () => {
    const files = PAGES.map(({ file }) => `${FOLDER}/${file}`)
    const complaints = files.map((file) => {
      const { stdout, stderr } = spawnSync(name, [...args, file], { encoding: 'utf8' })
      // A date would be that of the last `UPDATE_DOCS=1`, and say nothing of the page.
      const linted = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))
      return name === 'mandoc' ? linted.join('\n') + stderr : stderr
    })
    expect(complaints.join('')).toBe('')
  })
})

describe('the manual as it is read', () => {
  const isThere = spawnSync('groff', ['-h']).error === undefined

  ;(isThere ? it : it.skip)('shows options and examples as they are typed', () => {
    for (const { path, options, examples } of COMMANDS) {
      const file = `${FOLDER}/${['buildwatchd', ...path].join('-')}.1`
      // Wide enough that no line is broken; plain, without overstriking.
      const args = ['-man', '-Tutf8', '-P-c', '-P-b', '-P-o', '-P-u', '-rLL=300n', file]
      const { stdout } = spawnSync('groff', args, { encoding: 'utf8' })
      for (const { names } of options) for (const name of names) expect(stdout).toContain(name)
      for (const { line } of examples) expect(stdout).toContain(line)
    }
  })
})
