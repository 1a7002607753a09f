import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { findWatchlists, suits } from '../../../src/config/find-watchlists.js'
import { BASE, configurationOf, folderOf, load } from './fixture.js'

const FILES = {
  'b.yaml': '',
  'a.yaml': '',
  'a.yml': '',
  '.hidden.yaml': '',
  'lists/c.yaml': '',
  'lists/deep/d.yaml': '',
  'lists/.git/e.yaml': '',
  'lists/[x].yaml': '',
}

async function found(pattern: string): Promise<string[]> {
  const folder = await folderOf(FILES)
  return (await findWatchlists(folder, pattern)).files.map((path) => path.replace(`${folder}/`, ''))
}

describe('a pattern', () => {
  test.each([
    ['*.yaml', ['a.yaml', 'b.yaml']],
    ['./*.yaml', ['a.yaml', 'b.yaml']],
    ['?.yml', ['a.yml']],
    ['lists/*', ['lists/[x].yaml', 'lists/c.yaml']],
    ['**/*.yaml', ['a.yaml', 'b.yaml', 'lists/[x].yaml', 'lists/c.yaml', 'lists/deep/d.yaml']],
    ['lists/**/d.yaml', ['lists/deep/d.yaml']],
    ['*/deep/*', ['lists/deep/d.yaml']],
    ['.*.yaml', ['.hidden.yaml']],
    ['none/*.yaml', []],
    ['*.json', []],
    ['**/**/d.yaml', ['lists/deep/d.yaml']],
    ['*a*.ya*l', ['a.yaml']],
    ['**a***', ['a.yaml', 'a.yml', 'b.yaml']],
  ])('%s finds %j', async (pattern, files) => {
    expect(await found(pattern)).toEqual(files)
  })

  test('may be absolute', async () => {
    const folder = await folderOf(FILES)
    const { files } = await findWatchlists('/elsewhere', join(folder, '*.yml'))
    expect(files).toEqual([join(folder, 'a.yml')])
  })

  test('meets each file of a mounted Kubernetes ConfigMap once', async () => {
    const folder = await folderOf({ '..2026/shop.yaml': 'watches: []' })
    await symlink('..2026', join(folder, '..data'))
    await symlink('..data/shop.yaml', join(folder, 'shop.yaml'))
    expect((await findWatchlists(folder, '**/*.yaml')).files).toEqual([join(folder, 'shop.yaml')])
  })

  test('follows no link to a folder, which may lead back up', async () => {
    const folder = await folderOf({ 'lists/a.yaml': '' })
    await symlink('..', join(folder, 'lists', 'up'))
    expect((await findWatchlists(folder, '**/*.yaml')).files).toEqual([join(folder, 'lists/a.yaml')])
  })
})

test('a path with brackets is a path', async () => {
  expect(await found('lists/[x].yaml')).toEqual(['lists/[x].yaml'])
})

test('a file that several patterns match is read once, and the settings file never', async () => {
  const { files, watches } = await configurationOf({
    'settings.yaml': `${BASE}watchlists: ["*.yaml", shop.yaml, ./shop.yaml]\n`,
    'shop.yaml': 'watches: [{ project: p, job: j, build: b }]\n',
  })
  expect(files.map((file) => file.split('/').at(-1))).toEqual(['settings.yaml', 'shop.yaml'])
  expect(watches).toHaveLength(1)
})

test('a pattern that wanders through more than 1000 folders is refused', async () => {
  const folders = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`lists/${index}/x`, '']))
  const { problems } = await load({ 'settings.yaml': `${BASE}watchlists: ["lists/**/*.yaml"]\n`, ...folders })
  expect(problems).toEqual([
    'settings.yaml:3:14: watchlists[0]: reaches into more than 1000 folders; name the folder of the watchlists more exactly',
  ])
})

test('a pattern made to take for ever takes no time', async () => {
  const folder = await folderOf({ ['a'.repeat(200)]: '' })
  expect((await findWatchlists(folder, '*a'.repeat(400).concat('b'))).files).toEqual([])
})

test('wildcards match what the equal regular expression matches', () => {
  const pattern = fc.stringMatching(/^[ab?*]{1,8}$/)
  const name = fc.stringMatching(/^[ab]{1,8}$/)
  fc.assert(
    fc.property(pattern, name, (wildcards, text) => {
      const regex = new RegExp(`^${wildcards.replaceAll('?', '.').replaceAll(/\*+/g, '.*')}$`)
      expect({ wildcards, text, suits: suits(text, wildcards) }).toEqual({
        wildcards,
        text,
        suits: regex.test(text),
      })
    }),
    { numRuns: 2000 },
  )
})
