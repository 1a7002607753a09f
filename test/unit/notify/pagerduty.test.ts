import { afterEach, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import type { WatchEvent } from '../../../src/domain/event.js'
import { pagerdutyKind } from '../../../src/notify/pagerduty.js'
import nock from '../../support/nock.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
  sampleStuck,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'
import { chatBench } from './chat-bench.js'

const ROUTING_KEY = 'e93facc04764012d7bfb002500d5d1a6'
const FAILED = { outcome: 'failure', to: 'FAILURE', durationMs: 252_000 } as const
const PASSED = { outcome: 'success', to: 'SUCCESS', durationMs: 252_000 } as const
const BROKE = sampleEvent({ ...FAILED, verdict: 'broke' })
const FIXED = sampleEvent({ ...PASSED, verdict: 'fixed', redForMs: 1000, redBuilds: 1 })
const NOTHING = { kind: 'accepted', detail: 'nothing to page for' }

/** By hand from the schema of /enqueue in PagerDuty/api-schema, and the limits of "Send an Alert Event". */
const isEvent = new Ajv().compile({
  type: 'object',
  required: ['routing_key', 'event_action', 'dedup_key'],
  additionalProperties: false,
  properties: {
    routing_key: { type: 'string', minLength: 32, maxLength: 32 },
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: { type: 'string', minLength: 1, maxLength: 255 },
    client: { type: 'string' },
    links: {
      type: 'array',
      items: {
        type: 'object',
        required: ['href'],
        additionalProperties: false,
        properties: { href: { type: 'string' }, text: { type: 'string' } },
      },
    },
    payload: {
      type: 'object',
      required: ['summary', 'severity', 'source'],
      additionalProperties: false,
      properties: {
        summary: { type: 'string', minLength: 1, maxLength: 1024 },
        timestamp: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' },
        severity: { enum: ['critical', 'warning', 'error', 'info'] },
        source: { type: 'string', minLength: 1 },
        component: { type: 'string' },
        group: { type: 'string' },
        class: { type: 'string' },
        custom_details: { type: 'object' },
      },
    },
  },
})

interface Enqueued {
  readonly event_action: string
  readonly dedup_key: string
}

/** Stands in for PagerDuty: gives each status in turn, then 202. */
function pagerdutySays(...statuses: number[]): Enqueued[] {
  const enqueued: Enqueued[] = []
  nock('https://events.pagerduty.com')
    .persist()
    .post('/v2/enqueue')
    .reply((_uri, body) => {
      expect([isEvent(body), isEvent.errors]).toEqual([true, null])
      enqueued.push(JSON.parse(JSON.stringify(body)))
      return [statuses.shift() ?? 202, { status: 'success', message: 'Event processed' }]
    })
  return enqueued
}

function pager(options: object = {}, key = ROUTING_KEY) {
  return chatBench(pagerdutyKind, options, { routing_key: key })
}

async function rendered(event: WatchEvent): Promise<Enqueued> {
  return JSON.parse(await pager().notifier.render({ event, together: [], briefing: {} }))
}

function actions(enqueued: readonly Enqueued[]): string[] {
  return enqueued.map(({ event_action }) => event_action)
}

afterEach(() => {
  nock.cleanAll()
})

describe('what pagerduty is sent', () => {
  it('is what it publishes a schema for, whatever the event holds', async () => {
    const enqueued = pagerdutySays()
    for (const event of [...Object.values(GOLDEN_EVENTS), ...HOSTILE_TEXTS.flatMap(hostileEvents)])
      expect(await pager().send(event)).toMatchObject({ kind: 'accepted' })
    expect(new Set(actions(enqueued))).toEqual(new Set(['trigger', 'resolve']))
  })

  it('opens one alert for a line, joins it while it stays broken, and resolves it once it is fixed', async () => {
    const enqueued = pagerdutySays()
    const still = sampleEvent({ ...FAILED, verdict: 'still_failing', consecutive: 2 })
    for (const event of [BROKE, still, FIXED]) await pager().send(event)
    expect(actions(enqueued)).toEqual(['trigger', 'trigger', 'resolve'])
    expect(new Set(enqueued.map(({ dedup_key }) => dedup_key)).size).toBe(1)
  })

  it('opens another alert for another line, and for another notifier', async () => {
    const other = sampleEvent({ ...FAILED, verdict: 'broke' }, { branch: 'main' })
    const name = { name: 'night', options: {}, secrets: { routing_key: { reveal: async () => ROUTING_KEY } } }
    const http = { send: never, close: never }
    const night = pagerdutyKind.create(name, { http, clock: { now: () => 0 }, out: never, ...NO_OTHER_TOOLS })
    const keys = [
      (await rendered(BROKE)).dedup_key,
      (await rendered(other)).dedup_key,
      JSON.parse(await night.render({ event: BROKE, together: [], briefing: {} })).dedup_key,
    ]
    expect(new Set(keys).size).toBe(3)
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/)
  })

  it('resolves the trouble of a subject under the key by which it was opened', async () => {
    const enqueued = pagerdutySays()
    await pager().send(sampleTrouble())
    await pager().send(sampleTrouble({ lastedMs: 7_470_000 }))
    expect(actions(enqueued)).toEqual(['trigger', 'resolve'])
    expect(enqueued[0]?.dedup_key).toBe(enqueued[1]?.dedup_key)
  })

  it('resolves the alert of a line that is new to us: after a loss of data it may be open still', async () => {
    const anew = sampleEvent({ outcome: 'success', to: 'SUCCESS', verdict: 'first_passed', consecutive: 1 })
    const [opened, resolved] = [await rendered(BROKE), await rendered(anew)]
    expect(resolved).toEqual({ event_action: 'resolve', dedup_key: opened.dedup_key })
  })

  it.each([
    ['building', GOLDEN_EVENTS.building],
    ['digest', GOLDEN_EVENTS.digest],
    ['aborted', GOLDEN_EVENTS.aborted],
    ['unknown', GOLDEN_EVENTS.unknown],
    ['still passing', GOLDEN_EVENTS['still-passing']],
    ['an older build that failed', GOLDEN_EVENTS.superseded],
  ])('is nothing at all where there is nothing to page for: %s', async (_name, event) => {
    if (event === undefined) throw new Error('there is no such event')
    const enqueued = pagerdutySays()
    expect(await pager().send(event)).toEqual(NOTHING)
    expect(enqueued).toEqual([])
  })

  it('opens an alert apart for a failed build of unknown age, for the line does not count it', async () => {
    const undated = GOLDEN_EVENTS['superseded-undated']
    if (undated === undefined) throw new Error('there is no such event')
    const line = sampleEvent({ ...FAILED, verdict: 'broke' }, { branch: 'main' })
    const alert = await rendered(undated)
    expect(alert.event_action).toBe('trigger')
    expect(alert.dedup_key).not.toBe((await rendered(line)).dedup_key)
  })

  it('keeps its routing key out of what is rendered and what is said', async () => {
    nock('https://events.pagerduty.com').post('/v2/enqueue').reply(400, `Invalid routing_key ${ROUTING_KEY}`)
    const bench = pager()
    expect(JSON.stringify(await bench.render(BROKE))).not.toContain(ROUTING_KEY)
    expect(await bench.send(BROKE)).toEqual({
      kind: 'refused',
      reason: 'HTTP 400: Invalid routing_key [secret]',
    })
  })

  it('goes to the region of the settings', async () => {
    const eu = nock('https://events.eu.pagerduty.com').post('/v2/enqueue').reply(202)
    await pager({ api_url: 'https://events.eu.pagerduty.com/v2/' }).send(BROKE)
    expect(eu.isDone()).toBe(true)
  })
})

