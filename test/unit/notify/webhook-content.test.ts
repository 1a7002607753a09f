import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { webhookKind } from '../../../src/notify/webhook.js'
import { type Bench, benchFor } from '../../support/notifier-contract.js'
import {
  GOLDEN_EVENTS,
  sampleDigest,
  sampleEvent,
  sampleStuck,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'
import { type Receiver, startReceiver } from '../../support/notifier-contract-receiver.js'

const EVENT = sampleEvent({ outcome: 'success', to: 'SUCCESS' }, { branch: 'fëature/☃' })

let receiver: Receiver
let opened: Bench[] = []
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await Promise.all(opened.map((bench) => bench.close()))
  opened = []
  await receiver.close()
})

function bench(options: object = {}): Bench {
  const made = benchFor(webhookKind, receiver.origin, options)
  opened.push(made)
  return made
}

function got() {
  const last = receiver.received.at(-1)
  if (!last) throw new Error('nothing was received')
  return last
}

/** As a receiver reads a message in binary mode; `%` stands in none of these values. */
function eventIn({ headers, body }: ReturnType<typeof got>): unknown {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') ? [[name.slice(3), decodeURIComponent(String(value))]] : [],
  )
  return {
    ...Object.fromEntries(attributes),
    datacontenttype: headers['content-type'],
    data: JSON.parse(body),
  }
}

describe('a webhook in binary mode', () => {
  it.each(Object.entries(GOLDEN_EVENTS))('sends all of the event (%s)', async (_name, event) => {
    const binary = bench({ mode: 'binary' })
    expect((await binary.send(event)).kind).toBe('accepted')
    expect(eventIn(got())).toEqual(JSON.parse(JSON.stringify(event)))
    expect(got().body).toBe(await binary.render(event))
  })

  it('signs the body as it is', async () => {
    const binary = bench({ mode: 'binary' })
    await binary.send(EVENT)
    const { headers, body } = got()
    const expected = new Webhook(`whsec_${binary.canary}`).sign(
      String(headers['webhook-id']),
      new Date(Number(headers['webhook-timestamp']) * 1000),
      body,
    )
    expect(headers['webhook-signature']).toBe(expected)
  })
})

describe('a webhook that speaks CDEvents', () => {
  it('sends a CloudEvent around the CDEvent', async () => {
    await bench({ body: 'cdevents' }).send(EVENT)
    expect(got().headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
    const event: unknown = JSON.parse(got().body)
    expect(event).toMatchObject({
      id: EVENT.id,
      type: 'dev.cdevents.build.finished.0.3.0',
      datacontenttype: 'application/cdevents+json',
      data: { context: { id: EVENT.id }, subject: { id: EVENT.subject }, customData: { outcome: 'success' } },
    })
  })

  it('sends the same in binary mode', async () => {
    await bench({ body: 'cdevents' }).send(EVENT)
    const structured: unknown = JSON.parse(got().body)
    await bench({ body: 'cdevents', mode: 'binary' }).send(EVENT)
    expect(eventIn(got())).toEqual(structured)
  })

  it.each([
    ['a build that is stuck', sampleStuck()],
    ['trouble', sampleTrouble()],
    ['a digest', sampleDigest()],
    ['one more step of a running build', sampleEvent({ from: 'CLONING', to: 'BUILDING' })],
  ])('accepts %s, and sends nothing', async (_what, event) => {
    expect(await bench({ body: 'cdevents' }).send(event)).toEqual({
      kind: 'accepted',
      detail: 'CDEvents has no word for this; nothing was sent',
    })
    expect(receiver.received).toEqual([])
  })
})

describe('a body that was frozen under other settings', () => {
  it.each([
    [{ mode: 'binary' }, { mode: 'structured' }],
    [{ mode: 'structured' }, { mode: 'binary' }],
    [{ mode: 'binary', body: 'cdevents' }, {}],
    [{ body: 'cdevents' }, { mode: 'binary' }],
  ])('frozen by %j and sent by %j, has the headers that it needs', async (before, after) => {
    await bench(before).send(EVENT)
    const asBefore = got()
    await bench(after).notifier.send(
      {
        delivery: { id: 'd', notifier: 'hook', event: EVENT },
        idempotencyKey: `key-${randomBytes(4).toString('hex')}`,
        body: asBefore.body,
        attempt: 2,
      },
      { signal: new AbortController().signal, logger: SILENT, memo: NO_MEMO },
    )
    expect(got().body).toBe(asBefore.body)
    expect(contentOf(got())).toEqual(contentOf(asBefore))
  })
})

function contentOf({ headers }: ReturnType<typeof got>): unknown {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^ce-|^content-type$/.test(name)))
}

const NO_MEMO = { recall: async () => undefined, keep: async () => undefined }
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
}

describe('the headers of a webhook', () => {
  it('go along with each request', async () => {
    await bench({ headers: { 'X-Route': 'builds', 'x-env': 'prod; a=b' } }).send(EVENT)
    expect(got().headers).toMatchObject({ 'x-route': 'builds', 'x-env': 'prod; a=b' })
  })
})
