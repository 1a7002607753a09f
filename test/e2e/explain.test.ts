/** `explain` beside a daemon that has told two failures of a branch: to whom, to whom not, and why. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { planBuild } from '../support/build-plans.js'
import { runCommand } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { refusedWith } from '../support/hook-receiver.js'
import { type Receiver, startReceiver, status } from '../support/notifier-contract-receiver.js'
import { openWorld, type World } from '../support/world.js'
import { WORLD_ENV } from '../support/world-files.js'

const [FIRST, SECOND] = ['shop/jobs/nightly/fail-1', 'shop/jobs/nightly/fail-2']

interface Explained {
  readonly transitions: readonly object[]
  readonly probes: readonly object[]
  readonly routes: readonly {
    readonly event: string
    readonly routesOf: string
    readonly routes: readonly Route[]
  }[]
  readonly deliveries: readonly Delivery[]
}

interface Route {
  readonly to: string
  readonly becomes: string
}

interface Delivery {
  readonly notifier: string
  readonly event: string
  readonly state: string
  readonly reason?: string
  readonly detail?: string
  readonly tries: readonly { readonly at: string; readonly result: string; readonly reason?: string }[]
}

/** All the year, but for the month that is half a year away. */
const QUIET_MONTHS = Array.from({ length: 12 }, (_, at) => at + 1).filter(
  (month) => month !== ((new Date().getUTCMonth() + 6) % 12) + 1,
)

const ROUTES = [
  { to: 'hook', on: ['failure'] },
  { to: 'hook', on: ['concluded'] },
  { to: 'ops', on: ['failure'] },
  { to: 'release', on: ['concluded'], branches: ['release/*'] },
  { to: 'pager', on: ['broke'], after: 2 },
  { to: 'muted', on: ['failure'] },
  {
    to: 'bed',
    on: ['failure'],
    // oxlint-disable-next-line unicorn/no-thenable -- a key of the file; nobody awaits a route
    quiet_hours: { schedule: `* * * ${QUIET_MONTHS.join(',')} *`, then: 'drop' },
  },
  { to: 'once', on: ['failure'], once_per: 'line' },
  { to: 'chat', on: ['failure'] },
]

describe('explain beside a daemon', () => {
  let world: World
  let chat: Receiver
  let first: Explained
  let second: Explained

  const command = (...args: string[]) =>
    runCommand({ args: [...args, '-c', world.settingsFile], cwd: world.dir, env: WORLD_ENV })

  async function explained(key: string): Promise<Explained | undefined> {
    const { code, stdout } = await command('explain', key, '-o', 'json')
    const found: Explained | undefined = code === 0 ? JSON.parse(stdout) : undefined
    const isOver = found?.deliveries.some(({ event }) => event.endsWith('#concluded'))
    return isOver && found?.deliveries.every(({ state }) => state !== 'pending') ? found : undefined
  }

  beforeAll(async () => {
    chat = await startReceiver()
    chat.answerWith(status(200, {}, 'ok'))
    const log = { type: 'log' }
    const group = { type: 'slack', webhook_url_file: 'chat-url', allow_private: true, group: '5s' }
    world = await openWorld({
      // What nobody has built yet, the API does not know.
      plans: [planBuild('past', { startsInMs: -60_000, branch: 'main', pullRequestId: null })],
      hooks: ['hook', 'ops'],
      retrySchedule: ['200ms', '200ms'],
      notifiers: { release: log, pager: log, muted: log, bed: log, once: log, chat: group },
      lists: { world: [{ project: 'shop', job: 'nightly', notify: ROUTES }] },
    })
    world.hook('ops').react(({ nth }) => refusedWith(nth === 1 ? 503 : 400))
    await world.write('chat-url', `${chat.origin}/services/T012/B012/a-secret-path`)
    const daemon = world.start()
    const evidence = () => daemon.stderr().slice(-15).join('\n')
    const silence = () => command('silence', 'add', '--for', '1h', '--notifier', 'muted', '--reason', 'drill')
    await eventually(async () => (await silence()).code === 0, {
      what: 'a silence',
      withinMs: 20_000,
      evidence,
    })
    // What has ended before the first look at the job would be history.
    const firstLook = () => command('explain', 'past')
    await eventually(async () => (await firstLook()).code === 0, {
      what: 'the first look at the job',
      withinMs: 20_000,
      evidence,
    })
    for (const [at, build] of ['fail-1', 'fail-2'].entries())
      world.api.simulator.addBuild({
        ref: { project: 'shop', kind: 'jobs', resource: 'nightly', build },
        startsInMs: 1100 * at,
        steps: [{ status: 'BUILDING', forMs: 1000 }],
        end: { status: 'FAILURE', success: false },
        branch: 'main',
        pullRequestId: null,
      })
    const settled = (key: string) =>
      eventually(() => explained(key), { what: `${key} told`, withinMs: 30_000, evidence })
    first = await settled(FIRST)
    second = await settled(SECOND)
  }, 90_000)

  afterAll(async () => {
    await world.close()
    await chat.close()
  })

  const ofEnd = ({ routes }: Explained) =>
    Object.fromEntries(
      routes
        .filter(({ event }) => event.endsWith('#concluded'))
        .flatMap((each) => each.routes.map(({ to, becomes }, at) => [`${at} ${to}`, becomes])),
    )

  it('names of each route what came of it, or why nothing did', () => {
    expect(ofEnd(first)).toMatchObject({
      '0 hook': 'accepted',
      '1 hook': 'matches, but an earlier route to hook decides',
      '2 ops': 'dead (exhausted)',
      '3 release': 'other_branch',
      '4 pager': 'not_yet (1 of 2)',
      '5 muted': 'suppressed (silence)',
      '6 bed': 'suppressed (quiet_hours)',
      '7 once': 'accepted',
    })
    expect(ofEnd(second)).toMatchObject({ '4 pager': 'accepted', '7 once': 'suppressed (once_per)' })
    expect(new Set([first, second].map((each) => ofEnd(each)['8 chat']))).toEqual(
      new Set(['accepted', 'suppressed (grouped)']),
    )
    expect(first.routes.every(({ routesOf }) => routesOf === 'event')).toBe(true)
  })

  it('has each attempt of the one that was given up, with what was answered', () => {
    const dead = first.deliveries.find(({ notifier }) => notifier === 'ops')
    expect(dead).toMatchObject({ state: 'dead_lettered', reason: 'exhausted' })
    expect(dead?.tries).toMatchObject([
      { result: 'failed', reason: expect.stringContaining('503') },
      { result: 'failed', reason: expect.stringContaining('400') },
      { result: 'failed', reason: expect.stringContaining('400') },
    ])
  })

  it('is a table of eighty columns for people, by the id alone', async () => {
    const { code, stdout } = await command('explain', 'fail-1')
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.filter((line) => /^[A-Z]+$/.test(line))).toEqual([
      'TRANSITIONS',
      'PROBES',
      'ROUTES',
      'DELIVERIES',
    ])
  })

  it('goes by the routes of now once the log has been trimmed, and still has the deliveries', async () => {
    const redis = await world.connect()
    await redis.xtrim('{buildwatch}:events', 'MAXLEN', 0)
    const left = await explained(FIRST)
    expect(left?.routes.every(({ routesOf }) => routesOf === 'now')).toBe(true)
    expect(left?.deliveries).toEqual(first.deliveries)
  })
})
