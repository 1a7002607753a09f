import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  createWatchlists,
  deletedAndCreated,
  linkSwapped,
  renamedOver,
  type Watchlists,
  type WatchSource,
  type WayOfChange,
  writtenInHalves,
  writtenInPlace,
} from '../../support/world-watchlists.js'

const JOB: WatchSource = { project: 'shop', job: 'nightly', branches: ['main'], min_interval: '2s' }
const SERVICE: WatchSource = { project: 'shop', service: 'api', pull_requests: 'only' }
const BUILD: WatchSource = { project: 'shop', job: 'nightly', build: 'b-1' }

let dir: string
let watchlists: Watchlists

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'buildwatchd-watchlists-'))
  watchlists = await createWatchlists({ dir, lists: { a: [JOB], b: [SERVICE] }, minInterval: '100ms' })
})

afterEach(() => rm(dir, { recursive: true }))

function read(name: string): Promise<string> {
  return readFile(join(dir, `${name}.yaml`), 'utf8')
}

describe('the watchlists of a world', () => {
  it.each<[string, WayOfChange]>([
    ['renamed over', renamedOver],
    ['written in place', writtenInPlace],
    ['written in halves', writtenInHalves],
    ['deleted and created again', deletedAndCreated],
    ['swapped through a link', linkSwapped],
  ])('hold what they are to hold when they are %s, again and again', async (_, way) => {
    for (const text of ['watches: []\n', 'watches: [1, 2]\n', '# nothing\n']) {
      await watchlists.change({ a: text }, way)
      expect(await read('a')).toBe(text)
    }
    expect(await read('b')).toContain('api')
    const others = (await readdir(dir)).filter((name) => !name.startsWith('..'))
    expect(others.sort()).toEqual(['a.yaml', 'b.yaml'])
  })

  it('become another file where they are renamed over, and stay the same where they are written', async () => {
    const fileOf = async () => (await stat(join(dir, 'a.yaml'))).ino
    const first = await fileOf()
    await watchlists.change({ a: [SERVICE] }, writtenInHalves)
    expect(await fileOf()).toBe(first)
    await watchlists.change({ a: [JOB] }, renamedOver)
    expect(await fileOf()).not.toBe(first)
    await watchlists.change({ a: [JOB] }, linkSwapped)
    expect(await readlink(join(dir, 'a.yaml'))).toBe('..data/a.yaml')
  })

  it('go on asking for what their last good text asked for', async () => {
    const before = watchlists.watches()
    await watchlists.change({ a: 'watches: [' }, renamedOver)
    expect(watchlists.watches()).toEqual(before)
    await watchlists.change({ a: undefined }, renamedOver)
    expect(watchlists.watches().map(({ resource }) => resource)).toEqual(['shop/services/api'])
  })

  it('note a version where something else is asked for, and none where it is not', async () => {
    watchlists.cameIntoForce({ from: 1, until: 2 })
    expect(watchlists.versions).toHaveLength(1)
    await watchlists.change({ b: [BUILD] }, renamedOver)
    watchlists.cameIntoForce({ from: 3, until: 4 })
    expect(watchlists.versions).toHaveLength(2)
    expect(watchlists.versions[1]).toEqual({
      from: 3,
      until: 4,
      watches: [
        { resource: 'shop/jobs/nightly', branches: ['main'], pullRequests: 'with', minIntervalMs: 2000 },
        {
          resource: 'shop/jobs/nightly',
          build: 'shop/jobs/nightly/b-1',
          branches: [],
          pullRequests: 'with',
          minIntervalMs: 100,
        },
      ],
    })
  })
})
