import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { REPOSITORY } from './deployment-files.js'
import { installed, type Lock, runtimePackages } from './runtime-packages.js'
import { dataRows, packageRows, refusedOf, renderPage, sourceOf } from './third-party-page.js'

/** After a change of the lock: UPDATE_DOCS=1 npm run jest -- test/contract/deploy/third-party.test.ts */
const PAGE = `${REPOSITORY}THIRD_PARTY_LICENSES.md`

describe('THIRD_PARTY_LICENSES.md', () => {
  it('lists every package that comes with this one, and all data in it', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, renderPage())
    expect(readFileSync(PAGE, 'utf8')).toBe(renderPage())
  })

  it('says of each what its own manifest says', () => {
    const rows = packageRows()
    const differing = runtimePackages().flatMap((each, at) => {
      const [row, manifest] = [rows[at], installed(each)]
      // Only what other platforms get may be away.
      if (manifest === undefined) return each.partOf === undefined ? [`${each.path}: not installed`] : []
      const own = [manifest.version, manifest.license, sourceOf(manifest)].join()
      const told = [row?.version, row?.licence, row?.source].join()
      return own === told ? [] : [`${each.path}: ${own}, not ${told}`]
    })
    expect(differing).toEqual([])
  })

  it('names no licence that nobody has said yes to', () => {
    expect(refusedOf(packageRows(), dataRows())).toEqual([])
    expect(dataRows().length).toBeGreaterThan(0)
  })

  it('would name one', () => {
    const packages = ['GPL-3.0-only', 'MIT', '(MIT OR GPL-2.0)', '(none)'].map((licence) => ({
      name: 'a',
      licence,
    }))
    const data = [
      { name: 'b', from: '', licence: 'CC-BY-NC-4.0, Copyright (c) 2026 somebody' },
      { name: 'c', from: '', licence: 'CC-BY-4.0, Copyright (c) 2026 somebody' },
    ]
    expect(refusedOf(packages, data)).toEqual([
      'a: GPL-3.0-only',
      'a: (MIT OR GPL-2.0)',
      'a: (none)',
      'b: CC-BY-NC-4.0, Copyright (c) 2026 somebody',
    ])
  })
})

describe('the packages of the lock', () => {
  it('are those that are needed at run time, nested ones and those of every platform included', () => {
    const lock: Lock = {
      '': { version: '1.0.0', dependencies: { a: '1' } },
      'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': {
        version: '1.0.0',
        license: 'ISC',
        optionalDependencies: { 'b-darwin': '1' },
        peerDependencies: { c: '1', d: '1' },
        peerDependenciesMeta: { d: { optional: true } },
      },
      'node_modules/b': { version: '2.0.0', license: 'MIT' },
      'node_modules/b-darwin': { version: '1.0.0', os: ['darwin'] },
      'node_modules/c': { version: '1.0.0', license: 'MIT', dependencies: { a: '1' } },
      'node_modules/d': { version: '1.0.0', license: 'MIT' },
    }
    expect(runtimePackages(lock).map(({ path, partOf }) => [path, partOf])).toEqual([
      ['node_modules/a', undefined],
      ['node_modules/a/node_modules/b', undefined],
      ['node_modules/b-darwin', 'node_modules/a/node_modules/b'],
      ['node_modules/c', undefined],
    ])
  })
})

describe('the source of a package', () => {
  it.each([
    ['github:eemeli/yaml', 'https://github.com/eemeli/yaml'],
    ['moment/luxon', 'https://github.com/moment/luxon'],
    ['git@github.com:siimon/prom-client.git', 'https://github.com/siimon/prom-client'],
    ['git+ssh://git@github.com/a/b.git', 'https://github.com/a/b'],
    ['git://github.com/a/b', 'https://github.com/a/b'],
    ['http://gitlab.com/a/b', 'https://gitlab.com/a/b'],
  ])('%s is an address for people', (repository, address) => {
    expect(sourceOf({ version: '1.0.0', repository })).toBe(address)
  })
})
