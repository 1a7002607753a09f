import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../../src/simulator/fault-rule.js'
import type { SimulatorOptions } from '../../../src/simulator/simulator.js'
import { type Json, localSimulator, scriptOf } from './local-simulator.js'

const LIST = '/v1/projects/shop/jobs/web/build'
const JOB = { project: 'shop', kind: 'jobs', resource: 'web' } as const
/** b-1 to b-6, the last the newest. */
const builds = [1, 2, 3, 4, 5, 6].map((at) => scriptOf(`b-${at}`, { startsInMs: at - 10 }))
const newest = (...numbers: number[]) => numbers.map((at) => `b-${at}`)
const idsOf = (answer: Json): string[] => answer.data.builds.map(({ id }: { id: string }) => id)

async function listed(options: SimulatorOptions = {}) {
  const local = await localSimulator({ builds, ...options })
  const page = (query = '') => local.json(`${LIST}?per_page=2${query}`)
  return { ...local, page }
}

async function struckBy(...rules: FaultRule[]) {
  const local = await listed()
  for (const rule of rules) local.simulator.fault(rule)
  return local
}

describe('a list that keeps only the newest', () => {
  test('shows those, while all can be read by id', async () => {
    const { json, get } = await listed({ listKeeps: 3 })
    const answer = await json(LIST)
    expect(idsOf(answer)).toEqual(newest(6, 5, 4))
    expect((await get(`${LIST}/b-1`)).status).toBe(200)
  })

  test('has its pages within them', async () => {
    const { page } = await listed({ listKeeps: 3 })
    const first = await page()
    const second = await page(`&cursor=${first.pagination.cursor}`)
    expect([idsOf(first), idsOf(second)]).toEqual([newest(6, 5), newest(4)])
    expect(second.pagination).toEqual({ hasNextPage: false, count: 1 })
  })

  test('moves on as builds begin, and a cursor into what has left it leads to its end', async () => {
    const { page, simulator } = await listed({ listKeeps: 3 })
    const { pagination } = await page()
    for (const id of ['n-1', 'n-2', 'n-3']) simulator.addBuild(scriptOf(id))
    const second = await page(`&cursor=${pagination.cursor}`)
    expect([idsOf(second), second.pagination.hasNextPage]).toEqual([[], false])
  })

  test('may be that of one job alone', async () => {
    const { simulator, json } = await listed()
    simulator.keepInList({ ...JOB, resource: 'other' }, 1)
    expect(idsOf(await json(LIST))).toHaveLength(6)
    simulator.keepInList(JOB, 0)
    expect(idsOf(await json(LIST))).toEqual([])
    simulator.keepInList(JOB, undefined)
    expect(idsOf(await json(LIST))).toHaveLength(6)
  })

  test.each([-1, 1.5, Number.NaN])('cannot keep %j builds', async (listKeeps) => {
    await expect(listed({ listKeeps })).rejects.toMatchObject({ code: 'USAGE' })
  })
})

test('pages hold no more than the simulator is told, whatever is asked for', async () => {
  const { json } = await listed({ mostPerPage: 4 })
  const first = await json(`${LIST}?per_page=100`)
  const second = await json(`${LIST}?per_page=100&page=2`)
  expect([idsOf(first), idsOf(second)]).toEqual([newest(6, 5, 4, 3), newest(2, 1)])
})

