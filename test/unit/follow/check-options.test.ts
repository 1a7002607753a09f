/** Programs in JavaScript: no type has held them back. */
import { expect, it } from '@jest/globals'
import { Cluster } from 'ioredis'
import { CONCLUDED } from '../../../src/domain/event.js'
import { checkFollowOptions, checkWaitOptions } from '../../../src/follow/check-options.js'
import { followEvents, waitForBuild } from '../../../src/follow/follow.js'

const redis = 'redis://:a-password@127.0.0.1:1'
const KEY = 'shop/jobs/nightly/quick-fox-1'

function untyped(options: unknown): Parameters<typeof followEvents>[0] {
  return Object(options)
}

it.each([
  ['undefined', undefined],
  ['null', null],
  ['6379', 6379],
  ['empty', ''],
])('says what redis takes where it is %s', (said, place) => {
  const refusal = `redis is ${said}; it takes an address such as redis://127.0.0.1:6379, options for ioredis, or a client`
  expect(() => followEvents(untyped({ redis: place }))).toThrow(new RegExp(refusal))
  expect(() => checkWaitOptions({ redis: place })).toThrow(TypeError)
})

it('says what redis takes where it is absent, and where there are no options', () => {
  expect(() => checkFollowOptions({})).toThrow('redis is undefined; it takes')
  expect(() => checkFollowOptions(undefined)).toThrow(
    'the options of followEvents must be an object of: redis,',
  )
  expect(() => checkFollowOptions(redis)).toThrow(TypeError)
  expect(() => checkWaitOptions(undefined)).toThrow(
    'the options of waitForBuild must be an object of: redis,',
  )
})

it('takes no client that it cannot duplicate, and no object that would lead to this machine', () => {
  const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true })
  expect(() => checkFollowOptions({ redis: cluster })).toThrow('redis is a client of a cluster')
  expect(() => checkFollowOptions({ redis: { duplicate: () => 'x' } })).toThrow(
    'another package than ioredis',
  )
  expect(() => checkFollowOptions({ redis: new URL(redis) })).toThrow('redis is a URL object')
})

it.each(['http://:a-password@h', 'redis://:a-password@a b:1', 'valkey://h', 'redis://h:port'])(
  'takes %s for no address, and does not show it',
  (place) => {
    expect(() => checkFollowOptions({ redis: place })).toThrow(
      /^redis is a text that is no address; it takes an/,
    )
  },
)

it.each([
  '127.0.0.1:6379',
  'localhost',
  '/run/redis.sock?db=2',
  '//h',
  'REDISS://h/3?family=6',
  '6379',
  '[::1]:6379',
])('takes %s for an address, as ioredis does', (place) => {
  expect(() => checkFollowOptions({ redis: place })).not.toThrow()
})

it('never shows the address, which may hold a password', () => {
  expect(() => checkFollowOptions(redis)).not.toThrow('a-password')
  expect(() => checkFollowOptions({ redis: new URL(redis) })).not.toThrow('a-password')
})

it('names an option that there is not, and those that there are', () => {
  expect(() => followEvents(untyped({ redis, filter: {} }))).toThrow(
    'the options of followEvents has "filter", which there is not; known are: redis, prefix, signal, onError, match, after,',
  )
  expect(() => checkWaitOptions({ redis, timeout: 5 })).toThrow('"timeout", which there is not')
})

it('names a part of match that there is not, and those that there are', () => {
  expect(() => followEvents(untyped({ redis, match: { jobs: 'nightly' } }))).toThrow(
    'match has "jobs", which there is not; known are: team, project, job, service, branch, types, on',
  )
  expect(() => checkFollowOptions({ redis, match: { constructor: 'x' } })).toThrow('match has "constructor"')
})

it('names a type that there is not, and those that there are', () => {
  expect(() => followEvents(untyped({ redis, match: { types: ['concluded'] } }))).toThrow(
    `match.types has "concluded", which there is not; known are: dev.buildwatchd.build.transitioned.v1, ${CONCLUDED}`,
  )
})

it.each([
  ['match', 'nightly', 'match must be an object of'],
  ['match', { types: CONCLUDED }, 'match.types is "dev.buildwatchd.build.concluded.v1"; it takes a list of'],
  ['match', { on: 'broke' }, 'match.on is "broke"; it takes a list of'],
  ['match', { on: ['broken'] }, 'match.on has "broken", which there is not; known are: success,'],
  ['match', { branch: [7] }, 'match.branch is a list; it takes a glob'],
  ['match', { job: '' }, 'match.job is ""; it takes a name'],
  ['match', { project: 7 }, 'match.project is 7; it takes a name'],
  ['prefix', null, 'prefix is null; it takes redis.prefix'],
  ['prefix', 7, 'prefix is 7; it takes redis.prefix'],
  ['until', 'caught-up', 'until is "caught-up"; it takes "caught_up"'],
  ['signal', new AbortController(), 'signal is an object; it takes an AbortSignal'],
  ['onError', 'log', 'onError is "log"; it takes a function'],
])('says what %s takes where it is %j', (name, value, refusal) => {
  expect(() => checkFollowOptions({ redis, [name]: value })).toThrow(refusal)
})

it('takes an option that is undefined for one that is left out', () => {
  const match = { team: undefined, types: [CONCLUDED], on: ['broke', 'digest'], branch: '!main' }
  const options = { redis, prefix: undefined, match, signal: new AbortController().signal, until: undefined }
  expect(() => checkFollowOptions(options)).not.toThrow()
  expect(() => checkFollowOptions({ redis: { host: 'h' } })).not.toThrow()
})

it.each([Number.NaN, -1, '5'])('takes %j for no time to wait', (timeoutMs) => {
  expect(() => checkWaitOptions({ redis, timeoutMs })).toThrow(RangeError)
  expect(() => checkWaitOptions({ redis, timeoutMs: Number.POSITIVE_INFINITY })).not.toThrow()
})

it.each([
  undefined,
  { project: 'shop' },
  { project: 'shop', kind: 'job', resource: 'nightly', build: 'a' },
  { team: '', project: 'shop', kind: 'jobs', resource: 'nightly', build: 'a' },
])('waits for no build that is %j', async (build) => {
  await expect(waitForBuild(Object(build), { redis })).rejects.toThrow('the build is neither a build key nor')
})

it('rejects, and does not throw, on options that there are not', async () => {
  await expect(waitForBuild(KEY, Object({ redis, timeout: 1 }))).rejects.toThrow(TypeError)
})