describe('the alert of a stuck build', () => {
  it('is resolved when the build ends, though its line has nothing to say', async () => {
    const enqueued = pagerdutySays()
    const bench = pager()
    await bench.send(sampleStuck())
    expect(await bench.send(sampleEvent({ ...PASSED, verdict: 'still_passing' }))).toMatchObject({
      detail: 'HTTP 202',
    })
    expect(actions(enqueued)).toEqual(['trigger', 'resolve'])
    expect(enqueued[0]?.dedup_key).toBe(enqueued[1]?.dedup_key)
  })

  it('gives way to the alert of the line when the build breaks it', async () => {
    const enqueued = pagerdutySays()
    const bench = pager()
    for (const event of [sampleStuck(), BROKE]) await bench.send(event)
    expect(actions(enqueued)).toEqual(['trigger', 'trigger', 'resolve'])
    expect(enqueued[2]?.dedup_key).toBe(enqueued[0]?.dedup_key)
    expect(enqueued[1]?.dedup_key).not.toBe(enqueued[0]?.dedup_key)
  })

  it('is resolved at the next attempt when the first one fails, and then no more', async () => {
    const enqueued = pagerdutySays(202, 500)
    const bench = pager()
    const end = sampleEvent({ outcome: 'aborted', to: 'ABORTED' })
    await bench.send(sampleStuck())
    expect(await bench.send(end)).toMatchObject({ kind: 'retry' })
    expect(await bench.send(end)).toMatchObject({ kind: 'accepted' })
    expect(await bench.send(end)).toEqual(NOTHING)
    expect(actions(enqueued)).toEqual(['trigger', 'resolve', 'resolve'])
  })

  it('is not opened anew when it is delivered once more after the end', async () => {
    const enqueued = pagerdutySays()
    const bench = pager()
    for (const event of [sampleStuck(), FIXED]) await bench.send(event)
    expect(await bench.send(sampleStuck())).toEqual({
      kind: 'accepted',
      detail: 'the build has ended already',
    })
    expect(actions(enqueued)).toEqual(['trigger', 'resolve', 'resolve'])
  })
})

describe('the routing key', () => {
  it.each(['', 'tooshort', `${ROUTING_KEY}\r\nX: y`])(
    'is refused by place and cure when it is %j',
    async (key) => {
      const result = await pager({}, key).send(BROKE)
      expect(result).toEqual({
        kind: 'retry',
        reason:
          'notifiers.ops.routing_key: must be the 32 characters of the integration key of an "Events API v2" integration',
      })
    },
  )
})

function never(): never {
  throw new Error('not needed here')
}
