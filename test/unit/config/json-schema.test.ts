import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { z } from 'zod'
import { settingsJsonSchema, watchlistJsonSchema } from '../../../src/config/json-schema.js'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import { formatProblem } from '../../../src/config/problem.js'
import { configurationOf, ENV, KINDS } from './fixture.js'

function validatorOf(schema: object): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

const isSettings = validatorOf(settingsJsonSchema(KINDS))
const isWatchlist = validatorOf(watchlistJsonSchema())

const ACCOUNTS = 'accounts: { default: { token: "${TOKEN}" } }\n'

describe('the files that ship', () => {
  const demo = {
    DEMO_API_URL: 'http://127.0.0.1:4000',
    DEMO_RECEIVER_URL: 'http://127.0.0.1:4001/hook',
    DEMO_WEBHOOK_SECRET: ENV.HOOK_SECRET,
    DEMO_DATA_DIR: '/tmp/demo',
  }

  test.each(['config/buildwatchd.yaml', 'config/demo.yaml'])(
    '%s suits the schema for editors',
    async (file) => {
      isSettings(parse(await readFile(file, 'utf8')))
      expect(isSettings.errors).toBeNull()
    },
  )

  test('config/watchlists/example.yaml suits the schema for editors, with and without its comments', async () => {
    const text = await readFile('config/watchlists/example.yaml', 'utf8')
    const uncommented = text.replaceAll(/^ {2}# (?= *[-a-z])/gm, '  ')
    expect(parse(uncommented)).toMatchObject({
      watches: [
        { job: 'example-job' },
        { branches: ['main', 'release/*', '!release/old-*'] },
        { build: '12345678' },
      ],
    })
    for (const yaml of [text, uncommented]) {
      isWatchlist(parse(yaml))
      expect(isWatchlist.errors).toBeNull()
    }
  })

  test.each([
    ['config/buildwatchd.yaml', { NORTHFLANK_API_TOKEN: 'x' }, 0],
    ['config/demo.yaml', demo, 4],
  ])('%s loads as it is, once its variables are set', async (file, env, watches) => {
    const result = await loadConfiguration(file, { env, notifierKinds: KINDS })
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([])
    expect(result.ok && result.configuration.watches).toHaveLength(watches)
    expect(result.warnings).toEqual([])
  })

  test('config/buildwatchd.yaml says what is missing where no token is set', async () => {
    const result = await loadConfiguration('config/buildwatchd.yaml', { env: {}, notifierKinds: KINDS })
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      'config/buildwatchd.yaml:15:12: accounts.default.token: the environment variable NORTHFLANK_API_TOKEN is not set; set it, or give a default where one will do: ${NORTHFLANK_API_TOKEN:-…}',
    ])
  })
})

describe('the schema of the settings', () => {
  test.each([
    'redis: { port: "${PORT:-6399}", prefix: "${PREFIX}" }\n',
    'polling: { min_interval: "${POLL}", timeout: 2s }\n',
    'notifiers: { a: { type: log }, b: { type: webhook, url: "https://${HOST}/x", unsigned: "${U}" } }\n',
    'notify: [a, { to: a, on: [success] }]\n',
    'notify: [{ to: a, branches: [main], after: 2, once_per: line, template: x, quiet_hours: false }]\n',
    'quiet_hours: { schedule: "* 22-6 * * *", timezone: Europe/Berlin, then: drop, except: [broke] }\n',
    'engine: { lease: 2s }\ndeliveries: { retry_schedule: [1s] }\n',
    'retention: { builds: 2d, max_events: "${MAX}" }\nstuck: { factor: 2.5 }\npolling: { catch_up: 0s }\n',
    'digest: { schedule: "${WHEN}", timezone: Europe/Berlin, notify: [a] }\n',
    'redis:\nengine:\npolling:\nretention:\nstuck:\ndigest:\nnotifiers:\nnotify:\nwatchlists:\nwatches:\nlog:\n',
  ])('takes %s', (text) => {
    isSettings(parse(ACCOUNTS + text))
    expect(isSettings.errors).toBeNull()
  })

  test.each([
    'redis: { prt: 1 }\n',
    'redis: { port: 70000 }\n',
    'redis: { port: "6399" }\n',
    'polling: { timeout: 2 }\n',
    'polling: { timeout: "2 s" }\n',
    'notifiers: { a: { type: lgo } }\n',
    'notifiers: { A: { type: log } }\n',
    'notifiers: { "${A}": { type: log } }\n',
    'notifiers: { a: { type: webhook, url: "https://x", secert: x } }\n',
    'notify: [{ to: a, on: [sucess] }]\n',
    'notify: [{ to: a, after: 0 }]\n',
    'notify: [{ to: a, quiet_hours: true }]\n',
    'quiet_hours: { then: later }\n',
    'quiet_hours: { schedule: "* 22-6 * * *", except: [digest] }\n',
    'watches: [{ project: p, job: j, build: 12 }]\n',
    'retention: { max_events: 1 }\n',
    'retention: { builds: 2 }\n',
    'stuck: { factor: 0 }\n',
    'digest: { schedule: "0 8 * * *" }\n',
    'digest: { notify: [] }\n',
    'digest: { schedule: "@daily", notify: [a] }\n',
    'log: { level: loud }\n',
    'unknown: 1\n',
  ])('refuses %s', (text) => {
    expect(isSettings(parse(ACCOUNTS + text))).toBe(false)
  })

  test('demands an account', () => {
    expect([{}, { accounts: {} }].map((value) => isSettings(value))).toEqual([false, false])
  })
})

