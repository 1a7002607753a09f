import { expect, test } from '@jest/globals'
import { tokenId } from '../../../src/simulator/tokens.js'
import { localSimulator, PATH, START_AT } from './local-simulator.js'

const LIST = '/v1/projects/shop/jobs/web/build'
const DAY_MS = 24 * 3_600_000

test('a token is refused from its revocation until it is restored, and asking meanwhile spends its limit', async () => {
  const { simulator, get } = await localSimulator({ tokens: ['t', 'u'] })
  const statuses = [(await get(PATH)).status]
  simulator.revoke('t')
  const refused = await get(PATH)
  statuses.push(refused.status, (await get(PATH, { headers: { authorization: 'Bearer u' } })).status)
  simulator.restore('t')
  statuses.push((await get(PATH)).status)
  expect(statuses).toEqual([200, 401, 200, 200])
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('998')
  expect(simulator.served()[1]).toMatchObject({ status: 401, tokenId: tokenId('t'), account: 'default' })
})

test('a refused token learns no more of a thing than a junk one does', async () => {
  const { simulator, get } = await localSimulator({ tokens: ['t'] })
  simulator.fault({ kind: 'not_found' })
  simulator.revoke('t')
  const answers = await Promise.all([get(PATH), get(PATH, { headers: { authorization: 'Bearer junk' } })])
  expect(answers.map(({ status }) => status)).toEqual([401, 401])
  expect(await answers[0].json()).toEqual(await answers[1].json())
})

test('rights that are taken away are missing at once, and each is told for itself', async () => {
  const { simulator, get, json } = await localSimulator({ tokens: ['t'] })
  simulator.setPermissions('t', ['readJobs'])
  expect([(await get(PATH)).status, (await get(LIST)).status]).toEqual([403, 200])
  simulator.setPermissions('t', ['readJobBuild'])
  expect([(await get(PATH)).status, (await get(LIST)).status]).toEqual([200, 403])
  expect((await json('/v1/auth')).data.permissions).toEqual(['Project > Jobs > Deployment > Deploy Build'])
})

test('a token expires at its instant, which it is told of', async () => {
  const expiresAt = START_AT + DAY_MS
  const { get, json, pass } = await localSimulator({ tokens: [{ token: 't', expiresAt }] })
  expect((await json('/v1/auth')).data.expiresAt).toBe(new Date(expiresAt).toISOString())
  pass(DAY_MS - 1)
  const statuses = [(await get('/v1/auth')).status]
  pass(1)
  statuses.push((await get('/v1/auth')).status, (await get(PATH)).status)
  expect(statuses).toEqual([200, 401, 401])
})

test('where any token is good, one can be revoked all the same', async () => {
  const { simulator, get } = await localSimulator()
  simulator.revoke('t')
  const others = await get(PATH, { headers: { authorization: 'Bearer other' } })
  expect([(await get(PATH)).status, others.status]).toEqual([401, 200])
})

test('a token that nobody knows is named by its id alone', async () => {
  const { simulator } = await localSimulator({ tokens: ['t'] })
  const revoke = () => simulator.revoke('never-heard-of')
  expect(revoke).toThrow(expect.objectContaining({ code: 'USAGE' }))
  expect(revoke).not.toThrow(/never-heard-of/)
})
