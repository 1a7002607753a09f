import { expect, test } from '@jest/globals'
import { createAdminRoutes } from '../../../src/simulator/admin-routes.js'
import { createFaultBoard } from '../../../src/simulator/fault-board.js'
import { createRateWindows } from '../../../src/simulator/rate-window.js'
import { createServedLog } from '../../../src/simulator/served-log.js'
import { createWorld } from '../../../src/simulator/world.js'
import { KEY, localSimulator, PATH } from './local-simulator.js'

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
  ['/_sim/builds', post('{'), 400, 'no JSON'],
  ['/_sim/builds', post({ key: KEY }, 'text/plain'), 415, 'content-type'],
  ['/_sim/builds', post('x'.repeat(2 ** 20 + 1)), 413, '1 MiB'],
])('%s refuses what makes no sense: %#', async (...[path, init, status, words]) => {
  const { get } = await localSimulator()
  const answer = await get(path, init)
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(words)])
})

test('of a list with one mistake nothing is done', async () => {
  const { get, simulator } = await localSimulator()
  await get('/_sim/builds', post([{ key: 'shop/jobs/web/b-2' }, { key: 'nonsense' }]))
  expect(simulator.builds()).toHaveLength(1)
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
  })
  const answer = await admin.request('/builds', {}, { incoming: { socket: { remoteAddress } } })
  expect(answer.status).toBe(status)
})
