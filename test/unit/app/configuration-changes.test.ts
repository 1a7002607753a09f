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
  it('is nothing where both say the same, in whatever order', () => {
    const watches = [feedOf('nightly'), buildOf('web', 'b-1')]
    const before = configurationOf({ watches, notifiers: notifiersNamed('ops') })
    const after = configurationOf({ watches: watches.toReversed(), notifiers: notifiersNamed('ops') })
    expect(configurationChanges(before, after)).toEqual({})
  })

  it('is named watch by watch', () => {
    const before = configurationOf({ watches: [feedOf('stays'), feedOf('goes'), buildOf('web', 'b-1')] })
    const after = configurationOf({
      watches: [feedOf('stays', TO_OPS), feedOf('comes'), buildOf('web', 'b-1')],
    })
    expect(configurationChanges(before, after)).toEqual({
      watchesAdded: ['shop/jobs/comes'],
      watchesRemoved: ['shop/jobs/goes'],
      watchesChanged: ['shop/jobs/stays'],
    })
  })

  it('is one change where two watches of one job are told apart by their filters', () => {
    const onMain = feedOf('nightly', { filter: { branches: ['main'], pullRequests: 'with' } })
    const before = configurationOf({ watches: [feedOf('nightly')] })
    const after = configurationOf({ watches: [feedOf('nightly'), onMain] })
    expect(configurationChanges(before, after)).toEqual({ watchesChanged: ['shop/jobs/nightly'] })
  })

  it('names notifiers and accounts too', () => {
    const before = configurationOf({
      notifiers: notifiersNamed('old', 'same'),
      accounts: accountsNamed('default'),
    })
    const after = configurationOf({
      notifiers: notifiersNamed('same', 'new'),
      accounts: accountsNamed('default', 'acme'),
    })
    expect(configurationChanges(before, after)).toEqual({
      notifiersAdded: ['new'],
      notifiersRemoved: ['old'],
      accountsAdded: ['acme'],
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
