import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import type { Logger, Notifier } from '../../../src/domain/ports.js'
import { defineNotifierKind, type NotifierTools } from '../../../src/notify/notifier-kind.js'
import { createNotifier, NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { createMemoryMemos } from '../../support/memory-memos.js'
import { occasionOf } from '../../support/notifier-contract.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'

const EVENT = sampleEvent({ outcome: 'failure', durationMs: 61_000 })

describe('createNotifier', () => {
  it('makes a notifier of each registered type from its own sample', async () => {
    for (const kind of NOTIFIER_KINDS) {
      const { options, secrets } = kind.sample('https://ci.example.com', 'QUJD'.repeat(8))
      const references = Object.entries(secrets).map(([name, value]) => [
        name,
        { reveal: () => Promise.resolve(value) },
      ])
      const settings = { type: kind.type, name: 'n', options, secrets: Object.fromEntries(references) }
      expect(await createNotifier(settings, tools()).render(occasionOf(EVENT))).not.toBe('')
    }
  })

  it('names the types there are when asked for another', () => {
    const settings = { type: 'pigeon', name: 'roof', options: {}, secrets: {} }
    expect(() => createNotifier(settings, tools())).toThrow(
      'notifiers.roof.type: no such type of notifier; there are: log, ',
    )
  })
})

describe('a notifier that throws', () => {
  it('is retried with the message of an error that people may see', async () => {
    const notifier = throwing(new BuildwatchdError('SECRET_UNREADABLE', 'SLACK_URL is not set'))
    expect(await send(notifier)).toEqual({ kind: 'retry', reason: 'SLACK_URL is not set' })
  })

  it('is retried without the message of any other error, which goes to the log', async () => {
    const logged: object[] = []
    const error = new Error('cannot decode key hunter2')
    const result = await send(throwing(error), logged)
    expect(result).toEqual({ kind: 'retry', reason: expect.not.stringContaining('hunter2') })
    expect(logged).toEqual([{ notifier: 'n', error }])
  })
})

describe('log', () => {
  it('prints the event as one line of JSON that reads back the same', async () => {
    const printed: string[] = []
    const hostile = sampleEvent({ outcome: 'failure' }, { branch: 'a\n\u001b[2J\u202e\u2028' })
    const settings = { type: 'log', name: 'n', options: { format: 'json' }, secrets: {} }
    const notifier = createNotifier(settings, tools(printed))
    await send(notifier, [], { body: await notifier.render(occasionOf(hostile)) })
    expect(printed).toHaveLength(1)
    expect(printed[0]).toMatch(/^[\x20-\x7e]+$/)
    expect(JSON.parse(printed[0] ?? '')).toEqual(hostile)
  })

  it('is retried when stdout cannot be written', async () => {
    const settings = { type: 'log', name: 'n', options: {}, secrets: {} }
    const broken = { ...tools(), out: () => fail(new Error('EPIPE')) }
    expect((await send(createNotifier(settings, broken))).kind).toBe('retry')
  })

  it('gives a line back that nobody reads when the daemon stops', async () => {
    const settings = { type: 'log', name: 'n', options: {}, secrets: {} }
    const stuck = { ...tools(), out: () => new Promise<void>(() => undefined) }
    const result = send(createNotifier(settings, stuck), [], { signal: AbortSignal.abort() })
    expect(await result).toEqual({ kind: 'retry', reason: 'interrupted: the daemon is stopping' })
  })
})

function throwing(error: Error): Notifier {
  const kind = defineNotifierKind({
    type: 'throwing',
    summary: 'Throws.',
    reaches: 'stdout',
    options: z.strictObject({}),
    secrets: [],
    sample: () => ({ options: {}, secrets: {} }),
    create: () => ({ render: () => '', send: () => fail(error) }),
  })
  return kind.create({ name: 'n', options: {}, secrets: {} }, tools())
}

function fail(error: Error): never {
  throw error
}

function tools(printed: string[] = []): NotifierTools {
  return {
    http: { send: () => fail(new Error('no HTTP here')), close: () => Promise.resolve() },
    clock: { now: () => 0 },
    out: (line) => void printed.push(line),
    ...NO_OTHER_TOOLS,
    allowExec: true,
  }
}

interface Sending {
  readonly body?: string
  readonly signal?: AbortSignal
}

function send(notifier: Notifier, logged: object[] = [], sending: Sending = {}) {
  const { body = 'body', signal = new AbortController().signal } = sending
  const write = (fields: object) => void logged.push(fields)
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger }
  return notifier.send(
    { delivery: { id: 'd', notifier: 'n', event: EVENT }, idempotencyKey: 'k', body, attempt: 1 },
    { signal, logger, memo: createMemoryMemos()('n') },
  )
}
