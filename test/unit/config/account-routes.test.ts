import { expect, test } from '@jest/globals'
import { configurationOf } from './fixture.js'

const HEAD = `accounts: { a: { token: "\${TOKEN}" }, b: { token: "\${TOKEN}" } }
notifiers: { console: { type: log }, ops: { type: log } }
`

async function accountRoutesOf(text: string): Promise<unknown> {
  return Object.fromEntries((await configurationOf({ 'settings.yaml': HEAD + text })).accountRoutes)
}

test("an account's trouble is told by the default routes and those of its watches that ask for any", async () => {
  const routes = await accountRoutesOf(`notify: [console, { to: ops, on: [failure, unauthorized] }]
watches:
  - { project: p, job: j, account: a, notify: [{ to: console, on: [gone] }, { to: ops, on: [success, stuck] }] }
  - { project: q, job: j, build: x, account: a, notify: [{ to: console, on: [recovered, abandoned] }] }
  - { project: r, job: j, account: b }
`)
  const byDefault = { to: 'ops', on: ['failure', 'unauthorized'] }
  expect(routes).toEqual({
    a: [byDefault, { to: 'console', on: ['gone'] }, { to: 'console', on: ['recovered', 'abandoned'] }],
    b: [byDefault],
  })
})

test('each route is there once, however many watches have it', async () => {
  const notify = 'notify: [{ to: ops, on: [stale] }]'
  const routes = await accountRoutesOf(`${notify}
watches:
  - { project: p, job: j, account: a, ${notify} }
  - { project: q, job: j, account: a, ${notify} }
`)
  expect(routes).toEqual({ a: [{ to: 'ops', on: ['stale'] }], b: [{ to: 'ops', on: ['stale'] }] })
})

test('where nobody asks for trouble, every account has nobody to tell', async () => {
  const routes = await accountRoutesOf('notify: [console]\nwatches: [{ project: p, job: j, account: a }]\n')
  expect(routes).toEqual({ a: [], b: [] })
})
