import { beforeEach, describe, expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { promised } from '../../integration/queue/queue-bench.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { configurationOf, feedOf, notifiersNamed } from './fixtures.js'
import { createReloadBench, invalid, settingsOf } from './reload-bench.js'

const PROBLEM = 'watchlists/shop.yaml:3:5: watches[0].job: must not be empty; name a job'

let bench: ReturnType<typeof createReloadBench>

beforeEach(() => {
  bench = createReloadBench()
})

const linesAt = (level: string): string[] =>
  bench.logger.lines.filter((line) => line.level === level).map(({ message }) => message)

describe('a reload of valid files', () => {
  const more = { digest: 'two', watches: [feedOf('nightly'), feedOf('hourly')] }

  it('makes them the active version, and everything takes note of it', async () => {
    await bench.reloadTo(settingsOf(more))
    const { version, loadedAt, configuration, wanted } = bench.live.active()
    expect({ version, loadedAt }).toEqual({ version: 2, loadedAt: MEMORY_START_AT })
    expect(configuration.watches).toHaveLength(2)
    expect(wanted.targets.map(({ id }) => id)).toEqual(['shop/jobs/nightly', 'shop/jobs/hourly'])
    expect(wanted.digest).toMatch(/^\d+\.\d+\.\d+\+two$/)
    expect(bench.swaps.map((before) => before.version)).toEqual([1])
    expect(bench.reloader.last()).toEqual({ at: MEMORY_START_AT, ok: true, problems: [], badFiles: [] })
  })

  it('says what is different', async () => {
    await bench.reloadTo(settingsOf({ ...more, notifiers: notifiersNamed('ops') }, { settingsText: 'new' }))
    expect(bench.logger.lines).toEqual([
      {
        level: 'info',
        message: 'reloaded',
        fields: { watchesAdded: ['shop/jobs/hourly'], notifiersAdded: ['ops'] },
      },
    ])
  })

  it('does not list hundreds of watches', async () => {
    const watches = Array.from({ length: 100 }, (_, at) => feedOf(`job-${at}`))
    await bench.reloadTo(settingsOf({ digest: 'many', watches }))
    expect(bench.logger.lines[0]).toMatchObject({
      fields: {
        watchesAdded: expect.arrayContaining(['shop/jobs/job-0', 'and 80 more']),
        watchesRemoved: ['shop/jobs/nightly'],
      },
    })
  })

  it('that say the same is one all the same: who asks for it wants what was abandoned asked for again', async () => {
    await bench.reloadTo(bench.first)
    expect(bench.swaps).toHaveLength(1)
    expect(linesAt('info')).toEqual(['reloaded; nothing is different'])
  })

  it('keeps connections and notifiers where the settings file is as it was', async () => {
    const { sources, notifiers } = bench.live.active()
    await bench.reloadTo(settingsOf(more))
    expect(bench.live.active()).toMatchObject({ sources, notifiers })
    expect(bench.live.active().sources).toBe(sources)
    expect(bench.opened()).toBe(1)
    expect(bench.closed).toEqual([])
  })

  it('opens them anew where it is not, and closes the old ones', async () => {
    const { sources } = bench.live.active()
    await bench.reloadTo(settingsOf(more, { settingsText: 'new' }))
    expect(bench.live.active().sources).not.toBe(sources)
    expect(bench.opened()).toBe(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(bench.closed).toEqual([1])
  })

  it('leaves what takes a restart as it was, and says so', async () => {
    const parts = { ...more, engine: { leaseMs: 1 }, log: { level: 'debug', format: 'json' } } as const
    await bench.reloadTo(settingsOf(parts, { settingsText: 'new' }))
    const { engine, log, watches } = bench.live.active().configuration
    expect({ engine, log }).toEqual({ engine: configurationOf().engine, log: configurationOf().log })
    expect(watches).toHaveLength(2)
    expect(bench.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { sections: ['engine', 'log'] } }),
    )
  })

  it('does not say that nothing is different where a change waits for a restart', async () => {
    await bench.reloadTo(settingsOf({ ...bench.first.configuration, http: { host: '::1', port: 1 } }))
    expect(linesAt('warn')).toEqual([
      'these sections have changed and are not in force; restart the daemon to apply them',
    ])
    expect(linesAt('info')).toEqual(['reloaded; nothing else is different'])
  })

  it('says warnings that were not there before', async () => {
    await bench.reloadTo(settingsOf(more, { warnings: ['a:1:1: one'] }))
    await bench.reloadTo(settingsOf(more, { warnings: ['a:1:1: one', 'a:2:1: two'] }))
    expect(linesAt('warn')).toEqual(['a:1:1: one', 'a:2:1: two'])
  })
})

