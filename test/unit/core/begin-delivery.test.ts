import { describe, expect, it } from '@jest/globals'
import type { Attempt, BeginResult } from '../../../src/domain/attempt.js'
import { type Delivery, deliveryId } from '../../../src/domain/delivery.js'
import type { Occasion } from '../../../src/domain/occasion.js'
import type { Notifier } from '../../../src/domain/ports.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { eventOf } from '../domain/fixtures.js'
import { attemptOf, deliverBench, ID } from './deliver-bench.js'

const GROUP_MS = 30_000
const OTHER = eventOf({ status: 'FAILURE', concluded: true, success: false })
const ALONG: Delivery = { id: deliveryId('another build#concluded', 'hook'), notifier: 'hook', event: OTHER }

/** A bench whose notifier can tell several events at once; what it was asked to render is in `rendered`. */
function groupBench(facts: Partial<Notifier> = {}) {
  const bench = deliverBench()
  const rendered: Occasion[] = []
  const notifier: Notifier = {
    ...bench.notifier,
    canGroup: true,
    render(occasion) {
      rendered.push(occasion)
      return `${Math.max(1, occasion.together.length)} told`
    },
    ...facts,
  }
  const changed = { notifierNamed: () => notifier, groupMsOf: () => GROUP_MS }
  const open = (delivery: Delivery) => bench.ledger.open([{ ...delivery, lane: 'shop/jobs/web|pr/1' }])
  return { ...bench, rendered, open, attempt: (more = {}) => bench.attempt({ ...changed, ...more }) }
}

describe('a notifier that tells several events at once', () => {
  it('waits for others, in the ledger too, and sends nothing meanwhile', async () => {
    const bench = groupBench()
    bench.clock.advance(10_000)
    expect(await bench.attempt()).toEqual({ kind: 'again', inMs: 20_000 })
    expect(bench.ledger.dueAt(ID)).toBe(MEMORY_START_AT + GROUP_MS)
    expect(bench.received).toEqual([])
  })

  it('tells those that came meanwhile along, oldest first, and ends them as grouped', async () => {
    const bench = groupBench()
    bench.clock.advance(10_000)
    await bench.open(ALONG)
    bench.clock.advance(20_000)
    await bench.attempt()
    expect(bench.received.map(({ body }) => body)).toEqual(['2 told'])
    expect(bench.rendered[0]?.together.map(({ data }) => 'to' in data && data.to)).toEqual([
      'SUCCESS',
      'FAILURE',
    ])
    expect(bench.ledger.endOf(ALONG.id)).toEqual({ kind: 'suppressed', reason: 'grouped', detail: ID })
    expect(bench.ledger.endOf(ID)).toEqual({ kind: 'accepted' })
  })

  it('tells along what itself still waits for others', async () => {
    const bench = groupBench()
    bench.clock.advance(10_000)
    await bench.open(ALONG)
    await bench.ledger.postpone(ALONG.id, MEMORY_START_AT + 10_000 + GROUP_MS)
    bench.clock.advance(20_000)
    await bench.attempt()
    expect(bench.ledger.endOf(ALONG.id)).toMatchObject({ reason: 'grouped' })
  })

  it('is told alone, with everything that is known of it, when nothing else came', async () => {
    const bench = groupBench()
    bench.clock.advance(GROUP_MS)
    await bench.attempt({ briefing: async () => ({ usualMs: 5 }) })
    expect(bench.rendered).toMatchObject([{ together: [], briefing: { usualMs: 5 } }])
  })

  it('leaves alone what is to be told in other words', async () => {
    const bench = groupBench()
    await bench.open({ ...ALONG, template: 'own words' })
    bench.clock.advance(GROUP_MS)
    await bench.attempt()
    expect(bench.received.map(({ body }) => body)).toEqual(['1 told'])
    expect(bench.ledger.endOf(ALONG.id)).toBeUndefined()
  })

  it('leaves alone what another has begun: it gathers anew', async () => {
    const bench = groupBench()
    await bench.open(ALONG)
    bench.clock.advance(GROUP_MS)
    const unbegun = async (notifier: string, limit: number) => {
      const found = await bench.ledger.unbegun(notifier, limit)
      await bench.ledger.begin(ALONG.id, attemptOf('of another'))
      return found
    }
    expect(await bench.attempt({ ledger: { ...bench.ledger, unbegun } })).toEqual({ kind: 'again', inMs: 0 })
    expect(bench.received).toEqual([])
  })

  it('does not wait when its opening lies ahead: a clock was set back, or another replica was ahead', async () => {
    const bench = groupBench()
    bench.clock.advance(-3_600_000)
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'accepted' })
  })

  it('is told alone when no message can be made of all of them: one of them may be to blame', async () => {
    const render = ({ event, together }: Occasion) => {
      if ([event, ...together].includes(OTHER)) throw new Error('no message')
      return 'told'
    }
    const bench = groupBench({ render })
    await bench.open(ALONG)
    bench.clock.advance(GROUP_MS)
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'accepted' })
    expect(bench.received.map(({ body }) => body)).toEqual(['told'])
    expect(bench.ledger.endOf(ALONG.id)).toBeUndefined()
  })

  it('is not waited for by one that keeps an order', async () => {
    const bench = groupBench({ order: 'in_turn' })
    expect(await bench.attempt()).toEqual({ kind: 'done', because: 'accepted' })
  })

  it('repeats what it told, and gathers no more, after a crash', async () => {
    const bench = groupBench()
    bench.clock.advance(GROUP_MS)
    await bench.ledger.begin(ID, attemptOf('frozen'))
    await bench.open(ALONG)
    await bench.attempt()
    expect(bench.received.map(({ body }) => body)).toEqual(['frozen'])
    expect(bench.ledger.endOf(ALONG.id)).toBeUndefined()
  })
})

