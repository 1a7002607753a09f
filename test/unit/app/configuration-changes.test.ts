import { describe, expect, it } from '@jest/globals'
import {
  changedForRestart,
  configurationChanges,
  withoutRestart,
} from '../../../src/app/configuration-changes.js'
import type { RedisSettings } from '../../../src/config/configuration.js'
import { accountsNamed, buildOf, configurationOf, feedOf, notifiersNamed, secretOf } from './fixtures.js'

const TO_OPS = { routes: [{ to: 'ops', on: ['broke'] as const }] }

describe('what a reload changes', () => {
  it('is nothing where both say the same, in whatever order', async () => {
    const watches = [feedOf('nightly'), buildOf('web', 'b-1')]
    const before = configurationOf({ watches, notifiers: notifiersNamed('ops') })
    const after = configurationOf({ watches: watches.toReversed(), notifiers: notifiersNamed('ops') })
    expect(await configurationChanges(before, after)).toEqual({})
  })

  it('is named watch by watch', async () => {
    const before = configurationOf({ watches: [feedOf('stays'), feedOf('goes'), buildOf('web', 'b-1')] })
    const after = configurationOf({
      watches: [feedOf('stays', TO_OPS), feedOf('comes'), buildOf('web', 'b-1')],
    })
    expect(await configurationChanges(before, after)).toEqual({
      watchesAdded: ['shop/jobs/comes'],
      watchesRemoved: ['shop/jobs/goes'],
      watchesChanged: ['shop/jobs/stays'],
    })
  })

  it('is one change where two watches of one job are told apart by their filters', async () => {
    const onMain = feedOf('nightly', { filter: { branches: ['main'], pullRequests: 'with' } })
    const before = configurationOf({ watches: [feedOf('nightly')] })
    const after = configurationOf({ watches: [feedOf('nightly'), onMain] })
    expect(await configurationChanges(before, after)).toEqual({ watchesChanged: ['shop/jobs/nightly'] })
  })

  it('names notifiers and accounts too', async () => {
    const before = configurationOf({
      notifiers: notifiersNamed('old', 'same'),
      accounts: accountsNamed('default'),
    })
    const after = configurationOf({
      notifiers: notifiersNamed('same', 'new'),
      accounts: accountsNamed('default', 'acme'),
    })
    expect(await configurationChanges(before, after)).toEqual({
      notifiersAdded: ['new'],
      notifiersRemoved: ['old'],
      accountsAdded: ['acme'],
    })
  })

  const [account] = [...accountsNamed('default').values()]
  const accountWith = (facts: object) =>
    configurationOf({ accounts: new Map([['default', { ...account!, ...facts }]]) })

  it.each<[string, object]>([
    ['another address', { baseUrl: 'https://proxy.example.com' }],
    ['another reserve', { reserve: { kind: 'requests', requests: 5 } }],
    ['another token', { token: secretOf('another') }],
  ])('names an account that has %s, and no value of it', async (_, facts) => {
    const changes = await configurationChanges(accountWith({}), accountWith(facts))
    expect(changes).toEqual({ accountsChanged: ['default'] })
  })

  it('names no account whose token cannot be read, before as after', async () => {
    const unreadable = () => ({ reveal: () => Promise.reject(new Error('SECRET_UNREADABLE')) })
    const [before, after] = [accountWith({ token: unreadable() }), accountWith({ token: unreadable() })]
    expect(await configurationChanges(before, after)).toEqual({})
  })

  it.each<[string, object]>([
    ['options', { options: { url: 'https://two' } }],
    ['kind', { type: 'webhook' }],
    ['secrets', { secrets: { secret: secretOf('two') } }],
    ['pace', { pace: { concurrency: 1, groupMs: 0 } }],
  ])('names a notifier of other %s, and no value of it', async (_, facts) => {
    const one = {
      name: 'ops',
      type: 'log',
      options: { url: 'https://one' },
      secrets: { secret: secretOf('one') },
      pace: { concurrency: 8, groupMs: 0 },
    }
    const before = configurationOf({ notifiers: new Map([['ops', one]]) })
    const after = configurationOf({ notifiers: new Map([['ops', { ...one, ...facts }]]) })
    const same = { ...one, secrets: { secret: secretOf('one') } }
    expect(await configurationChanges(before, after)).toEqual({ notifiersChanged: ['ops'] })
    expect(
      await configurationChanges(before, configurationOf({ notifiers: new Map([['ops', same]]) })),
    ).toEqual({})
  })

  it('names the sections that concern no one by name, as they are called in the file', async () => {
    const before = configurationOf()
    const after = configurationOf({
      polling: { ...before.polling, timeoutMs: 1 },
      deliveries: { retryScheduleMs: [1] },
      retention: { ...before.retention, maxEvents: 1 },
      stuck: { ...before.stuck, factor: 99 },
      messages: { logLines: 9 },
      notify: [{ to: 'ops', on: ['broke'] }],
      digestSchedule: { cron: '0 8 * * *', timezone: 'UTC', routes: [] },
    })
    expect(await configurationChanges(before, after)).toEqual({
      settingsChanged: ['polling', 'deliveries', 'retention', 'stuck', 'messages', 'notify', 'digest'],
    })
  })
})

describe('what takes a restart', () => {
  const server = (url: string, prefix = 'buildwatch'): RedisSettings => ({
    kind: 'server',
    url: secretOf(url),
    prefix,
  })
  const before = configurationOf({ redis: server('redis://one') })

  it('is nothing where the sections are equal, a URL from another reference included', async () => {
    expect(await changedForRestart(before, configurationOf({ redis: server('redis://one') }))).toEqual([])
  })

  it.each([
    ['another server', { redis: server('redis://two') }, ['redis']],
    ['another prefix', { redis: server('redis://one', 'shop') }, ['redis']],
    ['the embedded engine', { redis: configurationOf().redis }, ['redis']],
    ['a lease', { redis: server('redis://one'), engine: { leaseMs: 1 } }, ['engine']],
    ['a port', { redis: server('redis://one'), http: { host: '127.0.0.1', port: 1 } }, ['http']],
    ['a log level', { redis: server('redis://one'), log: { level: 'debug', format: 'auto' } }, ['log']],
  ] as const)('is %s', async (_, parts, sections) => {
    expect(await changedForRestart(before, configurationOf(parts))).toEqual(sections)
  })

  it('is a URL that cannot be read any more', async () => {
    const unreadable = { reveal: () => Promise.reject(new Error('SECRET_UNREADABLE')) }
    const after = configurationOf({ redis: { kind: 'server', url: unreadable, prefix: 'buildwatch' } })
    expect(await changedForRestart(before, after)).toEqual(['redis'])
  })

  it('stays as it was while the rest is new', () => {
    const after = configurationOf({ engine: { leaseMs: 1 }, watches: [feedOf('nightly')] })
    const next = withoutRestart(before, after)
    expect(next).toMatchObject({ engine: before.engine, redis: before.redis, watches: after.watches })
  })
})
