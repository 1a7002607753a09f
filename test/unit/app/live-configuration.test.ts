import { beforeEach, describe, expect, it } from '@jest/globals'
import { type ActiveConfiguration, createLiveConfiguration } from '../../../src/app/live-configuration.js'
import { promised } from '../../integration/queue/queue-bench.js'
import { configurationOf } from './fixtures.js'

let closed: string[]

beforeEach(() => {
  closed = []
})

function sourcesOf(name: string): ActiveConfiguration['sources'] {
  const close = async (): Promise<void> => void closed.push(name)
  return { of: () => undefined, clientOf: () => undefined, close }
}

function notifiersOf(name: string): ActiveConfiguration['notifiers'] {
  const close = async (): Promise<void> => void closed.push(name)
  return { names: [], named: () => undefined, close }
}

function versionOf(version: number, parts: Partial<ActiveConfiguration> = {}): ActiveConfiguration {
  return {
    configuration: configurationOf(),
    wanted: { digest: String(version), targets: [], accountRoutes: new Map(), notifiers: [] },
    sources: sourcesOf(`sources ${version}`),
    notifiers: notifiersOf(`notifiers ${version}`),
    version,
    loadedAt: 0,
    ...parts,
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a swap', () => {
  it('is seen by the next run, and not by one that has begun', async () => {
    const live = createLiveConfiguration(versionOf(1))
    const goOn = promised()
    const first = live.during(async (active) => {
      await goOn.kept
      return active.version
    })
    live.swap(versionOf(2))
    expect(await live.during(async ({ version }) => version)).toBe(2)
    goOn.keep()
    expect(await first).toBe(1)
    expect(live.active().version).toBe(2)
  })

  it('closes what the version before had opened at once where nothing uses it', async () => {
    const live = createLiveConfiguration(versionOf(1))
    live.swap(versionOf(2))
    await settled()
    expect(closed.toSorted()).toEqual(['notifiers 1', 'sources 1'])
  })

  it('closes nothing that a run in hand still uses, even one that is to fail', async () => {
    const live = createLiveConfiguration(versionOf(1))
    const [fail, end] = [promised(), promised()]
    const failing = live.during(() => fail.kept.then(() => Promise.reject(new Error('the run failed'))))
    const running = live.during(() => end.kept)
    live.swap(versionOf(2))
    fail.keep()
    await expect(failing).rejects.toThrow('the run failed')
    await settled()
    expect(closed).toEqual([])
    end.keep()
    await running
    await settled()
    expect(closed.toSorted()).toEqual(['notifiers 1', 'sources 1'])
  })

  it('does not wait for runs that began after it', async () => {
    const live = createLiveConfiguration(versionOf(1))
    const end = promised()
    live.swap(versionOf(2))
    const running = live.during(() => end.kept)
    await settled()
    expect(closed).toHaveLength(2)
    end.keep()
    await running
  })

  it('leaves open what the next version shares', async () => {
    const first = versionOf(1)
    const live = createLiveConfiguration(first)
    live.swap(versionOf(2, { sources: first.sources, notifiers: first.notifiers }))
    await settled()
    expect(closed).toEqual([])
    live.swap(versionOf(3, { sources: first.sources }))
    await settled()
    expect(closed).toEqual(['notifiers 1'])
  })
})

it('closing waits for the runs in hand, those of versions before included', async () => {
  const live = createLiveConfiguration(versionOf(1))
  const [one, two] = [promised(), promised()]
  const runs = [live.during(() => one.kept)]
  live.swap(versionOf(2))
  runs.push(live.during(() => two.kept))
  let isClosed = false
  const closing = live.close().then(() => {
    isClosed = true
  })
  two.keep()
  await settled()
  expect(isClosed).toBe(false)
  one.keep()
  await Promise.all([...runs, closing])
  expect(closed.toSorted()).toEqual(['notifiers 1', 'notifiers 2', 'sources 1', 'sources 2'])
})
