import { expect, test } from '@jest/globals'
import { createAdminRoutes } from '../../../src/simulator/admin-routes.js'
import { createFaultBoard } from '../../../src/simulator/fault-board.js'
import { createListLengths } from '../../../src/simulator/list-lengths.js'
import { createRateWindows } from '../../../src/simulator/rate-window.js'
import { createServedLog } from '../../../src/simulator/served-log.js'
import { createTokens, tokenId } from '../../../src/simulator/tokens.js'
import { createWorld } from '../../../src/simulator/world.js'
import { type Json, KEY, localSimulator, PATH, scriptOf } from './local-simulator.js'

const post = (body: unknown, type = 'application/json') => ({
  method: 'POST',
  headers: { 'content-type': type },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

test('builds and faults are set, listed and taken back', async () => {
  const { get, json } = await localSimulator()
  const added = await get(
    '/_sim/builds',
    post({ key: 'shop/jobs/web/b-2', outcome: 'failure', durationMs: 60_000 }),
  )
  const set = await get(
    '/_sim/faults',
    post([
      { kind: 'html', times: 1 },
      { kind: 'hang', build: KEY, times: 1 },
    ]),
  )
  expect([added.status, set.status, await set.json()]).toEqual([201, 201, { ids: ['fault-1', 'fault-2'] }])
  expect((await json('/_sim/builds')).map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    'success',
    'failure',
  ])
  await get('/_sim/faults/fault-2', { method: 'DELETE' })
  await get(PATH)
  expect(await json('/_sim/faults')).toEqual([
    { id: 'fault-1', rule: { kind: 'html', times: 1 }, strikes: 1 },
  ])
  expect(await (await get('/_sim/faults', { method: 'DELETE' })).json()).toEqual({ cleared: 1 })
})

test('the truth and the logs can be read, and reading them leaves no trace', async () => {
  const { get, json } = await localSimulator()
  await get(PATH)
  expect((await json(`/_sim/truth/${KEY}`)).history).toHaveLength(3)
  expect(await json('/_sim/served')).toHaveLength(1)
  expect(await json('/_sim/served?after=1')).toEqual([])
  expect((await json('/_sim/requests'))[0]).toMatchObject({ account: 'default', requests: 1 })
  expect((await get('/_sim/truth/shop/jobs/web/none')).status).toBe(404)
})

test.each<[string, object, number, string]>([
  ['/_sim/faults', post({ kind: 'nonsense', times: 0, extra: 1 }), 400, 'extra is not known'],
  ['/_sim/faults', post({ kind: 'hang', status: 500 }), 400, 'takes no parameter'],
  [
    '/_sim/builds',
    post({ key: 'nonsense', steps: [{ forMs: -1 }] }),
    400,
    'steps[0].forMs must be a number from 0',
  ],
  ['/_sim/builds', post({ key: KEY }), 400, 'already'],
  ['/_sim/tokens', post({ revoked: true }), 400, 'tokenId must be the first 8 hex digits'],
  ['/_sim/tokens', post({ tokenId: 'x', permissions: ['fly'] }), 400, 'a list of readJobBuild'],
  ['/_sim/lists', post({ resource: 'shop', keeps: 1.5 }), 400, 'resource must be a job or service such as'],
  ['/_sim/lists', post({ resource: 'shop/jobs/web' }), 400, 'keeps must be'],
  ['/_sim/arrivals', post({ resource: 'shop/jobs/web' }), 400, 'one of everyMs and perHour'],
  ['/_sim/builds', post('{'), 400, 'no JSON'],
  ['/_sim/builds', post({ key: KEY }, 'text/plain'), 415, 'content-type'],
  ['/_sim/builds', post('x'.repeat(2 ** 20 + 1)), 413, '1 MiB'],
])('%s refuses what makes no sense: %#', async (...[path, init, status, words]) => {
  const { get } = await localSimulator()
  const answer = await get(path, init)
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(words)])
})