describe('the schema of a watchlist', () => {
  test.each([
    '{ project: p, job: j }',
    '{ project: p, job: j, branches: [main, "${BRANCH}", "!x/*"], pull_requests: false, since: 2026-11-01 }',
    '{ project: p, job: j, pull_requests: only, catch_up: 0s, since: "2026-11-01T08:00+02:00" }',
    '{ project: p, job: j, pull_requests: "${PR}", since: "${SINCE}", schedule: "${WHEN}", timezone: "${ZONE}" }',
    '{ project: p, job: j, build: b, schedule: "* 8-18 * * mon-fri", timezone: America/Argentina/Buenos_Aires }',
    '{ project: p, job: j, notify: [{ to: a, on: [broke, stuck, recovered] }] }',
    '{ project: p, service: s, build: "${BUILD}", team: t, notify: [], min_interval: 1s }',
  ])('takes %s', (watch) => {
    isWatchlist(parse(`watches: [${watch}]`))
    expect(isWatchlist.errors).toBeNull()
  })

  test.each([
    '{ project: p, build: b }',
    '{ project: p, job: j, service: s, build: b }',
    '{ project: p, job: j, build: 12e5678 }',
    '{ project: p, job: j, build: a/b }',
    '{ project: p, job: j, build: ".." }',
    '{ project: p, job: j, branches: main }',
    '{ project: p, job: j, branches: [] }',
    '{ project: p, job: j, branches: ["!"] }',
    '{ project: p, job: j, pull_requests: none }',
    '{ project: p, job: j, since: 2026 }',
    '{ project: p, job: j, since: yesterday }',
    '{ project: p, job: j, catch_up: 24 }',
    '{ project: p, job: j, schedule: "@daily" }',
    '{ project: p, job: j, schedule: "* * * * *", timezone: "+02:00" }',
    '{ project: p, job: j, timezone: UTC }',
    '{ project: p, job: j, notify: [{ to: a, on: [digest] }] }',
    '{ project: p, job: j, weight: 400 }',
    '{ project: p, job: j, build: b, branches: [main] }',
    '{ project: p, job: j, build: b, pull_requests: true }',
    '{ project: p, job: j, build: b, since: 2026-11-01 }',
    '{ project: p, job: j, build: b, catch_up: 1h }',
  ])('refuses %s', (watch) => {
    expect(isWatchlist(parse(`watches: [${watch}]`))).toBe(false)
  })
})

/** What of the shape of a JSON Schema is needed here. */
const defaultsSchema = z.looseObject({
  properties: z.record(
    z.string(),
    z.looseObject({
      properties: z.record(z.string(), z.looseObject({ default: z.unknown().optional() })).optional(),
    }),
  ),
})

test('the defaults that editors show are those that hold', async () => {
  const { properties } = defaultsSchema.parse(settingsJsonSchema(KINDS))
  const written = ['polling', 'retention', 'stuck', 'engine'].map((part) => {
    const shown = Object.entries(properties[part]?.properties ?? {}).map(([key, schema]) => [
      key,
      schema.default,
    ])
    return `${part}: ${JSON.stringify(Object.fromEntries(shown))}\n`
  })
  expect(written).toContain('stuck: {"factor":3,"at_least":"5m","unschedulable":"10m"}\n')
  const settings = `${ACCOUNTS}watches: [{ project: p, job: j }]\n`
  const { files: _, ...defaults } = await configurationOf({ 'settings.yaml': settings })
  const { files: __, ...explicit } = await configurationOf({
    'settings.yaml': settings + written.join(''),
  })
  expect(JSON.stringify(explicit)).toBe(JSON.stringify(defaults))
})
