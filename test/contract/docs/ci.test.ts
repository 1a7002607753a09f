/** The recipes of docs/ci.md and of the README: their YAML is YAML, and what they call is a command line that `watch` understands. */
import { describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { parse } from 'yaml'
import { EXIT } from '../../../src/cli/exit-codes.js'
import { requestOf, type WatchOptions } from '../../../src/cli/watch-request.js'
import { addWatchingCommands } from '../../../src/cli/watching-commands.js'
import { bare, fencesOf, readPage, rowsOf } from './markdown.js'

const PAGE = 'docs/ci.md'
const page = readPage(PAGE)
const IN_README = /^(?:yaml (?:github|gitlab) |sh$)/
const fences = [
  ...fencesOf(page),
  ...fencesOf(readPage('README.md')).filter(
    ({ info, content }) => IN_README.test(info) && content.includes('npx --yes buildwatchd watch'),
  ),
]
const yaml = fences.filter(({ info }) => info.startsWith('yaml '))

interface Step {
  readonly run?: string
}

/** The scripts of the steps of a workflow or pipeline. */
function scriptsOf(content: string): string[] {
  const file = parse(content)
  const jobs: { steps?: Step[]; script?: string[] }[] = Object.values(file.jobs ?? file)
  return jobs.flatMap(({ steps = [], script = [] }) => [...steps.flatMap(({ run }) => run ?? []), ...script])
}

const scripts = [
  ...yaml.flatMap(({ content }) => scriptsOf(content)),
  ...fences.filter(({ info }) => info === 'sh').map(({ content }) => content),
]

/** The arguments of each call of `watch`, as a shell would hand them over; a variable is `0123456789`. */
const calls = scripts
  .flatMap((script) => script.split('\n'))
  .flatMap((line) => /\bbuildwatchd watch ([^|;]*)/.exec(line)?.[1] ?? [])
  .map((argv) =>
    argv
      .trim()
      .replaceAll(/"?\$\{?\w+\}?"?/g, '0123456789')
      .split(/\s+/),
  )

describe(PAGE, () => {
  it.each(yaml.map(({ info, content }) => [info, content]))('%s calls watch', (_, content) => {
    expect(scriptsOf(content).filter((script) => script.includes('buildwatchd watch'))).toHaveLength(1)
  })

  it.each(calls)('understands %j', (...argv) => {
    const io = { stdout: process.stdout, stderr: process.stderr, env: {} }
    const program = new Command().exitOverride()
    addWatchingCommands(program, io, () => undefined)
    let request: ReturnType<typeof requestOf> | undefined
    const [watch] = program.commands
    watch?.action((keys: string[], options: WatchOptions) => void (request = requestOf(keys, options, io)))
    program.parse(['watch', ...argv], { from: 'user' })
    expect(request?.wanted.length).toBeGreaterThan(0)
    // A step without an end would hang until the pipeline's own time is over.
    expect(request?.timeoutMs).toBeGreaterThan(0)
  })

  it('has recipes for two services and a shell', () => {
    expect(yaml.map(({ info }) => info.split(' ')[1])).toEqual(expect.arrayContaining(['github', 'gitlab']))
    expect(calls.length).toBeGreaterThanOrEqual(9)
  })

  it('gives the step of a service more time than the build', () => {
    for (const { content } of yaml.filter((each) =>
      fencesOf(page).some(({ content }) => content === each.content),
    )) {
      const [limit = 0] = [...content.matchAll(/timeout(?:-minutes)?: (\d+)/g)].map(([, minutes]) =>
        Number(minutes),
      )
      const waits = [...content.matchAll(/timeout (\d+)m/g)].map(([, minutes]) => Number(minutes))
      expect(limit).toBeGreaterThanOrEqual(waits.reduce((sum, minutes) => Math.max(sum, minutes), 0) + 5)
    }
  })

  it('names the exit codes that watch has', () => {
    const { internal: _, ...codes } = EXIT
    const named = rowsOf(page).map(([code = '']) => Number(bare(code)))
    expect(named).toEqual(Object.values(codes).sort((a, b) => a - b))
  })
})
