import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { openFolder, SETTINGS, watch } from './changing-folder.js'

const GOOD = { kind: 'loaded', watched: ['own', 'n', 'a', 'b'], bad: {}, problems: [], warnings: [] }

const BAD_TEXTS: [what: string, text: string | Uint8Array, says: string][] = [
  ['is no YAML', 'watches: [', 'is no valid YAML'],
  ['is half written', 'watches:\n  - { project: a, jo', 'is no valid YAML'],
  ['names what there is not', watch('a', ', account: nobody'), '2:36: watches[0].account: no account'],
  ['holds settings', 'redis: {}\n', '1:1: redis: belongs to the settings'],
  ['is empty', '', '1:1: is empty; write watches: [] where nothing is to be watched'],
  ['holds nothing but comments', '# watches:\n', '1:1: is empty; write watches: []'],
  ['is nothing but an unknown tag', '!watches\n', '1:9: the tag !watches is not known'],
  ['is too large', `#${'x'.repeat(256 * 1024)}`, '1:1: is larger than 256 KiB'],
  ['is no UTF-8', Buffer.from([0x23, 0xfc]), '1:2: is not UTF-8'],
]

describe('a bad watchlist', () => {
  test.each(BAD_TEXTS)('that %s keeps its last good text, and the others go on', async (_, text, says) => {
    const { load, write } = await openFolder()
    expect(await load()).toEqual(GOOD)
    await write('lists/a.yaml', text)
    await write('lists/b.yaml', watch('new'))
    const after = await load()
    expect(after).toMatchObject({ watched: ['own', 'n', 'a', 'new'], bad: { 'lists/a.yaml': 'kept' } })
    expect(after.problems).toHaveLength(1)
    expect(after.problems[0]).toContain(`lists/a.yaml:`)
    expect(after.problems[0]).toContain(says)
  })

  test.each(BAD_TEXTS)('that %s is left out where it never was good', async (_, text) => {
    const { load, write } = await openFolder()
    await write('lists/a.yaml', text)
    expect(await load()).toMatchObject({ watched: ['own', 'n', 'b'], bad: { 'lists/a.yaml': 'left_out' } })
  })

  test('that has become a folder keeps its last good text', async () => {
    const { load, write, folder } = await openFolder()
    await load()
    await write('named.yaml', undefined)
    await mkdir(join(folder, 'named.yaml'))
    expect(await load()).toEqual({
      ...GOOD,
      bad: { 'named.yaml': 'kept' },
      problems: ['named.yaml:1:1: is a folder; name a file'],
    })
  })

  test('goes on being kept, from one load to the next, until it is mended', async () => {
    const { load, write, texts } = await openFolder()
    await load()
    await write('lists/a.yaml', 'watches: 1\n')
    const kept = [await load(), await load()].map(({ watched, bad }) => [watched, bad])
    const stillThere = [['own', 'n', 'a', 'b'], { 'lists/a.yaml': 'kept' }]
    expect(kept).toEqual([stillThere, stillThere])
    expect(texts()).toEqual({
      'named.yaml': watch('n'),
      'lists/a.yaml': watch('a'),
      'lists/b.yaml': watch('b'),
    })
    await write('lists/a.yaml', watch('mended'))
    expect(await load()).toEqual({ ...GOOD, watched: ['own', 'n', 'mended', 'b'] })
  })

  test('that is left out is not among the texts in force', async () => {
    const { load, write, texts } = await openFolder()
    await write('lists/a.yaml', 'watches: 1\n')
    await load()
    expect(Object.keys(texts())).toEqual(['named.yaml', 'lists/b.yaml'])
  })

  test('is warned of nothing, for its warnings are of a text that is no longer there', async () => {
    const { load, write } = await openFolder()
    await write('lists/a.yaml', `${watch('a')}  - { project: a, job: j }\n`)
    expect((await load()).warnings).toHaveLength(1)
    await write('lists/a.yaml', 'watches: 1\n')
    expect(await load()).toMatchObject({ bad: { 'lists/a.yaml': 'kept' }, warnings: [] })
  })
})

test.each(['watches: []\n', 'watches: # all commented out\n', '{}\n'])(
  'a watchlist that says it watches nothing is good: %j',
  async (text) => {
    const { load, write } = await openFolder()
    await write('lists/a.yaml', text)
    expect(await load()).toEqual({ ...GOOD, watched: ['own', 'n', 'b'] })
  },
)

describe('a watchlist that is no longer there', () => {
  test('is gone where a pattern had met it', async () => {
    const { load, write } = await openFolder()
    await load()
    await write('lists/a.yaml', undefined)
    expect(await load()).toEqual({ ...GOOD, watched: ['own', 'n', 'b'] })
  })

  test('is bad where it is named, and keeps its last good text', async () => {
    const { load, write } = await openFolder()
    await load()
    await write('named.yaml', undefined)
    expect(await load()).toEqual({
      ...GOOD,
      bad: { 'named.yaml': 'kept' },
      problems: ['named.yaml:1:1: does not exist; check the path, or create the file'],
    })
  })

  test('is a mistake of the settings where it is named and never was there', async () => {
    const { load, write } = await openFolder()
    await write('named.yaml', undefined)
    expect(await load()).toMatchObject({
      kind: 'refused',
      problems: [
        'settings.yaml:3:14: watchlists[0]: there is no file named.yaml; create it, or correct the path (relative to the settings file)',
      ],
    })
  })
})

