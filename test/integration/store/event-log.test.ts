import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { createEventLog } from '../../../src/store/event-log.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, ROUTES, testLogger } from './store-fixtures.js'

describeEachRedis('the event log', (engine) => {
  let redis: Redis
  let logger: ReturnType<typeof testLogger>

  beforeEach(() => {
    redis = engine.connect()
    logger = testLogger()
  })

  const reader = (replica = 'one', takeOverIdleMs = 60_000) =>
    createEventLog({
      redis: engine.connect(),
      blocking: engine.connect(),
      keys: KEYS,
      logger,
      replica,
      takeOverIdleMs,
    })

  async function append(name: string, id = '*'): Promise<string> {
    const event = JSON.stringify({ id: name })
    return (await redis.xadd(KEYS.events, id, 'event', event, 'routes', JSON.stringify(ROUTES))) ?? ''
  }

  const namesOf = (logged: readonly { event: { id: string } }[]): string[] =>
    logged.map(({ event }) => event.id)

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await redis.ping()
  }

  const someoneBlocks = async (): Promise<boolean> =>
    /blocked_clients:[1-9]/.test(await redis.info('clients'))

  it('begins with what was recorded before anyone read', async () => {
    const logId = await append('first')
    expect(await reader().next(10)).toEqual([{ logId, event: { id: 'first' }, routes: ROUTES }])
  })

  it('answers nothing when nothing came', async () => {
    expect(await reader().next(10)).toEqual([])
  })

  it('wakes for an event that comes while it waits', async () => {
    const waiting = reader().next(10_000)
    await until(someoneBlocks)
    await append('late')
    expect(namesOf(await waiting)).toEqual(['late'])
  })

  it('hands out each event once while its reader lives', async () => {
    await append('first')
    const [one, two] = [reader('one'), reader('two')]
    expect(namesOf(await one.next(10))).toEqual(['first'])
    expect(await two.next(10)).toEqual([])
    expect(await one.next(10)).toEqual([])
  })

  it('reads again after a restart what the same replica had not acknowledged', async () => {
    await append('done')
    await append('left')
    const before = reader()
    const [done] = await before.next(10)
    await before.acknowledge(done?.logId ?? '')
    expect(namesOf(await reader().next(10))).toEqual(['left'])
  })

  it('takes over what a dead replica had not acknowledged, once it has been idle', async () => {
    await append('left')
    await reader('dead').next(10)
    const heir = reader('heir', 1)
    const taken: string[] = []
    await until(async () => {
      taken.push(...namesOf(await heir.next(1)))
      return taken.length > 0
    })
    expect(taken).toEqual(['left'])
  })

  it('reads its own again after an acknowledgement failed', async () => {
    await append('first')
    const client = engine.connect()
    const log = createEventLog({
      redis: client,
      blocking: engine.connect(),
      keys: KEYS,
      logger,
      replica: 'one',
    })
    const [first] = await log.next(10)
    await redis.rename(KEYS.events, 'aside')
    await redis.set(KEYS.events, 'foreign')
    await expect(log.acknowledge(first?.logId ?? '')).rejects.toMatchObject({ code: 'REDIS_REFUSED' })
    await redis.rename('aside', KEYS.events)
    expect(namesOf(await log.next(10))).toEqual(['first'])
  })

  it('hands out again what is recalled, the acknowledged left out, before anything new', async () => {
    for (const name of ['done', 'second', 'third']) await append(name)
    const log = reader()
    const [done] = await log.next(10)
    await log.acknowledge(done?.logId ?? '')
    await append('new')
    log.recall()
    expect(namesOf(await log.next(10))).toEqual(['second', 'third'])
  })

  it('makes the group again when Redis is emptied under a waiting reader', async () => {
    const log = reader()
    const waiting = log.next(10_000)
    await until(someoneBlocks)
    await redis.flushall()
    expect(await waiting).toEqual([])
    await append('after')
    expect(namesOf(await log.next(10))).toEqual(['after'])
  })

  it('makes the group again when Redis was emptied between two reads', async () => {
    const log = reader()
    await log.next(1)
    await redis.flushall()
    await append('after')
    const names = [...namesOf(await log.next(10)), ...namesOf(await log.next(10))]
    expect(names).toEqual(['after'])
  })

  it('is not disturbed by an entry that was taken back while it waited', async () => {
    const log = reader()
    const waiting = log.next(200)
    await until(someoneBlocks)
    await redis.multi().xadd(KEYS.events, '5-1', 'event', '{}').xdel(KEYS.events, '5-1').exec()
    expect(await waiting).toEqual([])
  })

  it.each([
    ['no JSON', ['event', '{', 'routes', '[]']],
    ['without routes', ['event', '{"id":"x"}']],
    ['no event', ['event', 'null', 'routes', '[]']],
  ])('skips an entry that is %s, with an error in the log', async (_, fields) => {
    await redis.xadd(KEYS.events, '*', ...fields)
    await append('good')
    expect(namesOf(await reader().next(10))).toEqual(['good'])
    expect(logger.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('unreadable') }])
    expect((await redis.xpending(KEYS.events, 'dispatch'))[0]).toBe(1)
  })

  it('reports events that were removed before they were acknowledged', async () => {
    const logId = await append('gone')
    await reader().next(10)
    await redis.xdel(KEYS.events, logId)
    expect(await reader().next(10)).toEqual([])
    const { fields, level } = logger.lines[0] ?? {}
    expect({ fields, level }).toEqual({ level: 'error', fields: { logIds: [logId] } })
  })
})