describe('a notifier that tells the event and nothing else', () => {
  it('costs no briefing', async () => {
    const bench = groupBench({ isPlain: true })
    bench.clock.advance(GROUP_MS)
    const briefing = () => Promise.reject(new Error('not to be asked for'))
    expect(await bench.attempt({ briefing })).toEqual({ kind: 'done', because: 'accepted' })
    expect(bench.rendered).toMatchObject([{ briefing: {} }])
  })
})

describe('a delivery that is not its turn', () => {
  it('waits for the end of quiet hours, though it is called before it', async () => {
    const bench = deliverBench()
    const find = async (id: string) => {
      const found = await bench.ledger.find(id)
      return found && { ...found, notBefore: MEMORY_START_AT + 5000 }
    }
    const ledger = { ...bench.ledger, find }
    expect(await bench.attempt({ ledger })).toEqual({ kind: 'again', inMs: 5000 })
    expect(bench.ledger.dueAt(ID)).toBe(MEMORY_START_AT + 5000)
    bench.clock.advance(5000)
    expect(await bench.attempt({ ledger })).toEqual({ kind: 'done', because: 'accepted' })
  })

  it.each([
    [0, 1000],
    [5000, 5000],
    [3_600_000, 60_000],
  ])('comes back when the one before it is due in %i ms: after %i ms', async (dueInMs, inMs) => {
    const bench = deliverBench()
    const begin = async (): Promise<BeginResult> => ({ kind: 'behind', inMs: dueInMs })
    expect(await bench.attempt({ ledger: { ...bench.ledger, begin } })).toEqual({ kind: 'again', inMs })
    expect(bench.received).toEqual([])
  })

  it('ends as superseded when a newer event has overtaken it', async () => {
    const bench = deliverBench()
    const begin = async (): Promise<BeginResult> => ({ kind: 'superseded' })
    expect(await bench.attempt({ ledger: { ...bench.ledger, begin } })).toEqual({
      kind: 'done',
      because: 'suppressed',
    })
    expect(bench.received).toEqual([])
  })

  it.each(['in_turn', 'latest'] as const)('is not rendered before, where order is kept %s', async (order) => {
    const bench = deliverBench()
    const briefed: string[] = []
    const notifier = { ...bench.notifier, order }
    const ports = {
      notifierNamed: () => notifier,
      briefing: async ({ id }: { id: string }) => {
        briefed.push(id)
        return {}
      },
    }
    const begin = async (): Promise<BeginResult> => ({ kind: 'behind', inMs: 5000 })
    await bench.attempt({ ...ports, ledger: { ...bench.ledger, begin } })
    expect(briefed).toEqual([])
    expect(await bench.attempt(ports)).toEqual({ kind: 'done', because: 'accepted' })
    expect(briefed).toHaveLength(1)
  })

  it('holds all of its notifier while that has had its attempts, and is not rendered', async () => {
    const bench = deliverBench()
    const asked: Attempt[] = []
    const begin = async (_id: string, attempt: Attempt): Promise<BeginResult> => {
      asked.push(attempt)
      return { kind: 'paced', inMs: 7000 }
    }
    const rate = { max: 1, perMs: 60_000 }
    const verdict = await bench.attempt({ rateOf: () => rate, ledger: { ...bench.ledger, begin } })
    expect(verdict).toEqual({ kind: 'paced', inMs: 7000 })
    expect(asked).toEqual([{ order: 'any', together: [], rate }])
    expect(bench.ledger.dueAt(ID)).toBe(MEMORY_START_AT + 7000)
  })

  it('has the one before it called at once that waited for the end of its quiet hours', async () => {
    const bench = deliverBench()
    const hastened: string[][] = []
    const begin = async (): Promise<BeginResult> => ({ kind: 'behind', inMs: 0, hurried: 'quiet->hook' })
    const hasten = async (notifier: string, ids: readonly string[]) => {
      hastened.push([notifier, ...ids])
    }
    const notifier: Notifier = { ...bench.notifier, order: 'in_turn' }
    const ports = { notifierNamed: () => notifier, deliveries: { hasten } }
    const verdict = await bench.attempt({ ...ports, ledger: { ...bench.ledger, begin } })
    expect(verdict).toEqual({ kind: 'again', inMs: 1000 })
    expect(hastened).toEqual([['hook', 'quiet->hook']])
  })

  it('is begun in the order that its notifier keeps', async () => {
    const bench = deliverBench()
    const orders: string[] = []
    const ledger: typeof bench.ledger = {
      ...bench.ledger,
      begin(id, attempt) {
        orders.push(attempt.order)
        return bench.ledger.begin(id, attempt)
      },
    }
    await bench.attempt({ ledger, notifierNamed: () => ({ ...bench.notifier, order: 'latest' }) })
    expect(orders).toEqual(['latest', 'latest'])
  })
})