describe('watchlists that do not go together', () => {
  const ONE = 'watch it through one account'

  test('at a start, the later one is left out', async () => {
    const { load, write } = await openFolder()
    await write('lists/b.yaml', watch('a', ', account: other'))
    expect(await load()).toEqual({
      ...GOOD,
      watched: ['own', 'n', 'a'],
      bad: { 'lists/b.yaml': 'left_out' },
      problems: [
        `lists/b.yaml:2:5: watches[0]: every build of a/jobs/j is already watched through the account default at lists/a.yaml:2:5; ${ONE}`,
      ],
    })
  })

  test('later on, the one that has changed is bad, though it stands first', async () => {
    const { load, write } = await openFolder()
    await load()
    await write('lists/a.yaml', watch('b', ', account: other'))
    expect(await load()).toEqual({
      ...GOOD,
      bad: { 'lists/a.yaml': 'kept' },
      problems: [
        `lists/a.yaml:2:5: watches[0]: every build of b/jobs/j is already watched through the account default at lists/b.yaml:2:5; ${ONE}`,
      ],
    })
  })

  test('a file that is bad by itself takes nothing from another', async () => {
    const { load, write } = await openFolder()
    await write('lists/a.yaml', `${watch('b', ', account: other')}  - { project: a }\n`)
    const { watched, bad } = await load()
    expect({ watched, bad }).toEqual({ watched: ['own', 'n', 'b'], bad: { 'lists/a.yaml': 'left_out' } })
  })

  test('a last good text that no longer goes with the others is left out', async () => {
    const { load, write } = await openFolder()
    await load()
    await write('settings.yaml', SETTINGS.replace('own, job: j', 'a, job: j, account: other'))
    const after = await load()
    expect(after).toMatchObject({ watched: ['a', 'n', 'b'], bad: { 'lists/a.yaml': 'left_out' } })
    await write('lists/a.yaml', 'watches: 1\n')
    expect(await load()).toMatchObject({ watched: ['a', 'n', 'b'], bad: { 'lists/a.yaml': 'left_out' } })
  })

  test('a changed text that is bad gives way to the last good one, and that to nothing', async () => {
    const { load, write } = await openFolder()
    await load()
    await write('settings.yaml', SETTINGS.replace('own, job: j', 'a, job: j, account: other'))
    await write('lists/a.yaml', 'watches: 1\n')
    const { watched, bad, problems } = await load()
    expect({ watched, bad }).toEqual({ watched: ['a', 'n', 'b'], bad: { 'lists/a.yaml': 'left_out' } })
    // Only of the file as it is now: nobody could find the lines of the other text.
    expect(problems.map((problem) => problem.split(': ', 2).join(': '))).toEqual([
      'lists/a.yaml:1:10: watches',
    ])
  })

  test('the same watch in several files is warned about once each', async () => {
    const { load, write } = await openFolder()
    await write('lists/a.yaml', watch('n'))
    await write('lists/b.yaml', `${watch('b')}nonsense: 1\n`)
    const { warnings } = await load()
    expect(warnings.map((warning) => warning.split(': ', 1)[0])).toEqual(['lists/a.yaml:2:5'])
  })
})

describe('the settings file', () => {
  test('has no stand-in: everything that is wrong anywhere is told, and nothing is loaded', async () => {
    const { load, write } = await openFolder()
    await load()
    await write('settings.yaml', `${SETTINGS}log: { level: loud }\n`)
    await write('lists/a.yaml', 'watches: 1\n')
    const { kind, problems } = await load()
    expect([kind, ...problems.map((problem) => problem.split(': ', 1)[0])]).toEqual([
      'refused',
      'settings.yaml:5:15',
      'lists/a.yaml:1:10',
    ])
  })

  test('is refused for its own watches that do not go together, once', async () => {
    const { load, write } = await openFolder()
    await write(
      'settings.yaml',
      SETTINGS.replace('job: j }', 'job: j }, { project: own, job: j, account: other }'),
    )
    await write('lists/a.yaml', 'watches: 1\n')
    const { kind, problems } = await load()
    expect([kind, ...problems.map((problem) => problem.split(': ', 1)[0])]).toEqual([
      'refused',
      'settings.yaml:4:37',
      'lists/a.yaml:1:10',
    ])
  })

  test('keeps its watches when a watchlist is at odds with them', async () => {
    const { load, write } = await openFolder()
    await write('lists/a.yaml', watch('own', ', account: other'))
    expect(await load()).toMatchObject({ watched: ['own', 'n', 'b'], bad: { 'lists/a.yaml': 'left_out' } })
  })
})

test('without last good texts, any problem refuses all', async () => {
  const { strictly, write } = await openFolder()
  expect(await strictly()).toEqual(GOOD)
  await write('lists/a.yaml', 'watches: 1\n')
  await write('lists/b.yaml', `${watch('n', ', account: other')}nonsense: 1\n`)
  const { kind, problems } = await strictly()
  expect([kind, ...problems.map((problem) => problem.split(': ', 1)[0])]).toEqual([
    'refused',
    'lists/a.yaml:1:10',
    'lists/b.yaml:2:5',
    'lists/b.yaml:3:1',
  ])
})
