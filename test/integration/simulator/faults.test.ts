import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { FAULT_KINDS, type FaultRule } from '../../../src/simulator/fault-rule.js'
import { KEY, localSimulator, PATH, scriptOf } from './local-simulator.js'

async function struckBy(rule: FaultRule) {
  const local = await localSimulator()
  local.simulator.fault(rule)
  return { ...local, answer: await local.get(PATH) }
}

describe('in place of the answer', () => {
  test.each<[FaultRule, number]>([
    [{ kind: 'throttled' }, 429],
    [{ kind: 'unauthorized' }, 401],
    [{ kind: 'forbidden' }, 403],
    [{ kind: 'not_found' }, 404],
    [{ kind: 'wrong_route' }, 404],
    [{ kind: 'server_error' }, 503],
    [{ kind: 'server_error', status: 500 }, 500],
    [{ kind: 'html' }, 502],
    [{ kind: 'html', status: 200 }, 200],
    [{ kind: 'empty' }, 200],
    [{ kind: 'no_content' }, 204],
    [{ kind: 'junk_json' }, 200],
    [{ kind: 'redirect' }, 302],
  ])('%j', async (rule, status) => {
    const { answer, simulator } = await struckBy(rule)
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toContain('"id":"b-1"')
    expect(simulator.served()[0]).toMatchObject({ faults: [rule.kind], status, builds: [] })
  })

  test('a 429 has nothing remaining, and without headers nothing at all', async () => {
    const plain = (await struckBy({ kind: 'throttled', retryAfter: '7' })).answer.headers
    const bare = (await struckBy({ kind: 'throttled', bare: true })).answer.headers
    expect([plain.get('x-ratelimit-remaining'), plain.get('retry-after')]).toEqual(['0', '7'])
    expect(bare.get('x-ratelimit-remaining')).toBeNull()
  })

  test('a thing that is not there is told from a path that is not there by asking without a token', async () => {
    const statuses = []
    for (const kind of ['not_found', 'wrong_route'] as const) {
      const { get } = await struckBy({ kind })
      statuses.push((await get(PATH, { headers: {} })).status)
    }
    expect(statuses).toEqual([401, 404])
  })

  test('a redirect leads to another host', async () => {
    const { answer } = await struckBy({ kind: 'redirect' })
    expect(new URL(answer.headers.get('location') ?? '').host).toBe('login.simulator.invalid')
  })
})

describe('in the build', () => {
  test.each<[FaultRule, object]>([
    [{ kind: 'contradiction' }, { status: 'SUCCESS', success: false, concluded: true }],
    [{ kind: 'regression' }, { status: 'BUILDING', concluded: false }],
    [
      { kind: 'regression', back: 2 },
      { status: 'QUEUED', concluded: false },
    ],
    [{ kind: 'conclusion_unit', unit: 'nonsense' }, { buildConcludedAt: -62_135_596_800 }],
    [{ kind: 'conclusion_unit', unit: 'text' }, { buildConcludedAt: expect.stringMatching(/Z$/) }],
  ])('%j', async (rule, shown) => {
    const { simulator, json, pass } = await localSimulator()
    simulator.fault(rule)
    pass(5000)
    expect((await json(PATH)).data).toMatchObject(shown)
  })

  test('fields are missing, all but the id if none are named', async () => {
    const all = await (await struckBy({ kind: 'missing_fields' })).answer.json()
    const some = await (await struckBy({ kind: 'missing_fields', fields: ['status'] })).answer.json()
    expect(all).toEqual({ data: { id: 'b-1' } })
    expect(some).toMatchObject({ data: { concluded: false } })
    expect(some).not.toHaveProperty('data.status')
  })

  test('a list is bent only where the rule says, and logged as it was served', async () => {
    const { simulator, get } = await localSimulator({ builds: [scriptOf('b-1'), scriptOf('b-2')] })
    simulator.fault({ kind: 'contradiction', build: KEY })
    await get('/v1/projects/shop/jobs/web/build')
    expect(simulator.served()[0]?.builds.map(({ status }) => status)).toEqual(['QUEUED', 'SUCCESS'])
  })
})

describe('on the wire', () => {
  test('hang never answers', async () => {
    const { simulator, get } = await localSimulator()
    simulator.fault({ kind: 'hang' })
    await expect(get(PATH, { signal: AbortSignal.timeout(150) })).rejects.toThrow()
  })

  test('cut breaks off inside the body', async () => {
    const { answer, simulator } = await struckBy({ kind: 'cut' })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
    expect(simulator.served()[0]).toMatchObject({ complete: false, faults: ['cut'] })
  })

  test('drip brings the whole answer, byte by byte', async () => {
    const { answer } = await struckBy({ kind: 'drip', delayMs: 0 })
    expect(await answer.json()).toMatchObject({ data: { id: 'b-1' } })
  })

  test('late brings the answer of the moment it was asked for', async () => {
    const { simulator, get, pass } = await localSimulator()
    simulator.fault({ kind: 'late', delayMs: 100 })
    const asked = get(PATH)
    await pause(50)
    pass(5000)
    expect(await (await asked).json()).toMatchObject({ data: { status: 'QUEUED' } })
  })

  test.each(['bomb', 'huge'] as const)('%s is larger than anyone should read', async (kind) => {
    const { answer } = await struckBy({ kind, bytes: 3 * 2 ** 20 })
    expect((await answer.text()).length).toBe(3 * 2 ** 20)
  })
})

describe('a rule', () => {
  test('strikes as often as it says and only what it names', async () => {
    const { simulator, get } = await localSimulator()
    simulator.fault({ kind: 'not_found', path: 'no-such-path' })
    simulator.fault({ kind: 'server_error', build: KEY, times: 2 })
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await get(PATH)).status)
    expect(statuses).toEqual([503, 503, 200])
  })

  test('holds for its time', async () => {
    const { simulator, get, pass } = await localSimulator()
    simulator.fault({ kind: 'html', startsInMs: 100, lastsMs: 100 })
    const statuses = []
    for (let n = 0; n < 3; n++) {
      statuses.push((await get(PATH)).status)
      pass(100)
    }
    expect(statuses).toEqual([200, 502, 200])
  })

  test('strikes by chance, the same for the same seed', async () => {
    const run = async () => {
      const { simulator, get } = await localSimulator({ seed: 5 })
      simulator.fault({ kind: 'html', probability: 0.5 })
      return Promise.all(Array.from({ length: 20 }, async () => (await get(PATH)).status))
    }
    const first = (await run()).filter((status) => status === 502).length
    expect(first).toBe((await run()).filter((status) => status === 502).length)
    expect(first).toBeGreaterThan(3)
  })

  test('can be taken back', async () => {
    const { simulator, get } = await localSimulator()
    simulator.fault({ kind: 'html' })
    simulator.clearFaults()
    expect((await get(PATH)).status).toBe(200)
  })

  test.each<FaultRule>([
    { kind: 'hang', status: 500 },
    { kind: 'html', path: '(' },
    { kind: 'shuffled', repeats: 2 },
    { kind: 'cursor_loop', build: KEY },
  ])('is refused: %j', async (rule) => {
    const { simulator } = await localSimulator()
    expect(() => simulator.fault(rule)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

test('the page for users describes exactly the kinds there are', () => {
  const page = readFileSync(new URL('../../../src/simulator/README.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (?:answer|list|entry|build|wire) /gm)].map(
    ([, kind]) => kind,
  )
  expect(rows).toEqual(FAULT_KINDS)
})
