import { resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import { RETRY_SCHEDULE } from '../../../src/domain/retry.js'
import { STUCK_RULES } from '../../../src/domain/stuck.js'
import { BASE, configurationOf, ENV, KINDS, load } from './fixture.js'

const DAY_MS = 86_400_000
const WATCH = '{ project: p, job: j, build: b }'

describe('the least that is needed', () => {
  test('gives every default', async () => {
    const { digest, accounts, files, ...rest } = await configurationOf({
      'settings.yaml': 'accounts: { default: { token: "${TOKEN}" } }\n',
    })
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(files).toHaveLength(1)
    expect(accounts.get('default')).toMatchObject({
      name: 'default',
      baseUrl: 'https://api.northflank.com',
      reserve: { kind: 'share', share: 0.1 },
    })
    expect(rest).toEqual({
      redis: { kind: 'embedded', port: 6399, dataDir: resolve('data'), prefix: 'buildwatch' },
      messages: { logLines: 0 },
      strategy: 'learned',
      polling: { minIntervalMs: 2000, maxIntervalMs: 3_600_000, timeoutMs: 15_000 },
      engine: { leaseMs: 10_000 },
      deliveries: { retryScheduleMs: RETRY_SCHEDULE },
      retention: { buildsMs: 30 * DAY_MS, eventsMs: 7 * DAY_MS, maxEvents: 100_000, linesMs: 180 * DAY_MS },
      stuck: STUCK_RULES,
      notifiers: new Map(),
      notify: [],
      accountRoutes: new Map([['default', []]]),
      watches: [],
      badFiles: new Map(),
      log: { level: 'info', format: 'auto' },
    })
  })

  test('asks at shorter pauses where nothing is learned', async () => {
    const text =
      'accounts: { default: { token: "${TOKEN}" } }\npolling: { strategy: backoff, min_interval: 3s }\n'
    expect(await configurationOf({ 'settings.yaml': text })).toMatchObject({
      strategy: 'backoff',
      polling: { minIntervalMs: 3000, maxIntervalMs: 60_000 },
    })
  })

  test('may leave blocks empty whose lines are all commented out', async () => {
    const keys = 'redis polling retention stuck digest notifiers notify watchlists watches http log'.split(
      ' ',
    )
    const text = `accounts: { default: { token: "\${TOKEN}" } }\n${keys.map((key) => `${key}:\n  # x\n`).join('')}`
    expect(await configurationOf({ 'settings.yaml': text })).toMatchObject({ watches: [] })
  })
})

describe('a whole configuration', () => {
  const settings = `
redis: { url: "\${REDIS_URL:-redis://:pw@redis.internal:6379/2}", prefix: other }
accounts:
  default: { token: "\${TOKEN}", base_url: "https://api.example.com/northflank/", reserve: 50 }
  local: { token: "\${TOKEN}", base_url: "http://127.0.0.1:4000", reserve: 2.5% }
  inside: { token: "\${TOKEN}", base_url: "http://api.internal", allow_insecure: "\${YES}" }
polling: { min_interval: 500ms, max_interval: 5m, timeout: 10s }
engine: { lease: 2s }
deliveries: { retry_schedule: [1s, 2m] }
retention: { builds: 60d, events: 1d, max_events: "\${MAX:-5000}", lines: 90d }
stuck: { factor: "\${FACTOR:-1.5}", at_least: 1m, unschedulable: 1h }
messages: { log_lines: 20, link: "https://app.example.com/{project}/{build}" }
digest: { schedule: " 30  7 * * MON-fri", timezone: Europe/Berlin, notify: [console, hook, console] }
notifiers:
  console: { type: log, format: json }
  hook: { type: webhook, url: "https://\${HOST:-ci.example.com}/hook", secret: "\${HOOK_SECRET}", tries: "\${TRIES:-3}" }
notify: [console, { to: hook, on: [failure, crashed, failure] }]
watches:
  - ${WATCH}
  - { team: t, project: p, service: s, build: "12e5678", account: local, notify: [hook], timeout: 1m, schedule: "* 8-18 * * 1-5" }
  - { project: p, job: j, build: "\${BUILD:-0123}", notify: [] }
http: { port: 0 }
log: { level: warn, format: words }
`

  test('is resolved to the last value', async () => {
    const configuration = await configurationOf({ 'settings.yaml': settings })
    expect(configuration).toMatchObject({
      redis: { kind: 'server', prefix: 'other' },
      polling: { minIntervalMs: 500, maxIntervalMs: 300_000, timeoutMs: 10_000 },
      engine: { leaseMs: 2000 },
      deliveries: { retryScheduleMs: [1000, 120_000] },
      retention: { buildsMs: 60 * DAY_MS, eventsMs: DAY_MS, maxEvents: 5000, linesMs: 90 * DAY_MS },
      stuck: { factor: 1.5, atLeastMs: 60_000, unschedulableMs: 3_600_000 },
      messages: { logLines: 20, link: 'https://app.example.com/{project}/{build}' },
      digestSchedule: {
        cron: '30 7 * * mon-fri',
        timezone: 'Europe/Berlin',
        routes: [
          { to: 'console', on: ['digest'] },
          { to: 'hook', on: ['digest'] },
        ],
      },
      notify: [
        { to: 'console', on: ['concluded'] },
        { to: 'hook', on: ['failure', 'crashed'] },
      ],
      http: { host: '127.0.0.1', port: 0 },
      log: { level: 'warn', format: 'words' },
    })
    expect([...configuration.accounts.values()].map(({ baseUrl, reserve }) => [baseUrl, reserve])).toEqual([
      ['https://api.example.com/northflank', { kind: 'requests', requests: 50 }],
      ['http://127.0.0.1:4000', { kind: 'share', share: 0.025 }],
      ['http://api.internal', { kind: 'share', share: 0.1 }],
    ])
    expect(configuration.notifiers.get('hook')).toMatchObject({
      type: 'webhook',
      options: { url: 'https://ci.example.com/hook', unsigned: false, allow_private: false, tries: 3 },
    })
    expect(configuration.notifiers.get('hook')?.options).not.toHaveProperty('secret')
    expect(configuration.watches).toEqual([
      {
        kind: 'build',
        account: 'default',
        ref: { project: 'p', kind: 'jobs', resource: 'j', build: 'b' },
        routes: [
          { to: 'console', on: ['concluded'] },
          { to: 'hook', on: ['failure', 'crashed'] },
        ],
        polling: configuration.polling,
        windows: [],
      },
      {
        kind: 'build',
        account: 'local',
        ref: { team: 't', project: 'p', kind: 'services', resource: 's', build: '12e5678' },
        routes: [{ to: 'hook', on: ['concluded'] }],
        polling: { ...configuration.polling, timeoutMs: 60_000 },
        windows: [{ cron: '* 8-18 * * 1-5', timezone: 'UTC' }],
      },
      {
        kind: 'build',
        account: 'default',
        ref: { project: 'p', kind: 'jobs', resource: 'j', build: '0123' },
        routes: [],
        polling: configuration.polling,
        windows: [],
      },
    ])
  })

  test('is frozen', async () => {
    const configuration = await configurationOf({ 'settings.yaml': settings })
    const parts = [configuration, configuration.watches, configuration.watches[0]?.routes, configuration.log]
    expect(parts.map(Object.isFrozen)).toEqual([true, true, true, true])
  })
})

describe('accounts and levels that nobody names', () => {
  test('are the only account, whatever it is called', async () => {
    const { watches } = await configurationOf({
      'settings.yaml': `accounts: { prod: { token: "\${TOKEN}" } }\nwatches: [${WATCH}]\n`,
    })
    expect(watches.map(({ account }) => account)).toEqual(['prod'])
  })

  test('are the level of LOG_LEVEL, which wins over the settings', async () => {
    const { log } = await configurationOf(
      { 'settings.yaml': `${BASE}log: { level: error }\n` },
      { ...ENV, LOG_LEVEL: 'DEBUG' },
    )
    expect(log.level).toBe('debug')
  })

  test('are refused where LOG_LEVEL is no level', async () => {
    const { problems } = await load({ 'settings.yaml': BASE }, { ...ENV, LOG_LEVEL: 'verbose' })
    expect(problems).toEqual([
      'settings.yaml:1:1: log.level: the environment variable LOG_LEVEL is "verbose"; known are: debug, info, warn, error',
    ])
  })
})

describe('it is a warning, not an error,', () => {
  const cases = [
    {
      what: 'when a token stands in clear, which is not shown',
      yaml: 'accounts: { default: { token: s3cret } }\n',
      says: '1:31: accounts.default.token: stands in clear in this file; write a reference such as "${NAME}", or use token_file',
    },
    {
      what: 'when a password stands in clear, which is not shown',
      yaml: `${BASE}redis: { url: "redis://:s3cret@host" }\n`,
      says: '3:15: redis.url: holds a password in clear; write a reference such as "${REDIS_URL}"',
    },
    {
      what: 'when a secret file cannot be read yet',
      yaml: 'accounts: { default: { token_file: /nowhere/token } }\n',
      says: '1:36: accounts.default.token_file: /nowhere/token cannot be read (ENOENT); make the file readable for this process',
    },
  ]

  test.each(cases)('$what', async ({ yaml, says }) => {
    const { result, warnings } = await load({ 'settings.yaml': yaml })
    expect(warnings).toEqual([`settings.yaml:${says}`])
    expect(result.ok).toBe(true)
  })
})

describe('of what is refused', () => {
  test('it is known where the data is, if that much is right', async () => {
    const { result } = await load({ 'settings.yaml': 'redis: { prefix: other, port: 7000 }\nwatches: 1\n' })
    expect(result).toMatchObject({ ok: false, redis: { kind: 'embedded', port: 7000, prefix: 'other' } })
  })

  test.each([
    ['redis itself is refused', `${BASE}redis: { port: 70000 }\n`],
    ['the file is no map of settings', '- a\n'],
    ['the file is no YAML', 'redis: {'],
  ])('nothing is known where %s', async (_, text) => {
    const { result } = await load({ 'settings.yaml': text })
    expect(result.ok).toBe(false)
    expect(result).not.toHaveProperty('redis')
  })
})

test('the loader tells each secret that it revealed, so that logs can be scrubbed of it', async () => {
  const learnt: string[] = []
  const url = 'redis://user:p%40ss@host:6379'
  const configuration = await configurationOf({ 'settings.yaml': `${BASE}redis: { url: "${url}" }\n` })
  const result = await loadConfiguration(configuration.files[0] ?? '', {
    env: ENV,
    notifierKinds: KINDS,
    onSecret: (value) => learnt.push(value),
  })
  if (!result.ok || result.configuration.redis.kind !== 'server') throw new Error('unexpected')
  await result.configuration.accounts.get('default')?.token.reveal()
  await result.configuration.redis.url.reveal()
  expect(learnt).toEqual([ENV.TOKEN, 'p%40ss', 'p@ss'])
})
