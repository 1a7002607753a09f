import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { troubleEvent } from '../../../src/domain/event.js'
import { isoInstant } from '../../../src/domain/instant.js'
import type { Troubles } from '../../../src/domain/ports.js'
import { accountSubject, NO_TROUBLE, type TroubleRecord } from '../../../src/domain/trouble.js'
import { createEventLog } from '../../../src/store/event-log.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { limitedUser, removeLimitedUser } from './limited-user.js'
import { contentsOf } from './redis-contents.js'
import { KEYS, ROUTES, START_AT, testLogger } from './store-fixtures.js'

const SUBJECT = accountSubject('default')
const NOTED: TroubleRecord = { rev: 1, episode: 0 }
const TROUBLED: TroubleRecord = { rev: 1, episode: 1, trouble: 'unreachable', since: START_AT }
const MONTH_MS = 30 * 86_400_000

function told(rev = 1) {
  const facts = { trouble: 'unreachable', scope: 'account', account: 'default', episode: rev } as const
  const event = troubleEvent('troubled', {
    ...facts,
    subject: SUBJECT,
    at: START_AT,
    since: isoInstant(START_AT),
  })
  return { event, routes: ROUTES }
}

describeEachRedis('troubles', (engine) => {
  let redis: Redis
  let logger: ReturnType<typeof testLogger>
  let troubles: Troubles

  beforeEach(() => {
    redis = engine.connect()
    logger = testLogger()
    troubles = troublesWith()
  })

  afterEach(() => removeLimitedUser(engine.connect()))

  const troublesWith = (eventLogCap?: number): Troubles =>
    createTroubles({
      redis,
      keys: KEYS,
      logger,
      ...(eventLogCap === undefined ? {} : { eventLogCap }),
    })

  const logged = async (): Promise<string[]> =>
    (await redis.xrange(KEYS.events, '-', '+')).map(([, fields]) => fields.join(' '))

  it('are none of what nobody has noted, in the order of the question', async () => {
    await troubles.note('shop/jobs/a', TROUBLED)
    expect(await troubles.read(['shop/jobs/b', 'shop/jobs/a', SUBJECT])).toEqual([
      NO_TROUBLE,
      TROUBLED,
      NO_TROUBLE,
    ])
    expect(await troubles.read([])).toEqual([])
  })

  it('are written with the event that tells of them, and published', async () => {
    const subscriber = engine.connect()
    const heard = new Promise<string[]>((resolve) => {
      subscriber.on('message', (channel, message) => resolve([channel, message]))
    })
    await subscriber.subscribe(`buildwatch:events:${SUBJECT}`)
    expect(await troubles.note(SUBJECT, TROUBLED, told())).toBe(true)
    const event = JSON.stringify(told().event)
    expect(await logged()).toEqual([`event ${event} routes ${JSON.stringify(ROUTES)}`])
    expect(await heard).toEqual([`buildwatch:events:${SUBJECT}`, event])
  })

  it('reach dispatch as any event does', async () => {
    await troubles.note(SUBJECT, TROUBLED, told())
    const log = createEventLog({ redis, blocking: engine.connect(), keys: KEYS, logger, replica: 'one' })
    expect(await log.next(10)).toMatchObject([told()])
  })

  it('are told by one of many that found them together', async () => {
    const many = Array.from({ length: 50 }, () => troublesWith())
    const won = await Promise.all(
      many.map((each, at) => each.note(SUBJECT, { ...TROUBLED, since: START_AT + at }, told())),
    )
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await logged()).toHaveLength(1)
  })

  it('are left alone by whoever has not read the last change', async () => {
    await troubles.note(SUBJECT, NOTED)
    await troubles.note(SUBJECT, { ...TROUBLED, rev: 2 })
    const before = await contentsOf(redis)
    for (const rev of [0, 1, 2, 4])
      expect(await troubles.note(SUBJECT, { ...NOTED, rev }, told())).toBe(false)
    expect(await contentsOf(redis)).toEqual(before)
  })

  it('are there once when the reply was lost and the client asks again', async () => {
    expect(await troubles.note(SUBJECT, TROUBLED, told())).toBe(true)
    expect(await troubles.note(SUBJECT, TROUBLED, told())).toBe(true)
    expect(await logged()).toHaveLength(1)
  })

  it('do not expire while they last, and do when they are over', async () => {
    await troubles.note(SUBJECT, NOTED)
    const life = await redis.pttl(KEYS.trouble(SUBJECT))
    expect(life).toBeGreaterThan(MONTH_MS - 60_000)
    expect(life).toBeLessThanOrEqual(MONTH_MS)
    await troubles.note(SUBJECT, { ...TROUBLED, rev: 2 })
    expect(await redis.pttl(KEYS.trouble(SUBJECT))).toBe(-1)
    await troubles.note(SUBJECT, { rev: 3, episode: 1 })
    expect(await redis.pttl(KEYS.trouble(SUBJECT))).toBeGreaterThan(0)
  })

  it('are not noted, and said to be refused once, while the log is full of events that are not dispatched', async () => {
    const full = troublesWith(2)
    for (const name of ['one', 'two']) await redis.xadd(KEYS.events, '*', 'event', name, 'routes', '[]')
    const before = await contentsOf(redis)
    expect(await full.note(SUBJECT, TROUBLED, told())).toBe(false)
    expect(await full.note(SUBJECT, TROUBLED, told())).toBe(false)
    expect(await contentsOf(redis)).toEqual(before)
    expect(logger.lines).toMatchObject([
      { level: 'warn', fields: { reason: expect.stringContaining('its cap') } },
    ])
    await redis.del(KEYS.events)
    expect(await full.note(SUBJECT, TROUBLED, told())).toBe(true)
    expect(logger.lines.at(-1)).toMatchObject({ level: 'info', message: expect.stringContaining('again') })
  })

  it('may be noted without an event while the log is full', async () => {
    await redis.xadd(KEYS.events, '*', 'event', 'one', 'routes', '[]')
    expect(await troublesWith(1).note(SUBJECT, NOTED)).toBe(true)
  })

  it.each([
    ['record', KEYS.trouble(SUBJECT)],
    ['event log', KEYS.events],
  ])('leave everything as it is when something foreign is in the place of the %s', async (_, key) => {
    await redis.set(key, 'foreign')
    expect(await troubles.note(SUBJECT, TROUBLED, told())).toBe(false)
    expect(await contentsOf(redis)).toEqual(new Map([[key, 'foreign']]))
    expect(logger.lines[0]?.fields).toEqual({ reason: expect.stringContaining(key) })
  })

  it('take the event back when the record is refused', async () => {
    const limited = createTroubles({ redis: await limitedUser(redis, engine, '-hset'), keys: KEYS, logger })
    expect(await limited.note(SUBJECT, TROUBLED, told())).toBe(false)
    expect(await logged()).toEqual([])
    expect(logger.lines[0]?.fields).toEqual({ reason: expect.stringContaining('HSET') })
  })

  it('are noted where Redis refuses to publish', async () => {
    const mute = createTroubles({
      redis: await limitedUser(redis, engine, 'resetchannels'),
      keys: KEYS,
      logger,
    })
    expect(await mute.note(SUBJECT, TROUBLED, told())).toBe(true)
    expect(await logged()).toHaveLength(1)
  })

  it('say that Redis cannot be reached when it cannot', async () => {
    redis.disconnect()
    await expect(troubles.note(SUBJECT, NOTED)).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' })
    await expect(troubles.read([SUBJECT])).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' })
  })
})
