import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { type Bench, benchFor, expectGolden, reasonIn } from '../../support/notifier-contract.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
} from '../../support/notifier-contract-events.js'
import {
  cut,
  echo,
  endless,
  hang,
  type Receiver,
  startReceiver,
  status,
  statusThenCut,
} from '../../support/notifier-contract-receiver.js'

/** Sixty statuses: all that are registered above 1xx, and numbers that nobody ever registered. */
const STATUSES = [
  [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299],
  [300, 301, 302, 303, 304, 305, 306, 307, 308],
  [400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418],
  [421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 499],
  [500, 501, 502, 503, 504, 505, 506, 507, 508, 511],
].flat()

const EVENT = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

const kindsOf = (reaches: NotifierKind['reaches']) =>
  NOTIFIER_KINDS.filter((kind) => kind.reaches === reaches).map((kind) => [kind.type, kind] as const)

describe.each(kindsOf('http'))('sending by %s', (_type, kind) => {
  let receiver: Receiver
  let bench: Bench
  beforeEach(async () => {
    receiver = await startReceiver()
    bench = benchFor(kind, receiver.origin)
  })
  afterEach(async () => {
    await bench.close()
    await receiver.close()
  })

  it(`reads each of ${STATUSES.length} statuses as its golden table says`, async () => {
    expect(STATUSES).toHaveLength(60)
    const table: string[] = []
    for (const code of STATUSES) {
      receiver.answerWith(status(code))
      table.push(`${code} ${(await bench.send(EVENT)).kind}`)
    }
    expectGolden(kind, 'statuses', table.join('\n'))
  })

  it('sends the frozen body as it is', async () => {
    for (const event of Object.values(GOLDEN_EVENTS)) {
      const before = receiver.received.length
      const result = await bench.send(event)
      const body = await bench.render(event)
      const [sent] = receiver.received.slice(before)
      // What is not sent is accepted only with its reason, which then stands in place of the body.
      if (sent === undefined) expect(result).toEqual({ kind: 'accepted', detail: body })
      else expect(withoutMembers(sent.body, kind.mergedWhenSending ?? [])).toBe(body)
    }
  })

  it('gives up a hanging exchange at its deadline, to be retried', async () => {
    receiver.answerWith(hang)
    const hasty = benchFor(kind, receiver.origin, { timeout: '500ms' })
    expect(await hasty.send(EVENT)).toEqual({ kind: 'retry', reason: 'no complete answer within 0.5 s' })
    await hasty.close()
  })

  it('retries what was cut before the status', async () => {
    receiver.answerWith(cut)
    expect((await bench.send(EVENT)).kind).toBe('retry')
  })

  it('counts as accepted what was cut after a good status', async () => {
    receiver.answerWith(statusThenCut(200))
    expect((await bench.send(EVENT)).kind).toBe('accepted')
  })

  it('is not held by an error body without end', async () => {
    receiver.answerWith(endless(503))
    const result = await bench.send(EVENT)
    expect(result.kind).toBe('retry')
    expect(reasonIn(result).length).toBeLessThan(350)
  })

  it.each([301, 302, 303, 307, 308])('never follows a %i, nor carries a secret along', async (code) => {
    const elsewhere = await startReceiver()
    receiver.answerWith(
      status(code, { location: `${elsewhere.origin}/?stolen=${encodeURIComponent(bench.canary)}` }),
    )
    const result = await bench.send(EVENT)
    await elsewhere.close()
    expect(elsewhere.received).toEqual([])
    expect(result.kind).not.toBe('accepted')
    bench.expectNoSecretIn(reasonIn(result))
  })

  it('ends at once when told to stop', async () => {
    receiver.answerWith(hang)
    const stop = new AbortController()
    const sent = bench.send(EVENT, { signal: stop.signal })
    await receiver.nextRequest()
    stop.abort()
    expect(await sent).toEqual({ kind: 'retry', reason: 'interrupted: the daemon is stopping' })
  })

  it('sends nothing when told to stop before it began', async () => {
    expect((await bench.send(EVENT, { signal: AbortSignal.abort() })).kind).toBe('retry')
    expect(receiver.received).toEqual([])
  })

  it('carries one idempotency key and one body through all attempts', async () => {
    for (const attempt of [1, 2, 3]) await bench.send(EVENT, { attempt })
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual(Array(3).fill(Buffer.from(EVENT.id).toString('base64url')))
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  })

  it('gives another event another key', async () => {
    await bench.send(EVENT)
    await bench.send({ ...EVENT, id: `${EVENT.id}/other` })
    expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
  })

  it('names itself', async () => {
    await bench.send(EVENT)
    expect(receiver.received[0]?.headers['user-agent']).toBe('buildwatchd/contract')
  })

  it('shows no secret in body, reason or log, even to a server that echoes everything', async () => {
    for (const code of [200, 302, 401, 410, 500]) {
      const forms = [encodeURIComponent(bench.canary), Buffer.from(bench.canary).toString('base64')]
      receiver.answerWith(echo(code, `${bench.canary} ${forms.join(' ')}`))
      const result = await bench.send(EVENT)
      const sent = withoutMembers(receiver.received.at(-1)?.body ?? '{}', kind.mergedWhenSending ?? [])
      bench.expectNoSecretIn(reasonIn(result), sent, bench.printed.join('\n'))
    }
  })

  it.each(HOSTILE_TEXTS)('is only told more, not told otherwise, (hostile text %#)', async (text) => {
    for (const event of [...hostileEvents('plain'), ...hostileEvents(text)])
      expect((await bench.send(event)).kind).toBe('accepted')
    const sent = receiver.received.map(({ url, headers }) => ({ url, names: Object.keys(headers) }))
    const half = sent.length / 2
    expect(sent.slice(half)).toEqual(sent.slice(0, half))
  })

  it('does not reach the loopback unless its settings allow it, and says how', async () => {
    const said = await saidWithoutPermission(kind, receiver.origin.replace('http:', 'https:'))
    expect(said).toContain('set allow_private: true')
    expect(receiver.received).toEqual([])
  })
})

/** A JSON body without what was merged into it. */
function withoutMembers(body: string, members: readonly string[]): string {
  if (members.length === 0) return body
  const parsed: Record<string, unknown> = JSON.parse(body)
  return JSON.stringify(Object.fromEntries(Object.entries(parsed).filter(([key]) => !members.includes(key))))
}

/** By the time of its making or of its first delivery. */
async function saidWithoutPermission(kind: NotifierKind, endpoint: string): Promise<string> {
  try {
    const strict = benchFor(kind, endpoint, { allow_private: false })
    return reasonIn(await strict.send(EVENT))
  } catch (error) {
    return String(error)
  }
}

describe.each(kindsOf('stdout'))('sending by %s', (_type, kind) => {
  it('prints the frozen body, one line, and nothing else', async () => {
    const bench = benchFor(kind, '')
    expect(await bench.send(EVENT)).toEqual({ kind: 'accepted' })
    expect(bench.printed).toEqual([await bench.render(EVENT)])
  })

  it.each(HOSTILE_TEXTS)(
    'prints one harmless line of bounded length for each event (hostile text %#)',
    async (text) => {
      const bench = benchFor(kind, '')
      const events = hostileEvents(text)
      for (const event of events) await bench.send(event)
      expect(bench.printed).toHaveLength(events.length)
      for (const line of bench.printed) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(line.length).toBeLessThan(1000)
      }
    },
  )
})
