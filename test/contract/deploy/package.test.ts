import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { REPOSITORY } from './deployment-files.js'

interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly unpackedSize: number
}

/** Without scripts: they would build `dist/` anew beneath the tests that run it. */
function pack(): Packed {
  const command = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const [packed]: Packed[] = JSON.parse(execFileSync('npm', command, { cwd: REPOSITORY, encoding: 'utf8' }))
  if (packed === undefined) throw new Error('npm pack has packed nothing')
  return packed
}

describe('the npm package', () => {
  const { files, unpackedSize } = pack()
  const paths = files.map(({ path }) => path)
  const manifest = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8'))

  it('holds the executable, the licence and the pages for users', () => {
    const needed = ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', manifest.bin.buildwatchd]
    const pages = ['docs/cli.md', 'docs/configuration.md', 'docs/errors.md', 'docs/redis.md', 'docs/sdk.md']
    expect(paths).toEqual(expect.arrayContaining([...needed, ...pages, 'config/buildwatchd.yaml']))
  })

  it('holds what the program reads at run time: scripts, schema, traces, what bash needs', () => {
    for (const kind of [
      /\/store\/lua\/record\.lua$/,
      /\/event\.schema\.json$/,
      /\/simulator\/traces\/build-traces\.json$/,
      /\/cli\/completion\.bash$/,
    ])
      expect(paths.filter((path) => kind.test(path))).toHaveLength(1)
  })

  it('holds every page of the manual that it names', () => {
    expect(paths.filter((path) => path.startsWith('man/')).sort()).toEqual(manifest.man.toSorted())
  })

  it('says under which licences the build durations came', () => {
    expect(paths).toContain('dist/simulator/traces/README.md')
  })

  it('holds no tests, benchmarks, sources or machinery', () => {
    const foreign =
      /^(test|bench|src|\.ci|node_modules|coverage|data)\/|\.test\.|\.tsbuildinfo$|^\.|(?<!\.d)\.ts$/
    expect(paths.filter((path) => foreign.test(path))).toEqual([])
  })

  it('stays small', () => {
    expect(unpackedSize).toBeLessThan(3_500_000)
  })

  it('starts in the file that bin names, by way of node', () => {
    const [firstLine] = readFileSync(`${REPOSITORY}${manifest.bin.buildwatchd}`, 'utf8').split('\n')
    expect(firstLine).toBe('#!/usr/bin/env node')
  })
})
