/** A settings file that changes under a daemon that runs, and what a reload does whatever has changed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createKeys } from '../../../src/store/keys.js'
import { createTargets } from '../../../src/store/targets.js'
import { eventually } from '../../support/eventually.js'
import { type HookReceiver, startHookReceiver, TAKEN } from '../../support/hook-receiver.js'
import { promised } from '../queue/queue-bench.js'
import { daemonBench, feed } from './daemon-bench.js'

const WITHIN_MS = 10_000
const SLOW = { min_interval: '30s', max_interval: '30s' }
const CONSOLE = { console: { type: 'log', format: 'json' } }
const EVERY_END = [{ to: 'hook', on: ['concluded'] }]

const bench = daemonBench()
let hook: HookReceiver

beforeEach(async () => {
  hook = await startHookReceiver('hook')
})

afterEach(() => hook.close())

function withHook(more: object = {}) {
  const webhook = { type: 'webhook', url: hook.url, secret: '${HOOK_SECRET}', allow_private: true, ...more }
  return { notifiers: { ...CONSOLE, hook: webhook } }
}

function addBuild(build: string, { resource = 'nightly', endsInMs = 0 } = {}): void {
  const ref = { project: 'shop', kind: 'jobs', resource, build } as const
  const steps = [{ status: 'BUILDING', forMs: endsInMs }]
  bench.api().addBuild({ ref, steps, branch: 'main', pullRequestId: null })
}

/** The n-th line that begins so. */
async function said(message: string, n = 1): Promise<void> {
  const matching = (): number => bench.lines.filter((line) => line.message.startsWith(message)).length
  await eventually(() => matching() >= n, {
    what: `"${message}" for the ${n}. time`,
    withinMs: WITHIN_MS,
    evidence: () => bench.lines.map(({ level, message }) => `${level}: ${message}`).join('\n'),
  })
}

const attempts = (): string[] => hook.attempts.map(({ eventId }) => eventId)

describe('a change of the settings', () => {
  it('brings a notifier that is served from then on', async () => {
    addBuild('b-0')
    await bench.writeSettings()
    await bench.writeList('shop', [feed('nightly')])
    await bench.start()
    await bench.writeSettings(withHook())
    await said('reloaded')
    await bench.writeList('shop', [feed('nightly', { notify: EVERY_END })])
    await said('reloaded', 2)
    addBuild('b-1', { endsInMs: 500 })
    await eventually(() => attempts().length > 0, { what: 'a delivery', withinMs: WITHIN_MS })
    await said('delivered')
    expect(attempts()).toEqual(['shop/jobs/nightly/b-1#concluded'])
    expect(bench.lines).toContainEqual(
      expect.objectContaining({ message: 'reloaded', fields: { notifiersAdded: ['hook'] } }),
    )
  })

  it('takes a notifier away, but not what it has in hand', async () => {
    const [answered, hanging] = [promised(), promised()]
    hook.react(() => ({
      accepted: true,
      answer(response) {
        hanging.keep()
        void answered.kept.then(() => response.writeHead(204).end())
      },
    }))
    await bench.writeSettings(withHook())
    await bench.writeList('shop', [feed('nightly', { notify: EVERY_END })])
    await bench.start()
    addBuild('b-1', { endsInMs: 500 })
    await hanging.kept
    await bench.writeList('shop', [feed('nightly')])
    await said('reloaded')
    await bench.writeSettings()
    await said('reloaded', 2)
    // A sweep with the new settings has been and gone.
    const redis = bench.connect()
    const [heartbeat = ''] = await redis.keys('{buildwatch}:heartbeat:*')
    await eventually(async () => (await redis.get(heartbeat))?.includes('"version":3'), {
      what: 'the new version in the heartbeat',
      withinMs: WITHIN_MS,
    })
    answered.keep()
    await said('delivered')
    expect(attempts()).toEqual(['shop/jobs/nightly/b-1#concluded'])
    expect(bench.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('of a notifier is in force with its next delivery, and loses none', async () => {
    const other = await startHookReceiver('hook')
    try {
      await bench.writeSettings(withHook())
      await bench.writeList('shop', [feed('nightly', { notify: EVERY_END })])
      await bench.start()
      addBuild('b-1', { endsInMs: 500 })
      await said('delivered')
      await bench.writeSettings(withHook({ url: other.url }))
      await said('reloaded')
      hook.react(() => TAKEN)
      addBuild('b-2', { endsInMs: 500 })
      await said('delivered', 2)
      expect(attempts()).toEqual(['shop/jobs/nightly/b-1#concluded'])
      expect(other.attempts.map(({ eventId }) => eventId)).toEqual(['shop/jobs/nightly/b-2#concluded'])
    } finally {
      await other.close()
    }
  })

  it('that makes them bad leaves everything as it was, until they are mended', async () => {
    for (const resource of ['nightly', 'other']) addBuild('b-1', { resource })
    await bench.writeSettings()
    await bench.writeList('shop', [feed('nightly')])
    await bench.start()
    await writeFile(join(bench.dir(), 'buildwatchd.yaml'), 'acounts: {}\n')
    await bench.writeList('shop', [feed('nightly'), feed('other')])
    await said('reload refused')
    expect(bench.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/buildwatchd\.yaml:1:1: acounts: is no known key/),
      }),
    )
    const asked = bench.asked('nightly')
    await eventually(() => bench.asked('nightly') > asked + 2, { what: 'more polls', withinMs: WITHIN_MS })
    expect(bench.asked('other')).toBe(0)
    await bench.writeSettings()
    await eventually(() => bench.asked('other') > 0, { what: 'the other watch', withinMs: WITHIN_MS })
  })
})

