/** `UPDATE_DOCS=1 npm run jest -- test/contract/docs/cli.test.ts` writes what has changed into the page. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { commandsOf } from '../../../src/cli/command-tree.js'
import { ENVIRONMENT } from '../../../src/cli/environment.js'
import { programWithoutActions } from '../../unit/cli/bare-program.js'
import { freshCliPage } from './cli-page.js'
import { fencesOf, REPOSITORY, readPage } from './markdown.js'

const PAGE = 'docs/cli.md'
const COMMANDS = commandsOf(programWithoutActions().program)

describe(PAGE, () => {
  it('shows help, exit codes and environment as the program has them', async () => {
    const fresh = await freshCliPage(readPage(PAGE))
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(`${REPOSITORY}${PAGE}`, fresh)
    expect(readPage(PAGE)).toBe(fresh)
  })

  it('leaves out no command that does something', () => {
    const shown = fencesOf(readPage(PAGE)).map(({ info }) => info)
    const doing = COMMANDS.filter(({ path, below }) => path.length === 0 || below.length === 0)
    const wanted = doing.map(({ path }) => ['text buildwatchd', ...path, '--help'].join(' '))
    expect(wanted.filter((info) => !shown.includes(info))).toEqual([])
  })
})

describe('the environment', () => {
  const sources = readdirSync(`${REPOSITORY}src`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'cli/environment.ts')
    .map((name) => readFileSync(`${REPOSITORY}src/${name}`, 'utf8'))
    .join('\n')
  const read = [...sources.matchAll(/\benv(?:\.|\[')([A-Z][A-Z_]+)\b/g)].flatMap(([, name]) => name ?? [])

  it('holds each variable that the code reads by name', () => {
    const known = ENVIRONMENT.map(({ name }) => name)
    expect(read.length).toBeGreaterThan(5)
    expect([...new Set(read)].filter((name) => !known.includes(name))).toEqual([])
  })

  it('holds none that nothing reads', () => {
    // Spelled by the scheme of what is asked.
    const byScheme = ['HTTPS_PROXY', 'HTTP_PROXY']
    const unread = ENVIRONMENT.map(({ name }) => name).filter((name) => !read.includes(name))
    expect(unread.filter((name) => !byScheme.includes(name))).toEqual([])
  })
})
