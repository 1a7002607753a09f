import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { fingerprint } from '../../../src/config/fingerprint.js'
import { folderOf } from './fixture.js'

const FILES = { 'settings.yaml': 'a: 1\n', 'named.yaml': 'b: 1\n', 'lists/one.yaml': 'c: 1\n' }
const PATTERNS = ['named.yaml', 'lists/*.yaml']

/** The fingerprint before and after a change. */
async function around(change: (folder: string) => Promise<unknown>): Promise<[string, string]> {
  const folder = await folderOf(FILES)
  const settings = join(folder, 'settings.yaml')
  const before = await fingerprint(settings, PATTERNS)
  await change(folder)
  return [before, await fingerprint(settings, PATTERNS)]
}

/** Of the same length. */
async function overwrite(path: string): Promise<void> {
  await writeFile(path, 'x: 2\n')
}

describe('the fingerprint is another', () => {
  test.each<[string, (folder: string) => Promise<unknown>]>([
    ['the settings file is', (folder) => overwrite(join(folder, 'settings.yaml'))],
    ['a named watchlist is', (folder) => overwrite(join(folder, 'named.yaml'))],
    ['a watchlist that a pattern meets is', (folder) => overwrite(join(folder, 'lists/one.yaml'))],
    ['a pattern meets one more', (folder) => writeFile(join(folder, 'lists/two.yaml'), '')],
    ['a watchlist is gone', (folder) => rm(join(folder, 'lists/one.yaml'))],
    ['a named watchlist is gone', (folder) => rm(join(folder, 'named.yaml'))],
    ['the settings file is gone', (folder) => rm(join(folder, 'settings.yaml'))],
    [
      'a file has another name',
      (folder) => rename(join(folder, 'lists/one.yaml'), join(folder, 'lists/0.yaml')),
    ],
    [
      'a file has become a folder',
      async (folder) => {
        await rm(join(folder, 'named.yaml'))
        await mkdir(join(folder, 'named.yaml'))
      },
    ],
    [
      'text has moved from one file to the next',
      async (folder) => {
        await writeFile(join(folder, 'named.yaml'), 'b: 1\nc')
        await writeFile(join(folder, 'lists/one.yaml'), ': 1\n')
      },
    ],
  ])('when %s', async (_, change) => {
    const [before, after] = await around(change)
    expect(after).not.toBe(before)
  })

  test('when the link of a mounted ConfigMap is swapped', async () => {
    const folder = await folderOf({
      '..1/shop.yaml': 'a: 1\n',
      '..2/shop.yaml': 'a: 2\n',
      'settings.yaml': '',
    })
    await symlink('..1', join(folder, '..data'))
    await symlink('..data/shop.yaml', join(folder, 'shop.yaml'))
    const ask = () => fingerprint(join(folder, 'settings.yaml'), ['*.yaml'])
    const before = await ask()
    await symlink('..2', join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    expect(await ask()).not.toBe(before)
  })
})

test('a file that says it does not exist is not one that does not', async () => {
  const folder = await folderOf({ 'settings.yaml': '', 'named.yaml': 'does not exist' })
  const ask = () => fingerprint(join(folder, 'settings.yaml'), ['named.yaml'])
  const before = await ask()
  await rm(join(folder, 'named.yaml'))
  expect(await ask()).not.toBe(before)
})

describe('the fingerprint is the same', () => {
  test.each<[string, (folder: string) => Promise<unknown>]>([
    ['when nothing has changed', async () => undefined],
    ['when a file was written again as it was', (folder) => writeFile(join(folder, 'named.yaml'), 'b: 1\n')],
    ['when there is a file that no pattern meets', (folder) => writeFile(join(folder, 'other.yaml'), 'x')],
    [
      'when a file was replaced by one with the same content',
      async (folder) => {
        await writeFile(join(folder, 'lists/.tmp'), 'c: 1\n')
        await rename(join(folder, 'lists/.tmp'), join(folder, 'lists/one.yaml'))
      },
    ],
  ])('%s', async (_, change) => {
    const [before, after] = await around(change)
    expect(after).toBe(before)
  })
})

test('there is a fingerprint of what is not there at all', async () => {
  const folder = await folderOf({})
  expect(await fingerprint(join(folder, 'none.yaml'), ['', '**/\0', 'none', 'x'.repeat(5000)])).toMatch(
    /^[0-9a-f]{64}$/,
  )
})