describe('a notifier that has taken nothing for as long as a delivery was tried', () => {
  const exhausted = (hours = 12) => {
    const bench = deliverBench({ kind: 'retry', reason: 'HTTP 503' })
    bench.clock.advance(hours * 3_600_000)
    return bench
  }

  it('is suspended, and says so', async () => {
    const bench = exhausted()
    await bench.attempt({ retrySchedule: [] })
    expect(await bench.ledger.isSuspended('hook')).toBe(true)
    expect(bench.logger.lines).toContainEqual({
      level: 'error',
      fields: { notifier: 'hook', reason: 'HTTP 503' },
      message: 'notifier suspended; buildwatchd deliveries resume lets it go on',
    })
  })

  it('goes on when that was not long', async () => {
    const bench = exhausted(11)
    await bench.attempt({ retrySchedule: [] })
    expect(bench.ledger.endOf(ID)).toMatchObject({ kind: 'dead_lettered', reason: 'exhausted' })
    expect(await bench.ledger.isSuspended('hook')).toBe(false)
  })

  it('goes on when it took another meanwhile', async () => {
    const bench = exhausted()
    const acceptedAt = async () => MEMORY_START_AT
    await bench.attempt({ retrySchedule: [], ledger: { ...bench.ledger, acceptedAt } })
    expect(bench.ledger.endOf(ID)).toMatchObject({ kind: 'dead_lettered', reason: 'exhausted' })
    expect(await bench.ledger.isSuspended('hook')).toBe(false)
  })
})
