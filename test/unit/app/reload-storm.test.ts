import { beforeEach, describe, expect, it } from '@jest/globals'
import { feedOf } from './fixtures.js'
import { createReloadBench, invalid, settingsOf } from './reload-bench.js'

const PROBLEM = 'watchlists/shop.yaml:3:5: watches[0].job: must not be empty; name a job'

let bench: ReturnType<typeof createReloadBench>

beforeEach(() => {
  bench = createReloadBench()
})

describe('a storm of reloads', () => {
  const storm = async (times: number, settings: () => ReturnType<typeof invalid>): Promise<void> => {
    for (let nth = 0; nth < times; nth += 1) {
      await bench.reloadTo(settings())
      bench.clock.advance(10)
    }
  }
  const loud = () => bench.logger.lines.filter(({ level }) => level !== 'debug')

  it('that change nothing is a handful of lines, and the next one counts what was left out', async () => {
    await storm(300, () => bench.first)
    expect(loud()).toHaveLength(5)
    bench.clock.advance(60_000)
    await bench.reloadTo(bench.first)
    expect(loud().at(-1)).toEqual({
      level: 'info',
      fields: { alike: 295 },
      message: 'reloaded; nothing is different',
    })
    await bench.reloadTo(bench.first)
    expect(loud().at(-1)?.fields).toEqual({})
  })

  it('goes on to be told now and then while it lasts', async () => {
    await storm(3000, () => bench.first)
    expect(loud().length).toBeGreaterThan(8)
    expect(loud().length).toBeLessThan(12)
  })

  it('that are refused is a handful of lines, and each reason once', async () => {
    await storm(300, () => invalid(PROBLEM))
    expect(loud().filter(({ message }) => message === PROBLEM)).toHaveLength(1)
    expect(loud()).toHaveLength(6)
  })

  it('with bad watchlists or changes that wait for a restart is no more than that', async () => {
    const parts = { ...bench.first.configuration, http: { host: '::1', port: 1 } }
    const badFiles = new Map([['/a.yaml', 'kept' as const]])
    await storm(300, () => settingsOf({ ...parts, badFiles }, { problems: [PROBLEM], badFiles: ['/a.yaml'] }))
    // The problem itself, and three lines for each that is told, of which the first is news.
    expect(loud().length).toBeLessThanOrEqual(1 + 3 * 6)
  })

  it('hides no change, and not that refused files are good again', async () => {
    await storm(300, () => bench.first)
    await bench.reloadTo(settingsOf({ digest: 'two', watches: [feedOf('nightly'), feedOf('hourly')] }))
    expect(loud().at(-1)?.fields).toEqual({ watchesAdded: ['shop/jobs/hourly'] })
    await bench.reloadTo(invalid(PROBLEM))
    await bench.reloadTo(settingsOf({ digest: 'two', watches: [feedOf('nightly'), feedOf('hourly')] }))
    expect(loud().at(-1)?.message).toBe('reloaded; nothing is different')
  })

  it('that are cut short is a handful of lines too', async () => {
    bench.files(() => Promise.reject(new Error('a defect')))
    for (let nth = 0; nth < 100; nth += 1) await bench.reloader.reload()
    expect(loud()).toHaveLength(5)
  })
})