describe('a fault of pages', () => {
  test('cursor_loop leads back to the page it stands on', async () => {
    const { page } = await struckBy({ kind: 'cursor_loop' })
    const first = await page()
    const again = await page(`&cursor=${first.pagination.cursor}`)
    expect([idsOf(first), idsOf(again)]).toEqual([newest(6, 5), newest(6, 5)])
    expect(again.pagination).toEqual(first.pagination)
  })

  test('cursor_loop on a later page leads back to that one', async () => {
    const { page, simulator } = await listed()
    const { cursor } = (await page()).pagination
    simulator.fault({ kind: 'cursor_loop' })
    expect((await page(`&cursor=${cursor}`)).pagination.cursor).toBe(cursor)
  })

  test('repeated_page shows the page before it once more, and goes on from there', async () => {
    const { page } = await struckBy({ kind: 'repeated_page', times: 1 })
    const first = await page()
    const second = await page(`&cursor=${first.pagination.cursor}`)
    const third = await page(`&cursor=${second.pagination.cursor}`)
    expect([first, second, third].map(idsOf)).toEqual([newest(6, 5), newest(6, 5), newest(2, 1)])
  })

  test('repeated_page may bring its own builds after the repeated ones', async () => {
    const { page } = await struckBy({ kind: 'repeated_page', repeats: 1 })
    const second = await page('&page=2')
    expect([idsOf(second), second.pagination.count]).toEqual([newest(5, 4, 3), 3])
  })

  test('no_cursor says that there is more and not how to get it', async () => {
    const { page } = await struckBy({ kind: 'no_cursor' })
    expect((await page()).pagination).toEqual({ hasNextPage: true, count: 2 })
  })

  test('shuffled shows the same page in an order that the seed draws', async () => {
    const orders = []
    for (const seed of [1, 1, 2, 3]) {
      const { simulator, json } = await listed({ seed })
      simulator.fault({ kind: 'shuffled' })
      orders.push(idsOf(await json(LIST)).join())
    }
    expect(orders[1]).toBe(orders[0])
    expect(new Set(orders).size).toBeGreaterThan(1)
    expect(orders.map((order) => order.split(',').toSorted().join())).toEqual(
      orders.map(() => newest(1, 2, 3, 4, 5, 6).join()),
    )
  })

  test('strikes no page on which it would change nothing, so that its times are not used up', async () => {
    const { simulator, json, page } = await struckBy(
      { kind: 'no_cursor', times: 1 },
      { kind: 'cursor_loop', times: 1 },
      { kind: 'repeated_page', times: 1 },
    )
    await json(LIST)
    expect(simulator.served()[0]?.faults).toEqual([])
    await page()
    await page()
    await page('&page=3')
    expect(simulator.served().map(({ faults }) => faults)).toEqual([
      [],
      ['no_cursor'],
      ['cursor_loop'],
      ['repeated_page'],
    ])
  })

  test('strikes neither a read by id nor a list of services', async () => {
    const { simulator, get } = await struckBy({ kind: 'shuffled' })
    simulator.addBuild({ ref: { project: 'shop', kind: 'services', resource: 'api', build: 's' } })
    await get(`${LIST}/b-1`)
    await get('/v1/projects/shop/services')
    expect(simulator.served().map(({ faults }) => faults)).toEqual([[], []])
  })
})

describe('unlisted', () => {
  test('leaves a build out of lists, which it does not shorten, and not out of reads by id', async () => {
    const { page, json } = await struckBy({ kind: 'unlisted', build: 'shop/jobs/web/b-5' })
    expect(idsOf(await page())).toEqual(newest(6, 4))
    expect((await json(`${LIST}/b-5`)).data.id).toBe('b-5')
  })

  test('may concern several builds, each by a rule', async () => {
    const rules = [6, 3].map((at) => ({ kind: 'unlisted', build: `shop/jobs/web/b-${at}` }) as const)
    const { json } = await struckBy(...rules)
    expect(idsOf(await json(LIST))).toEqual(newest(5, 4, 2, 1))
  })

  test('lets a cursor hold that was handed out before it', async () => {
    const { page, simulator } = await listed()
    const { cursor } = (await page()).pagination
    simulator.fault({ kind: 'unlisted', build: 'shop/jobs/web/b-5' })
    expect(idsOf(await page(`&cursor=${cursor}`))).toEqual(newest(4, 3))
  })

  test('meets other faults in one answer', async () => {
    const { page, simulator } = await struckBy(
      { kind: 'unlisted', build: 'shop/jobs/web/b-6' },
      { kind: 'regression', build: 'shop/jobs/web/b-5' },
      { kind: 'no_cursor' },
    )
    await page()
    expect(simulator.served()[0]?.faults.toSorted()).toEqual(['no_cursor', 'regression', 'unlisted'])
  })
})

describe('the log of a list', () => {
  test('has each entry as it was served, after all faults, in the order of the page', async () => {
    const { simulator, page, pass } = await struckBy(
      { kind: 'unlisted', build: 'shop/jobs/web/b-6' },
      { kind: 'regression', build: 'shop/jobs/web/b-5' },
      { kind: 'missing_fields', build: 'shop/jobs/web/b-4', fields: ['status', 'concluded'] },
    )
    pass(5000)
    const served = await page()
    expect(simulator.served()[0]?.builds).toEqual([
      { key: 'shop/jobs/web/b-5', status: 'BUILDING', concluded: false },
      { key: 'shop/jobs/web/b-4' },
    ])
    expect(idsOf(served)).toEqual(newest(5, 4))
  })

  test('tells of a repeated page what that page showed', async () => {
    const { simulator, page } = await struckBy({ kind: 'repeated_page' })
    await page('&page=2')
    expect(simulator.served()[0]?.builds.map(({ key }) => key)).toEqual([
      'shop/jobs/web/b-6',
      'shop/jobs/web/b-5',
    ])
  })

  test.each(['bomb', 'huge'] as const)(
    'has no builds where %s took the place of the answer',
    async (kind) => {
      const { simulator, get } = await struckBy({ kind, bytes: 100_000 })
      await (await get(LIST)).text()
      await (await get(`${LIST}/b-1`)).text()
      expect(simulator.served().map(({ builds }) => builds)).toEqual([[], []])
      expect(simulator.served()[1]).toMatchObject({ key: 'shop/jobs/web/b-1', buildStatus: undefined })
    },
  )
})
