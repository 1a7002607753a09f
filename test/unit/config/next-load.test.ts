/** What one load hands to the next, and to who watches the files. */
import { rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import { openFolder, SETTINGS, watch } from './changing-folder.js'
import { ENV, folderOf, KINDS, NOW } from './fixture.js'

const CONTEXT = { env: ENV, notifierKinds: KINDS, now: NOW }

async function loaded(file: string, lastGood?: ReadonlyMap<string, string>) {
  const result = await loadConfiguration(file, lastGood ? { ...CONTEXT, lastGood } : CONTEXT)
  if (!result.ok) throw new Error('refused')
  return result
}

test('a load hands out the text and the patterns of the settings', async () => {
  const { folder } = await openFolder()
  expect(await loaded(join(folder, 'settings.yaml'))).toMatchObject({
    settingsText: SETTINGS,
    patterns: ['named.yaml', 'lists/*.yaml'],
  })
})

test('patterns are handed out with their references expanded', async () => {
  const folder = await folderOf({
    'settings.yaml': SETTINGS.replace('named.yaml', '"${PORT}.yaml"'),
    '7000.yaml': watch('n'),
  })
  expect((await loaded(join(folder, 'settings.yaml'))).patterns).toEqual(['7000.yaml', 'lists/*.yaml'])
})

test('last good texts are found by absolute path, however the settings file is called', async () => {
  const { folder } = await openFolder()
  const settings = relative(process.cwd(), join(folder, 'settings.yaml'))
  const { texts } = await loaded(settings)
  expect([...texts.keys()]).toEqual(
    ['named.yaml', 'lists/a.yaml', 'lists/b.yaml'].map((name) => join(folder, name)),
  )
  await rm(join(folder, 'named.yaml'))
  await writeFile(join(folder, 'lists/a.yaml'), 'watches: 1\n')
  const { configuration } = await loaded(settings, texts)
  expect([...configuration.badFiles]).toEqual([
    [join(folder, 'named.yaml'), 'kept'],
    [join(folder, 'lists/a.yaml'), 'kept'],
  ])
})

test('a newcomer that is at odds with a stand-in is bad too, and problems stand in the order of the files', async () => {
  const { load, write } = await openFolder()
  await load()
  await write('lists/b.yaml', 'watches: 1\n')
  await write('lists/a.yaml', watch('b', ', account: other'))
  const { watched, bad, problems } = await load()
  expect({ watched, bad }).toEqual({
    watched: ['own', 'n', 'a', 'b'],
    bad: { 'lists/a.yaml': 'kept', 'lists/b.yaml': 'kept' },
  })
  expect(problems.map((problem) => problem.split(': ', 1)[0])).toEqual([
    'lists/a.yaml:2:5',
    'lists/b.yaml:1:10',
  ])
})

test('a watchlist at odds with itself is bad, and warnings of others are told once', async () => {
  const { load, write } = await openFolder()
  await load()
  await write('lists/a.yaml', `${watch('new')}  - { project: new, job: j, account: other }\n`)
  await write('lists/b.yaml', watch('own'))
  const { watched, bad, problems, warnings } = await load()
  expect({ watched, bad }).toEqual({ watched: ['own', 'n', 'a', 'own'], bad: { 'lists/a.yaml': 'kept' } })
  expect([problems, warnings].map((told) => told.map((text) => text.split(': ', 1)[0]))).toEqual([
    ['lists/a.yaml:3:5'],
    ['lists/b.yaml:2:5'],
  ])
})
