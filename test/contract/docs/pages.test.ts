import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { runCli } from '../../../src/cli/program.js'
import { DEFAULT_RAILS } from '../../../src/config/resolve-polling.js'
import { cadenceMs } from '../../../src/planning/backoff.js'
import { programWithoutActions } from '../../unit/cli/bare-program.js'
import { anchorsOf, bare, fence, linksOf, REPOSITORY, readPage, rowsOf, section } from './markdown.js'

const DECISIONS = readdirSync(`${REPOSITORY}docs/decisions`).map((name) => `docs/decisions/${name}`)
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'THIRD_PARTY_LICENSES.md'],
  ...['docs/ci.md', 'docs/cli.md', 'docs/configuration.md', 'docs/errors.md', 'docs/metrics.md'],
  ...['docs/notifiers.md', 'docs/own-notifier.md', 'docs/redis.md', 'docs/sdk.md'],
  ...DECISIONS,
]

describe.each(PAGES)('%s', (page) => {
  const links = linksOf(readPage(page)).filter((target) => !/^https?:/.test(target))

  it('links only to what is there', () => {
    const paths = links.flatMap((target) => target.split('#')[0] || [])
    const targets = paths.map((path) => normalize(join(dirname(page), path)))
    expect(targets.filter((target) => !existsSync(`${REPOSITORY}${target}`))).toEqual([])
  })

  it('links only to headings that are there', () => {
    const broken = links.filter((target) => {
      const [path = '', anchor] = target.split('#')
      const other = path === '' ? page : join(dirname(page), path)
      return anchor !== undefined && !anchorsOf(readPage(other)).includes(anchor)
    })
    expect(broken).toEqual([])
  })
})

describe.each(DECISIONS.filter((page) => !page.endsWith('dependencies.md')))('%s', (page) => {
  it('gives context, decision and consequences on one page', () => {
    const text = readPage(page)
    expect(text.match(/^## .+$/gm)).toEqual(['## Context', '## Decision', '## Consequences'])
    expect(text.split('\n').length).toBeLessThanOrEqual(50)
  })
})

describe('docs/decisions/dependencies.md', () => {
  it('justifies exactly the packages that the daemon needs at run time', () => {
    const { dependencies } = JSON.parse(readPage('package.json'))
    const justified = rowsOf(readPage('docs/decisions/dependencies.md')).map(([name]) => name)
    expect(justified).toEqual(Object.keys(dependencies))
  })
})

describe('README.md', () => {
  const page = readPage('README.md')
  let dir: string
  let said: string
  const io = {
    stdout: new Writable({ write: (chunk, _, done) => done(void (said += String(chunk))) }),
    stderr: new Writable({ write: (chunk, _, done) => done(void (said += String(chunk))) }),
    env: {
      NORTHFLANK_API_TOKEN: 'a-token',
      HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x',
      PAGERDUTY_ROUTING_KEY: '0123456789abcdef0123456789abcdef',
    },
  }

  beforeEach(async () => {
    said = ''
    dir = mkdtempSync(join(tmpdir(), 'buildwatchd-readme-'))
    await cp(`${REPOSITORY}config`, join(dir, 'config'), { recursive: true })
  })

  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('shows a watchlist that is valid beside the settings that ship', async () => {
    const info = 'yaml config/watchlists/mine.yaml'
    writeFileSync(join(dir, info.slice('yaml '.length)), fence(page, info))
    await runCli(['validate', '-c', join(dir, 'config/buildwatchd.yaml')], io)
    expect(said).toMatch(/: valid; watches: 3, notifiers: 1\n$/)
  })

  it('shows notifiers that are valid', async () => {
    const accounts = 'accounts: { default: { token: "${NORTHFLANK_API_TOKEN}" } }\n'
    writeFileSync(join(dir, 'settings.yaml'), accounts + fence(page, 'yaml notifiers'))
    await runCli(['validate', '-c', join(dir, 'settings.yaml')], io)
    expect(said).toMatch(/: valid; watches: 0, notifiers: 4\n$/)
  })

  it('shows settings for a try without an account that are valid without a variable', async () => {
    writeFileSync(join(dir, 'try.yaml'), fence(page, 'yaml try.yaml'))
    await runCli(['validate', '-c', join(dir, 'try.yaml')], { ...io, env: {} })
    expect(said).toBe(`${join(dir, 'try.yaml')}: valid; watches: 1, notifiers: 1\n`)
  })

  it('names every command', () => {
    const named = rowsOf(section(page, '## Commands')).map(([cell = '']) => bare(cell).split(' ')[0])
    const commands = programWithoutActions().program.commands.map((command) => command.name())
    expect(named).toEqual(expect.arrayContaining(commands))
  })
})

describe('docs/configuration.md on backoff', () => {
  it('says rightly what a build of ten minutes costs', () => {
    const rails = DEFAULT_RAILS.backoff
    let polls = 1
    for (let at = 0; at < 600_000; polls += 1) at += cadenceMs({ polls, errors: 0 }, rails, 0.5)
    const [, claimed] =
      /a build of ten minutes costs about (\d+) requests/.exec(readPage('docs/configuration.md')) ?? []
    expect(Math.abs(polls - Number(claimed))).toBeLessThanOrEqual(1)
  })
})
