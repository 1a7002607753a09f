import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type FollowWithPositions, followEvents } from '../../../src/follow/follow.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEY, KEYS } from '../store/store-fixtures.js'
import { listening, type logWriter, namedLog, record, type Tape } from './follow-fixtures.js'

const NIGHTLY = { project: 'shop', job: 'nightly' }

describeEachRedis('positions between events that are followed', (engine) => {
  let redis: Redis
  let writer: ReturnType<typeof logWriter>
  let stop: AbortController

  beforeEach(async () => {
    ;({ redis, writer, stop } = await namedLog(engine.connect()))
  })
  afterEach(() => stop.abort())

  const follow = (options: Partial<FollowWithPositions> = {}) =>
    record(followEvents({ redis: engine.url(), signal: stop.signal, positions: true, ...options }))

  /** Of another job. */
  async function appendOthers(count: number): Promise<string | null> {
    const pipeline = redis.pipeline()
    const text = JSON.stringify({ id: 'x', type: 'x', subject: 'shop/jobs/hourly/x', data: {} })
    for (let each = 0; each < count; each += 1) pipeline.xadd(KEYS.events, '*', 'event', text)
    const answers = (await pipeline.exec()) ?? []
    return String(answers.at(-1)?.[1])
  }

  /** Lets whoever follows a build of the job look at once, with nothing to be found. */
  const ring = () => redis.publish(KEYS.channel(KEY), '')

  async function stands(tape: Tape, cursor: string): Promise<void> {
    await eventually(() => tape.items.at(-1)?.cursor === cursor, {
      what: `the cursor ${cursor}`,
      withinMs: 4000,
      evidence: () => JSON.stringify(tape.items.slice(-3)),
    })
  }

  it('say where it begins, before any event', async () => {
    await writer.append(2)
    const [[newest] = ['']] = await redis.xrevrange(KEYS.events, '+', '-', 'COUNT', 1)
    const tape = follow()
    await stands(tape, `dataset-1:${newest}`)
    const missed = await writer.append(1)
    const resumed = follow({ after: tape.items[0]?.cursor ?? '' })
    await resumed.has(missed[0])
    expect(tape.items[0]).toEqual({ kind: 'position', cursor: `dataset-1:${newest}` })
    expect(resumed.ids()).toEqual(missed)
    expect(resumed.gaps()).toEqual([])
  })

  it('lead past what does not match, so that a reader who goes on there meets no false gap', async () => {
    const [first] = await writer.append(1)
    const tape = follow({ after: 'beginning', match: NIGHTLY })
    await tape.has(first)
    await listening(redis)
    const last = await appendOthers(250)
    await ring()
    await stands(tape, `dataset-1:${last}`)
    await redis.xtrim(KEYS.events, 'MAXLEN', 3)
    const later = await writer.append(1)
    const [fromEvent, fromPosition] = [tape.items[0], tape.positions().at(-1)].map((item) =>
      follow({ match: NIGHTLY, after: item?.cursor ?? '' }),
    )
    await Promise.all([fromEvent?.has(later[0]), fromPosition?.has(later[0])])
    expect(fromEvent?.gaps()).toMatchObject([{ because: 'trimmed' }])
    expect(fromPosition?.gaps()).toEqual([])
    expect(fromPosition?.ids()).toEqual(later)
  })

  it('come behind the events of their page, and not where nothing was passed over', async () => {
    const ids = await writer.append(2)
    const last = await appendOthers(2)
    const tape = follow({ after: 'beginning', match: NIGHTLY })
    await stands(tape, `dataset-1:${last}`)
    await listening(redis)
    await ring()
    const later = await writer.append(1)
    await tape.has(later[0])
    await ring()
    const end = await appendOthers(1)
    await ring()
    await stands(tape, `dataset-1:${end}`)
    expect(tape.items.map(({ kind }) => kind)).toEqual(['event', 'event', 'position', 'event', 'position'])
    expect(tape.ids()).toEqual([...ids, ...later])
  })

  it('do not come where they were not asked for', async () => {
    await writer.append(1)
    await appendOthers(2)
    const tape = record(
      followEvents({ redis: engine.url(), after: 'beginning', match: NIGHTLY, signal: stop.signal }),
    )
    await listening(redis)
    const [last] = await writer.append(1)
    await tape.has(last)
    expect(tape.items.map(({ kind }) => kind)).toEqual(['event', 'event'])
  })

  it('do not repeat the cursor of a gap', async () => {
    const tape = follow({ after: 'dataset-0:7-0', match: NIGHTLY })
    await stands(tape, 'dataset-1:0-0')
    await listening(redis)
    const last = await appendOthers(1)
    await ring()
    await stands(tape, `dataset-1:${last}`)
    expect(tape.items.map(({ kind }) => kind)).toEqual(['gap', 'position'])
  })

  it('name the data where the log is empty', async () => {
    await stands(follow({ after: 'beginning' }), 'dataset-1:0-0')
  })
})
