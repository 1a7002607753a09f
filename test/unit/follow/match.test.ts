import { describe, expect, it } from '@jest/globals'
import { type BuildRef, buildKey } from '../../../src/domain/build.js'
import { CONCLUDED, TROUBLED, type WatchEvent } from '../../../src/domain/event.js'
import { type Match, matcherOf, subscriptionsOf } from '../../../src/follow/match.js'
import { publicKeys } from '../../../src/follow/public-keys.js'
import { createKeys } from '../../../src/store/keys.js'

const REF: BuildRef = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'quick-fox-1' }
const KEYS = publicKeys('buildwatch')

function eventOn(
  subject: string,
  { type = CONCLUDED, data = {} }: { type?: string; data?: object } = {},
): WatchEvent {
  return JSON.parse(JSON.stringify({ id: subject, type, subject, data }))
}

function fits(match: Match, event: WatchEvent | BuildRef): boolean {
  return matcherOf(match)('project' in event ? eventOn(buildKey(event)) : event)
}

const onBranch = (branch: string) =>
  eventOn(buildKey(REF), { data: { build: { id: 'quick-fox-1', branch } } })

describe('what is followed', () => {
  it('is everything where nothing is asked', () => {
    expect(fits({}, REF)).toBe(true)
    expect(fits({}, eventOn('accounts/default'))).toBe(true)
  })

  it('is what every part of the match fits', () => {
    expect(fits({ project: 'shop', job: 'nightly' }, REF)).toBe(true)
    expect(fits({ project: 'shop', job: 'hourly' }, REF)).toBe(false)
    expect(fits({ project: 'till', job: 'nightly' }, REF)).toBe(false)
    expect(fits({ job: 'nightly' }, REF)).toBe(true)
    expect(fits({ service: 'nightly' }, REF)).toBe(false)
  })

  it('may be of any team where none is named', () => {
    expect(fits({ project: 'shop' }, { ...REF, team: 'acme' })).toBe(true)
    expect(fits({ team: 'acme' }, { ...REF, team: 'acme' })).toBe(true)
    expect(fits({ team: 'acme' }, REF)).toBe(false)
  })

  it('takes names as Northflank gives them', () => {
    expect(fits({ project: 'Läden' }, { ...REF, project: 'Läden' })).toBe(true)
  })

  it('has the trouble of a whole job with the job, but not that of an account', () => {
    expect(fits({ job: 'nightly' }, eventOn('shop/jobs/nightly'))).toBe(true)
    expect(fits({ job: 'nightly' }, eventOn('accounts/default'))).toBe(false)
    expect(fits({ project: 'accounts' }, eventOn('accounts/default'))).toBe(false)
  })

  it('is chosen by the words of routes, one of which will do', () => {
    const broke = eventOn(buildKey(REF), { data: { outcome: 'failure', verdict: 'first_failed' } })
    expect(fits({ on: ['fixed', 'broke'] }, broke)).toBe(true)
    expect(fits({ on: ['success', 'fixed'] }, broke)).toBe(false)
    expect(fits({ on: [] }, broke)).toBe(false)
    expect(
      fits({ on: ['gone'] }, eventOn('shop/jobs/nightly', { type: TROUBLED, data: { trouble: 'gone' } })),
    ).toBe(true)
    expect(
      fits({ on: ['stuck'] }, eventOn(buildKey(REF), { type: 'dev.buildwatchd.build.admired.v1' })),
    ).toBe(false)
  })

  it('is chosen by branch as in a watchlist', () => {
    expect(fits({ branch: 'release/*' }, onBranch('release/7'))).toBe(true)
    expect(fits({ branch: 'release/*' }, onBranch('main'))).toBe(false)
    expect(fits({ branch: ['**', '!main'] }, onBranch('main'))).toBe(false)
    expect(fits({ branch: '**' }, eventOn('shop/jobs/nightly'))).toBe(false)
  })

  it('is chosen by type', () => {
    expect(fits({ types: [CONCLUDED] }, REF)).toBe(true)
    expect(fits({ types: [CONCLUDED] }, eventOn('digest', { type: 'dev.buildwatchd.digest.v1' }))).toBe(false)
  })

  it('cannot be a job and a service', () => {
    expect(() => matcherOf({ job: 'a', service: 'b' })).toThrow(TypeError)
  })
})

describe('what is subscribed', () => {
  const patternsOf = (match: Match) => subscriptionsOf(match, KEYS).patterns
  it.each<[Match, string[]]>([
    [{}, ['buildwatch:events:*']],
    [{ branch: 'main' }, ['buildwatch:events:*']],
    [{ job: 'nightly' }, ['buildwatch:events:*/jobs/nightly/*']],
    [{ project: 'shop' }, ['buildwatch:events:shop/*', 'buildwatch:events:teams/*/shop/*']],
    [{ team: 'acme' }, ['buildwatch:events:teams/acme/*']],
    [{ team: 'acme', service: 'api' }, ['buildwatch:events:teams/acme/*/services/api/*']],
    [{ team: 'acme', project: 'shop', job: 'nightly' }, ['buildwatch:events:teams/acme/shop/jobs/nightly/*']],
  ])('of %j is %j', (match, patterns) => {
    expect(patternsOf(match)).toEqual(patterns)
  })

  it('of a job has its own channel too', () => {
    expect(subscriptionsOf({ project: 'shop', job: 'nightly' }, KEYS)).toMatchObject({
      channels: ['buildwatch:events:shop/jobs/nightly'],
      fallback: 'buildwatch:events:*',
    })
  })
})

describe('the names that readers use', () => {
  it('are those that the daemon writes', () => {
    const [ours, theirs] = [publicKeys('ci_2'), createKeys('ci_2')]
    const key = buildKey(REF)
    expect(ours.meta).toBe(theirs.meta)
    expect(ours.events).toBe(theirs.events)
    for (const name of ['build', 'transitions', 'channel'] as const)
      expect(ours[name](key)).toBe(theirs[name](key))
    expect(publicKeys()).toMatchObject({ meta: createKeys('buildwatch').meta })
  })

  it('take no prefix that the daemon does not', () => {
    expect(() => publicKeys('{x}')).toThrow(RangeError)
  })
})