describe('a reload of bad files', () => {
  it('leaves everything as it was, and names each problem', async () => {
    const before = bench.live.active()
    await bench.reloadTo(invalid(PROBLEM, 'buildwatchd.yaml:1:1: does not exist'))
    expect(bench.live.active()).toBe(before)
    expect(bench.swaps).toEqual([])
    expect(linesAt('error')).toEqual([
      PROBLEM,
      'buildwatchd.yaml:1:1: does not exist',
      'reload refused; everything stays as it was',
    ])
    expect(bench.reloader.last()).toMatchObject({
      ok: false,
      problems: [PROBLEM, 'buildwatchd.yaml:1:1: does not exist'],
    })
  })

  it('says the same problem once a minute, and keeps it for who asks', async () => {
    await bench.reloadTo(invalid(PROBLEM))
    await bench.reloadTo(invalid(PROBLEM))
    expect(linesAt('error').filter((line) => line === PROBLEM)).toHaveLength(1)
    expect(bench.reloader.last().problems).toEqual([PROBLEM])
  })

  it('is made good by the next one, which goes by the last version that was good', async () => {
    const good = settingsOf({ digest: 'two' })
    await bench.reloadTo(good)
    await bench.reloadTo(invalid(PROBLEM))
    await bench.reloadTo(settingsOf({ digest: 'three' }))
    expect(bench.lastGood).toEqual([bench.first, good, good])
    expect(bench.reloader.last().ok).toBe(true)
    expect(bench.live.active().version).toBe(3)
  })

  it('takes up the good ones where only some watchlists are bad, and says which', async () => {
    const settings = settingsOf(
      { digest: 'two', watches: [feedOf('nightly'), feedOf('hourly')] },
      { problems: [PROBLEM], badFiles: ['watchlists/shop.yaml'] },
    )
    await bench.reloadTo(settings)
    expect(bench.live.active().configuration.watches).toHaveLength(2)
    expect(linesAt('error')).toEqual([PROBLEM, 'these watchlists are bad and stay as they were'])
    expect(bench.reloader.last()).toEqual({
      at: MEMORY_START_AT,
      ok: false,
      problems: [PROBLEM],
      badFiles: ['watchlists/shop.yaml'],
    })
  })

  it('keeps no more than twenty problems for the heartbeat', async () => {
    await bench.reloadTo(invalid(...Array.from({ length: 100 }, (_, at) => `a:${at}:1: wrong`)))
    expect(bench.reloader.last().problems).toHaveLength(20)
  })

  it('is one of files that are valid but name what cannot be built', async () => {
    const before = bench.live.active()
    bench.refuse(new BuildwatchdError('CONFIG_INVALID', 'notifiers.ops: no such type of notifier'))
    await bench.reloadTo(settingsOf({ digest: 'two' }, { settingsText: 'new' }))
    expect(bench.live.active()).toBe(before)
    expect(linesAt('error')).toContain('notifiers.ops: no such type of notifier')
    bench.refuse(undefined)
    await bench.reloadTo(settingsOf({ digest: 'two' }, { settingsText: 'new' }))
    expect(bench.live.active().version).toBe(2)
    expect(bench.opened()).toBe(2)
  })
})

describe('a bad watchlist that is mended', () => {
  const FILE = '/watchlists/shop.yaml'
  const withFile = (bad: boolean, files = [FILE]) =>
    settingsOf(
      { ...bench.first.configuration, files, badFiles: new Map(bad ? [[FILE, 'kept']] : []) },
      bad ? { problems: [PROBLEM], badFiles: [FILE] } : {},
    )
  const AGAIN = 'these watchlists are good again, and in force'

  it('to what is in force already is said to be in force again, once', async () => {
    await bench.reloadTo(withFile(true))
    await bench.reloadTo(withFile(false))
    await bench.reloadTo(withFile(false))
    expect(linesAt('info').filter((line) => line === AGAIN)).toHaveLength(1)
    expect(bench.logger.lines).toContainEqual({ level: 'info', fields: { files: [FILE] }, message: AGAIN })
  })

  it('by taking it out is not in force', async () => {
    await bench.reloadTo(withFile(true))
    await bench.reloadTo(withFile(false, []))
    expect(linesAt('info')).not.toContain(AGAIN)
  })
})

describe('reloads', () => {
  it('come one after another, and one does for all that ask while another is in hand', async () => {
    const [first, order] = [promised(), [] as string[]]
    bench.files(async () => {
      order.push('reads')
      await first.kept
      order.push('has read')
      return bench.first
    })
    const inHand = bench.reloader.reload()
    await new Promise((resolve) => setImmediate(resolve))
    const others = [1, 2, 3].map(() => bench.reloader.reload())
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual(['reads'])
    first.keep()
    await Promise.all([inHand, ...others])
    expect(order).toEqual(['reads', 'has read', 'reads', 'has read'])
    await bench.reloader.reload()
    expect(order).toHaveLength(6)
  })

  it('go on after one that a defect has cut short', async () => {
    bench.files(() => Promise.reject(new Error('a defect')))
    await bench.reloader.reload()
    expect(linesAt('error')).toEqual(['reload was cut short; everything stays as it was'])
    await bench.reloadTo(settingsOf({ digest: 'two' }))
    expect(bench.live.active().version).toBe(2)
  })
})
