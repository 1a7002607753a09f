import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { REPOSITORY } from './deployment-files.js'
import { linesOf, listPacked } from './packed-package.js'

/** Bytes: what npm fetches, and what it then lays down; 640,000 and 2,050,000 when this was set. */
const MOST = { packed: 900_000, unpacked: 3_000_000 }
/** After a change that is meant: UPDATE_GOLDEN=1 npm run jest -- test/contract/deploy/package.test.ts */
const GOLDEN = fileURLToPath(new URL('package-files.txt', import.meta.url))

describe('the npm package', () => {
  const packed = listPacked()
  const paths = packed.files.map(({ path }) => path)
  const manifest = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8'))

  it('holds the files of the golden list, and no others', () => {
    const lines = linesOf(packed)
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, `${lines.join('\n')}\n`)
    expect(lines).toEqual(readFileSync(GOLDEN, 'utf8').trim().split('\n'))
  })

  it('holds what every module is compiled to', () => {
    const modules = sourcesOf().filter((path) => path.endsWith('.ts'))
    const compiled = modules.flatMap((path) => ['.js', '.d.ts'].map((end) => path.replace(/\.ts$/, end)))
    expect(compiled.filter((path) => !paths.includes(`dist/${path}`))).toEqual([])
  })

  it('holds what the program reads beside its modules: scripts, schema, traces and their licences', () => {
    const others = sourcesOf().filter((path) => !path.endsWith('.ts'))
    expect(others).toEqual(expect.arrayContaining(['simulator/traces/README.md', 'store/lua/record.lua']))
    expect(others.filter((path) => !paths.includes(`dist/${path}`))).toEqual([])
  })

  it('holds everything that its manifest points to', () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry ?? {}),
    )
    const pointed = [manifest.types, ...Object.values(manifest.bin), ...entries].map((path) =>
      String(path).replace('./', ''),
    )
    expect(pointed.filter((path) => !paths.includes(path))).toEqual([])
  })

  it('holds no tests, benchmarks, sources, maps or machinery', () => {
    const foreign =
      /^(test|bench|src|\.ci|node_modules|coverage|data)\/|\.test\.|\.tsbuildinfo$|\.map$|^\.|(?<!\.d)\.ts$/
    expect(paths.filter((path) => foreign.test(path))).toEqual([])
  })

  it('stays small', () => {
    expect(packed.size).toBeLessThan(MOST.packed)
    expect(packed.unpackedSize).toBeLessThan(MOST.unpacked)
  })

  it('starts in the file that bin names, by way of node', () => {
    const [firstLine] = readFileSync(`${REPOSITORY}${manifest.bin.buildwatchd}`, 'utf8').split('\n')
    expect(firstLine).toBe('#!/usr/bin/env node')
  })
})

/** Below `src`; what is on the disk, for that is what the build takes. */
function sourcesOf(): string[] {
  return readdirSync(`${REPOSITORY}src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(`${REPOSITORY}src`, join(entry.parentPath, entry.name)))
}
