import { describe, expect, test } from '@jest/globals'
import type { FeedWatch } from '../../../src/domain/target.js'
import { BASE, configurationOf, ENV } from './fixture.js'

async function feedOf(entries: string, { settings = '', env = {} } = {}): Promise<FeedWatch> {
  const text = `${BASE}${settings}watches:\n  - { project: p, job: j, ${entries} }\n`
  const { watches } = await configurationOf({ 'settings.yaml': text }, { ...ENV, ...env })
  const [watch] = watches
  if (watch?.kind !== 'feed') throw new Error('no feed')
  return watch
}

describe('a watch that names no build', () => {
  test('follows every build of its job, from now on', async () => {
    const configuration = await configurationOf({
      'settings.yaml': `${BASE}notify: [console]\nwatches: [{ project: p, job: j }]\n`,
    })
    expect(configuration.watches).toEqual([
      {
        kind: 'feed',
        account: 'default',
        ref: { project: 'p', kind: 'jobs', resource: 'j' },
        filter: { branches: [], pullRequests: 'with' },
        catchUpMs: 86_400_000,
        routes: [{ to: 'console', on: ['concluded'] }],
        polling: configuration.polling,
        windows: [],
      },
    ])
  })

  test('may say everything', async () => {
    const watch = `{ team: t, project: p, service: s, branches: [main, "release/*", "!release/old-*"], pull_requests: false,
      since: 2026-11-01T08:00+01:00, catch_up: 2h, schedule: "*  8-18 * * MON-FRI", timezone: Europe/Berlin,
      notify: [{ to: console, on: [broke, stuck, gone] }], min_interval: 5s }`
    const { watches } = await configurationOf({ 'settings.yaml': `${BASE}watches:\n  - ${watch}\n` })
    expect(watches).toEqual([
      {
        kind: 'feed',
        account: 'default',
        ref: { team: 't', project: 'p', kind: 'services', resource: 's' },
        filter: { branches: ['main', 'release/*', '!release/old-*'], pullRequests: 'without' },
        sinceAt: Date.parse('2026-11-01T07:00:00Z'),
        catchUpMs: 7_200_000,
        windows: [{ cron: '* 8-18 * * mon-fri', timezone: 'Europe/Berlin' }],
        routes: [{ to: 'console', on: ['broke', 'stuck', 'gone'] }],
        polling: { minIntervalMs: 5000, maxIntervalMs: 3_600_000, timeoutMs: 15_000 },
      },
    ])
  })

  test('is frozen to its last part', async () => {
    const { filter, windows } = await feedOf('branches: [main], schedule: "* * * * *"')
    expect([filter, filter.branches, windows, windows[0]].map(Object.isFrozen)).toEqual(Array(4).fill(true))
  })
})

test.each([
  ['true', 'with'],
  ['false', 'without'],
  ['only', 'only'],
  ['"${YES}"', 'with'],
  ['"${NO:-false}"', 'without'],
  ['"${ONLY:-only}"', 'only'],
])('pull_requests: %s takes builds %s pull requests', async (written, taken) => {
  const { filter } = await feedOf(`pull_requests: ${written}`)
  expect(filter.pullRequests).toBe(taken)
})

test('branches may come from the environment, one by one', async () => {
  const { filter } = await feedOf('branches: ["${BRANCH}", "!${BRANCH}/old"]', { env: { BRANCH: '1.10' } })
  expect(filter.branches).toEqual(['1.10', '!1.10/old'])
})

test.each([
  ['2026-11-01', '2026-11-01T00:00:00Z'],
  ['"2026-11-01"', '2026-11-01T00:00:00Z'],
  ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00Z'],
  ['"${SINCE:-2026-11-01T10:00}"', '2026-11-01T10:00:00Z'],
])('since: %s is %s', async (written, instant) => {
  expect((await feedOf(`since: ${written}`)).sinceAt).toBe(Date.parse(instant))
})

describe('catch_up', () => {
  test('is that of the settings where the watch says nothing', async () => {
    const settings = 'polling: { catch_up: 6h }\n'
    const feeds = [await feedOf('', { settings }), await feedOf('catch_up: 1h', { settings })]
    expect(feeds.map(({ catchUpMs }) => catchUpMs)).toEqual([6 * 3_600_000, 3_600_000])
  })

  test('may be nothing, and may be nearly as long as builds are kept', async () => {
    const feeds = [
      await feedOf('catch_up: 0s'),
      await feedOf('catch_up: 2819m', { settings: 'retention: { builds: 2d }\n' }),
    ]
    expect(feeds.map(({ catchUpMs }) => catchUpMs)).toEqual([0, 2819 * 60_000])
  })
})

test.each([
  'UTC',
  'Europe/Berlin',
  'America/Argentina/Buenos_Aires',
  'Etc/GMT+5',
  'Asia/Kolkata',
  'Asia/Calcutta',
])('%s is a time zone', async (timezone) => {
  const { windows } = await feedOf(`schedule: "* * * * *", timezone: ${timezone}`)
  expect(windows).toEqual([{ cron: '* * * * *', timezone }])
})