test.each<[string, object[]]>([
  ['builds', [{ key: 'shop/jobs/web/b-2' }, { key: 'nonsense' }]],
  ['builds', [{ key: 'shop/jobs/web/b-2' }, { key: 'shop/jobs/web/b-2' }]],
  [
    'arrivals',
    [
      { resource: 'shop/jobs/web', perHour: 1 },
      { resource: 'shop/jobs/web', everyMs: 1, perHour: 1 },
    ],
  ],
  ['faults', [{ kind: 'hang' }, { kind: 'hang', status: 500 }]],
  [
    'tokens',
    [
      { tokenId: tokenId('t'), revoked: true },
      { tokenId: '00000000', revoked: true },
    ],
  ],
])('of a list of %s with one mistake nothing is done: %#', async (what, body) => {
  const { get, json } = await localSimulator({ tokens: ['t'] })
  const before = await json(`/_sim/${what}`.replace('arrivals', 'builds'))
  expect((await get(`/_sim/${what}`, post(body))).status).toBe(400)
  expect(await json(`/_sim/${what}`.replace('arrivals', 'builds'))).toEqual(before)
})

test('tokens are named by their ids, changed at once, and never shown', async () => {
  const { get, json } = await localSimulator({ tokens: ['the-token-itself'] })
  const asked = { headers: { authorization: 'Bearer the-token-itself' } }
  const id = tokenId('the-token-itself')
  const changed = await get('/_sim/tokens', post({ tokenId: id, revoked: true, permissions: ['readJobs'] }))
  const line = { tokenId: id, account: 'default', permissions: ['readJobs'], revoked: true }
  expect(await changed.json()).toEqual([line])
  expect((await get(PATH, asked)).status).toBe(401)
  await get('/_sim/tokens', post({ tokenId: id, revoked: false }))
  expect((await get(PATH, asked)).status).toBe(403)
  await get('/_sim/tokens', post({ tokenId: id, permissions: ['readJobBuild'], expiresAt: 1 }))
  expect((await get(PATH, asked)).status).toBe(401)
  await get('/_sim/tokens', post({ tokenId: id, expiresAt: null }))
  expect((await get(PATH, asked)).status).toBe(200)
  expect(JSON.stringify([await json('/_sim/tokens'), await json('/_sim/served')])).not.toContain('the-token')
})

test('the list of one job can be shortened, and takes its length back', async () => {
  const { get, json } = await localSimulator({ builds: ['b-1', 'b-2', 'b-3'].map((id) => scriptOf(id)) })
  const listed = async () => (await json('/v1/projects/shop/jobs/web/build')).data.builds.length
  const set = await get('/_sim/lists', post({ resource: 'shop/jobs/web', keeps: 1 }))
  expect([await set.json(), await listed()]).toEqual([[{ resource: 'shop/jobs/web', keeps: 1 }], 1])
  await get('/_sim/lists', post({ resource: 'shop/jobs/web', keeps: null }))
  expect([await json('/_sim/lists'), await listed()]).toEqual([[], 3])
})

test('arrivals are added, and the builds of one job can be asked for', async () => {
  const { get, json } = await localSimulator()
  const plan = { resource: 'shop/services/api', everyMs: 1000, count: 3, branches: ['main'] }
  const added = await get('/_sim/arrivals', post(plan))
  const builds: Json = await added.json()
  expect(builds.map(({ key, branch }: Json) => [key, branch])).toEqual(
    [1, 2, 3].map((at) => [`shop/services/api/build-${at}`, 'main']),
  )
  expect(await json('/_sim/builds?resource=shop/services/api')).toEqual(builds)
  expect(await json('/_sim/builds?resource=shop/services/none')).toEqual([])
})

test('the paths can be switched off', async () => {
  expect((await (await localSimulator({ admin: false })).get('/_sim/served')).status).toBe(404)
})

test.each([
  ['127.0.0.1', 200],
  ['::1', 200],
  ['::ffff:127.0.0.1', 200],
  ['192.0.2.1', 404],
  ['::ffff:192.0.2.1', 404],
])('who asks from %s is answered %i', async (remoteAddress, status) => {
  const clock = { now: () => 0 }
  const admin = createAdminRoutes({
    world: createWorld({ clock, timeScale: 1, seed: 1 }),
    faults: createFaultBoard({ clock, random: () => 0 }),
    served: createServedLog(1),
    windows: createRateWindows({ limit: 1, windowMs: 1, clock }),
    tokens: createTokens(),
    listLengths: createListLengths(),
    scriptsOf: () => [],
  })
  const answer = await admin.request('/builds', {}, { incoming: { socket: { remoteAddress } } })
  expect(answer.status).toBe(status)
})
