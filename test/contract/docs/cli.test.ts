import { writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { runCli } from '../../../src/cli/program.js'
import { fencesOf, REPOSITORY, readPage } from './markdown.js'

const PAGE = 'docs/cli.md'
/** Info strings of the blocks that hold what a command prints about itself: `text buildwatchd run --help`. */
const HELP_INFO = /^text buildwatchd( .*)? --help$/

/** What `buildwatchd …` prints on stdout. */
async function printed(argv: readonly string[]): Promise<string> {
  let text = ''
  const keep = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  expect(await runCli(argv, { stdout: keep, stderr: keep, env: {} })).toBe(0)
  return text
}

const argvOf = (info: string): string[] => info.split(' ').slice(2)

/** Lines are wrapped at the width of the terminal. */
const unwrapped = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** `buildwatchd`, `buildwatchd get job build`, …: every command, found by following the help texts. */
async function commandsBelow(path: readonly string[] = []): Promise<string[][]> {
  const [, listed = ''] = (await printed([...path, '--help'])).split('\nCommands:\n')
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].flatMap(([, name]) => name ?? [])
  const below = await Promise.all(
    names.filter((name) => name !== 'help').map((name) => commandsBelow([...path, name])),
  )
  return [[...path], ...below.flat()]
}

/** `UPDATE_DOCS=1 npm run jest -- test/contract/docs/cli.test.ts` writes the present help into the page. */
async function updated(page: string): Promise<string> {
  let text = page
  for (const { info, content } of fencesOf(page).filter((block) => HELP_INFO.test(block.info))) {
    text = text.replace(
      `\`\`\`${info}\n${content}\`\`\``,
      `\`\`\`${info}\n${await printed(argvOf(info))}\`\`\``,
    )
  }
  return text
}

describe(PAGE, () => {
  it('shows the help of each command as the command prints it', async () => {
    if (process.env['UPDATE_DOCS'] === '1')
      writeFileSync(`${REPOSITORY}${PAGE}`, await updated(readPage(PAGE)))
    const blocks = fencesOf(readPage(PAGE)).filter(({ info }) => HELP_INFO.test(info))
    for (const { info, content } of blocks) {
      expect([info, unwrapped(content)]).toEqual([info, unwrapped(await printed(argvOf(info)))])
    }
    expect(blocks.length).toBeGreaterThan(0)
  })

  it('leaves out no command', async () => {
    const shown = fencesOf(readPage(PAGE)).map(({ info }) => info)
    const leaves = (await commandsBelow()).filter(
      (path, _, all) => path.length === 0 || !all.some((other) => isBelow(other, path)),
    )
    const missing = leaves
      .map((path) => ['text buildwatchd', ...path, '--help'].join(' '))
      .filter((info) => !shown.includes(info))
    expect(missing).toEqual([])
  })
})

function isBelow(path: readonly string[], above: readonly string[]): boolean {
  return path.length > above.length && above.every((name, at) => path[at] === name)
}