describe('a reload that is asked for', () => {
  it('brings back what was abandoned, though no file has changed', async () => {
    for (const resource of ['nightly', 'other']) addBuild('b-1', { resource })
    await bench.writeSettings()
    await bench.writeList('shop', [feed('nightly', SLOW), feed('other', SLOW)])
    const daemon = await bench.start()
    for (const job of ['nightly', 'other'])
      await eventually(() => bench.asked(job) === 1, { what: `${job} asked`, withinMs: WITHIN_MS })
    const [redis, keys] = [bench.connect(), createKeys('buildwatch')]
    const targets = createTargets({ redis, keys, clock: Date, replica: 'test' })
    await targets.abandon('shop/jobs/nightly')
    // As it would have ended its own poll job.
    await redis.zrem(`${keys.queue}:polls:delayed`, 'shop/jobs/nightly')
    await redis.del(`${keys.queue}:polls:shop/jobs/nightly`)
    await daemon.reload()
    await eventually(() => bench.asked('nightly') === 2, { what: 'it asked again', withinMs: WITHIN_MS })
    expect(bench.asked('other')).toBe(1)
    expect(bench.lines).toContainEqual(
      expect.objectContaining({ message: 'reloaded; nothing is different', fields: {} }),
    )
  })
})

describe('a start with a bad watchlist', () => {
  it('follows the others, shows what is wrong, and takes up the bad one when it is mended', async () => {
    for (const resource of ['nightly', 'other']) addBuild('b-1', { resource })
    await bench.writeSettings()
    await bench.writeList('good', [feed('nightly')])
    await writeFile(bench.list('bad'), 'watches:\n  - { project: shop, jbo: other }\n')
    await bench.start()
    await eventually(() => bench.asked('nightly') > 0, { what: 'the good one', withinMs: WITHIN_MS })
    const redis = bench.connect()
    const facts = await eventually(
      async () => {
        const [heartbeat] = await redis.keys('{buildwatch}:heartbeat:*')
        const beat = heartbeat === undefined ? null : await redis.get(heartbeat)
        return beat === null ? undefined : JSON.parse(beat).facts
      },
      { what: 'a heartbeat', withinMs: WITHIN_MS },
    )
    expect(facts.lastReload).toMatchObject({
      ok: false,
      badFiles: [bench.list('bad')],
      problems: expect.arrayContaining([expect.stringMatching(/bad\.yaml:2:\d+: .*jbo/)]),
    })
    await bench.writeList('bad', [feed('other')])
    await eventually(() => bench.asked('other') > 0, { what: 'the mended one', withinMs: WITHIN_MS })
  })
})
