/** Files that change under a daemon that runs. */
import { rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import {
  deletedAndCreated,
  linkSwapped,
  renamedOver,
  type WayOfChange,
  writtenInHalves,
  writtenInPlace,
} from '../../support/world-watchlists.js'
import { daemonBench, feed } from './daemon-bench.js'

const WITHIN_MS = 10_000
const SLOW = { min_interval: '30s', max_interval: '30s' }
const JOBS = ['touched', 'untouched', 'other']

describe('a change of watchlists', () => {
  const bench = daemonBench()

  function addBuilds(...jobs: string[]): void {
    for (const resource of jobs)
      bench.api().addBuild({
        ref: { project: 'shop', kind: 'jobs', resource, build: 'b-1' },
        startsInMs: -60_000,
        durationMs: 1000,
      })
  }

  async function startWith(...watches: ReturnType<typeof feed>[]): Promise<void> {
    addBuilds(...JOBS)
    await bench.writeSettings()
    await bench.writeList('shop', watches)
    await bench.start()
  }

  const isAsked = (job: string, times = 1): Promise<unknown> =>
    eventually(() => bench.asked(job) >= times, {
      what: `${job} asked ${times} times`,
      withinMs: WITHIN_MS,
      evidence: () =>
        bench.lines
          .slice(-10)
          .map(({ message }) => message)
          .join('\n'),
    })

  /** The n-th reload that was done. */
  const reloaded = (n: number): Promise<unknown> =>
    eventually(() => bench.lines.filter(({ message }) => /^reloaded\b/.test(message)).length >= n, {
      what: `reload ${n}`,
      withinMs: WITHIN_MS,
      evidence: () =>
        bench.lines
          .slice(-10)
          .map(({ message }) => message)
          .join('\n'),
    })

  it.each<[string, WayOfChange]>([
    ['written in place', writtenInPlace],
    ['written in halves', writtenInHalves],
    ['renamed over, as editors do', renamedOver],
    ['deleted and created anew', deletedAndCreated],
    ['swapped by links, as a mounted ConfigMap', linkSwapped],
  ])('%s comes into force, once and then again', async (_, change) => {
    await startWith(feed('other', SLOW))
    const text = (job: string): string => JSON.stringify({ watches: [feed(job, SLOW)] })
    await change(bench.list('shop'), text('touched'))
    await isAsked('touched')
    await change(bench.list('shop'), text('untouched'))
    await isAsked('untouched')
    expect(bench.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('loses nothing of a watch that stays as it is: ten reloads cost it no request, no time and no state', async () => {
    await startWith(feed('untouched', SLOW), feed('touched'))
    await isAsked('untouched')
    const redis = bench.connect()
    const due = await eventually(
      async () =>
        (await redis.zscore('{buildwatch}:queue:polls:delayed', 'shop/jobs/untouched')) ?? undefined,
      {
        what: 'its next poll',
        withinMs: WITHIN_MS,
      },
    )
    const before = await redis.hgetall('{buildwatch}:target:shop/jobs/untouched')
    for (let nth = 1; nth <= 10; nth += 1) {
      await bench.writeList('shop', [feed('untouched', SLOW), feed('touched', { branches: [`b-${nth}`] })])
      await reloaded(nth)
    }
    await isAsked('touched', bench.asked('touched') + 2)
    expect(bench.asked('untouched')).toBe(1)
    expect(await redis.zscore('{buildwatch}:queue:polls:delayed', 'shop/jobs/untouched')).toBe(due)
    const after = await redis.hgetall('{buildwatch}:target:shop/jobs/untouched')
    expect({ ...after, generation: before['generation'] }).toEqual(before)
    const [heartbeat] = await redis.keys('{buildwatch}:heartbeat:*')
    expect(JSON.parse((await redis.get(heartbeat!))!)).toMatchObject({
      facts: { configuration: { version: 11 }, lastReload: { ok: true, problems: [], badFiles: [] } },
    })
  })

  it('stops a watch that is gone within a second, and says so', async () => {
    await startWith(feed('touched'), feed('other'))
    await isAsked('touched', 2)
    await bench.writeList('shop', [feed('other')])
    await reloaded(1)
    const swappedAt = Date.now()
    await isAsked('other', bench.asked('other') + 10)
    const late = bench
      .api()
      .served()
      .filter(({ path, startedAt }) => path.includes('/touched/') && startedAt > swappedAt + 1000)
    expect(late).toEqual([])
    expect(bench.lines).toContainEqual(
      expect.objectContaining({ message: 'reloaded', fields: { watchesRemoved: ['shop/jobs/touched'] } }),
    )
  })

  it('to files that were not there and to fewer files is one too', async () => {
    await startWith(feed('other'))
    await bench.writeList('more', [feed('touched')])
    await isAsked('touched')
    await rm(bench.list('shop'))
    await reloaded(2)
    expect(bench.lines).toContainEqual(
      expect.objectContaining({ fields: { watchesRemoved: ['shop/jobs/other'] } }),
    )
  })

  it('that is bad leaves its watches as they are, and takes no others with it', async () => {
    await startWith(feed('other'))
    await bench.writeList('more', [feed('touched')])
    await isAsked('touched')
    await Promise.all([
      writeFile(bench.list('shop'), 'watches:\n  - { project: shop, jbo: other }\n'),
      bench.writeList('more', [feed('untouched')]),
    ])
    await isAsked('untouched')
    await isAsked('other', bench.asked('other') + 3)
    expect(bench.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/watchlists\/shop\.yaml:2:\d+: watches\[0\].*jbo/),
      }),
    )
    await bench.writeList('shop', [feed('touched')])
    await reloaded(3)
    expect(bench.lines.findLast(({ message }) => message === 'reloaded')?.fields).toEqual({
      watchesAdded: ['shop/jobs/touched'],
      watchesRemoved: ['shop/jobs/other'],
    })
  })
})
