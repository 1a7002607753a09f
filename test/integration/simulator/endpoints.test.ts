import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { encodeSegment } from '../../../src/domain/build.js'
import { startSimulator } from '../../../src/simulator/simulator.js'
import { type Json, KEY, localSimulator, PATH, START_AT, scriptOf } from './local-simulator.js'

describe('a build', () => {
  test('is shown as it is at the moment, and with its end from then on', async () => {
    const { json, pass } = await localSimulator()
    const running = await json(PATH)
    pass(2000)
    const ended = await json(PATH)
    expect(running.data).toMatchObject({ id: 'b-1', status: 'QUEUED', concluded: false, pullRequestId: null })
    expect(running.data).not.toHaveProperty('success')
    expect(ended.data).toMatchObject({
      status: 'SUCCESS',
      concluded: true,
      success: true,
      createdAt: new Date(START_AT).toISOString(),
      buildConcludedAt: START_AT / 1000 + 2,
      registry: { uri: expect.stringContaining('shop/web') },
    })
  })

  test('does not exist before it is created', async () => {
    const { get, pass } = await localSimulator({ builds: [scriptOf('b-1', { startsInMs: 500 })] })
    expect((await get(PATH)).status).toBe(404)
    pass(500)
    expect((await get(PATH)).status).toBe(200)
  })

  test('is reached below its team, and by that team’s own token without it', async () => {
    const ref = { team: 'acme', project: 'shop', kind: 'services', resource: 'api', build: 'b' } as const
    const tokens = ['t', { token: 'acme', team: 'acme' }]
    const { get } = await localSimulator({ builds: [scriptOf('b', { ref })], tokens })
    const bare = '/v1/projects/shop/services/api/build/b'
    const asTeam = { headers: { authorization: 'Bearer acme' } }
    const answers = [get(bare.replace('/v1', '/v1/teams/acme')), get(bare), get(bare, asTeam)]
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 404, 200])
  })

  test('is found whatever characters its ids hold', async () => {
    const { simulator, json } = await localSimulator({ builds: [] })
    const segment = fc
      .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
      .filter((text) => !/\p{Cs}/u.test(text) && !/^\.{1,2}$/.test(text))
    await fc.assert(
      fc.asyncProperty(segment, segment, fc.uuid(), async (project, resource, build) => {
        simulator.addBuild({ ref: { project, kind: 'jobs', resource, build } })
        const path = `/v1/projects/${encodeSegment(project)}/jobs/${encodeSegment(resource)}/build/${build}`
        expect((await json(path)).data.id).toBe(build)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a list', () => {
  const builds = Array.from({ length: 120 }, (_, at) => scriptOf(`b-${at}`, { startsInMs: at - 200 }))
  const LIST = '/v1/projects/shop/jobs/web/build'
  const idsOf = (answer: Json) => answer.data.builds.map(({ id }: { id: string }) => id)

  test('shows the newest fifty first', async () => {
    const answer = await (await localSimulator({ builds })).json(LIST)
    expect(idsOf(answer)[0]).toBe('b-119')
    expect(answer.pagination).toEqual({ hasNextPage: true, cursor: expect.any(String), count: 50 })
  })

  test('shows every build once by its cursors, though new ones begin meanwhile', async () => {
    const { simulator, json } = await localSimulator({ builds })
    const first = await json(`${LIST}?per_page=100`)
    simulator.addBuild(scriptOf('newest'))
    const second = await json(`${LIST}?per_page=100&cursor=${first.pagination.cursor}`)
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(120)
    expect(second.pagination).toEqual({ hasNextPage: false, count: 20 })
  })

  test('has pages by number', async () => {
    const answer = await (await localSimulator({ builds })).json(`${LIST}?per_page=10&page=3`)
    expect(idsOf(answer)[0]).toBe('b-99')
  })

  test.each(['per_page=0', 'per_page=101', 'per_page=x', 'page=0', 'cursor=junk'])(
    'refuses %s',
    async (query) => {
      expect((await (await localSimulator({ builds })).get(`${LIST}?${query}`)).status).toBe(400)
    },
  )

  test('of services carries the newest build’s status without its id', async () => {
    const ref = { project: 'shop', kind: 'services', resource: 'api', build: 'b' } as const
    const { json } = await localSimulator({ builds: [scriptOf('b', { ref })] })
    const { data, pagination } = await json('/v1/projects/shop/services')
    expect(data.services[0].status.build).toEqual({
      status: 'QUEUED',
      lastTransitionTime: new Date(START_AT).toISOString(),
    })
    expect(pagination).toEqual({ hasNextPage: false, count: 1 })
  })
})

describe('a refusal', () => {
  test.each([
    ['a path that is none, before the token is looked at', '/v2/nothing', 404, { headers: {} }],
    ['a missing token', PATH, 401, { headers: {} }],
    ['a junk token', PATH, 401, { headers: { authorization: 'Bearer junk' } }],
    ['a wrong method', PATH, 405, { method: 'POST', headers: {} }],
    ['an unknown job', PATH.replace('web', 'other'), 404, undefined],
    ['an unknown build', PATH.replace('b-1', 'b-2'), 404, undefined],
  ])('of %s carries the three headers', async (...[, path, status, init]) => {
    const { get } = await localSimulator({ tokens: ['t'] })
    const answer = await get(path, init)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(status === 405 ? 'text/plain' : 'application/json')
    for (const name of ['limit', 'remaining', 'reset'])
      expect(answer.headers.get(`x-ratelimit-${name}`)).toMatch(/^\d+$/)
  })

  test('of a right leaves the list to be read', async () => {
    const { get } = await localSimulator({ tokens: [{ token: 't', permissions: ['readJobs'] }] })
    const refused = await get(PATH)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('Deploy Build') },
    })
    expect((await get('/v1/projects/shop/jobs/web/build')).status).toBe(200)
  })

  test('comes when the account’s window is spent, until real seconds have passed', async () => {
    const { get, pass, simulator } = await localSimulator({ limit: 2, timeScale: 60 })
    const remaining = []
    for (let n = 0; n < 3; n++) remaining.push((await get(PATH)).headers.get('x-ratelimit-remaining'))
    const refused = await get(PATH)
    expect([...remaining, refused.status, refused.headers.get('x-ratelimit-reset')]).toEqual([
      '1',
      '0',
      '0',
      429,
      '60',
    ])
    pass(60_000)
    expect((await get('/v1/auth')).status).toBe(200)
    expect(simulator.requests().map(({ requests, refused }) => [requests, refused])).toEqual([
      [4, 2],
      [1, 0],
    ])
  })
})

test('a taken port is named, with the cure', async () => {
  const { simulator } = await localSimulator()
  await expect(startSimulator({ port: simulator.port })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringContaining('0 takes any free one'),
  })
})

test('the log tells what was served, and the truth what was so', async () => {
  const { simulator, get, pass } = await localSimulator()
  await get(PATH)
  pass(1000)
  await get('/v1/projects/shop/jobs/web/build')
  const [one, list] = simulator.served()
  expect(one).toMatchObject({
    number: 1,
    key: KEY,
    status: 200,
    buildStatus: 'QUEUED',
    concluded: false,
    complete: true,
  })
  expect(list?.builds).toEqual([{ key: KEY, status: 'BUILDING', concluded: false }])
  expect(JSON.stringify(one)).not.toContain('Bearer')
  expect(
    simulator.truth(KEY)?.map(({ status, concluded, at }) => [status, concluded, at - START_AT]),
  ).toEqual([
    ['QUEUED', false, 0],
    ['BUILDING', false, 1000],
    ['SUCCESS', true, 2000],
  ])
})
