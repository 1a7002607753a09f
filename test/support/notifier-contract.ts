/**
 * What every kind of notifier owes, checked over whatever the registry holds: a new kind is covered by being listed there.
 * A kind says itself whether it speaks HTTP and what a working configuration of it looks like; nothing here knows names.
 * Golden files stand in test/contract/notify/golden/<type>; UPDATE_GOLDEN=1 writes them, a person reads them.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from '@jest/globals'
import type { SendResult } from '../../src/domain/delivery.js'
import type { WatchEvent } from '../../src/domain/event.js'
import type { Occasion } from '../../src/domain/occasion.js'
import type { Logger, Notifier, OutgoingDelivery } from '../../src/domain/ports.js'
import { secretForms } from '../../src/domain/secret-forms.js'
import { occasionOf } from '../../src/notify/contract/contract-bench.js'
import { createHttpSender, type HttpSender } from '../../src/notify/http-sender.js'
import type { NotifierKind } from '../../src/notify/notifier-kind.js'
import { createNotifier } from '../../src/notify/registry.js'
import { openUserRedis } from '../../src/store/user-redis.js'
import { createMemoryMemos } from './memory-memos.js'

export { occasionOf, reasonIn } from '../../src/notify/contract/contract-bench.js'
export { frozen } from '../../src/notify/contract/message-duties.js'

const GOLDEN = 'test/contract/notify/golden'
const NOW = Date.UTC(2026, 2, 4, 10, 16, 31)
/** What is reached over the network: on the loopback, and by a machine that may be busy. */
const LENIENT: ReadonlySet<NotifierKind['reaches']> = new Set(['http', 'redis'])

/** One notifier made from its kind's own sample, with everything that leaves it on record. */
export interface Bench {
  readonly notifier: Notifier
  /** The secret from which the sample's secrets were made, anew for each bench. */
  readonly canary: string
  /** Lines on stdout and in the log. */
  readonly printed: string[]
  render(occasion: WatchEvent | Occasion): Promise<string>
  send(event: WatchEvent, given?: { signal?: AbortSignal; attempt?: number }): Promise<SendResult>
  /** Fails if the canary stands in any of the texts, in any form. */
  expectNoSecretIn(...texts: string[]): void
  close(): Promise<void>
}

/** `endpoint` is an origin on the loopback; a kind that speaks HTTP has a deadline that a busy machine can keep. */
export function benchFor(kind: NotifierKind, endpoint: string, options: object = {}): Bench {
  const canary = randomBytes(32).toString('base64')
  const sample = kind.sample(endpoint, canary)
  const printed: string[] = []
  const http: HttpSender = createHttpSender({
    clock: { now: () => NOW },
    userAgent: 'buildwatchd/contract',
    env: {},
  })
  const secrets = Object.fromEntries(
    Object.entries(sample.secrets).map(([name, value]) => [name, { reveal: () => Promise.resolve(value) }]),
  )
  const forTests = LENIENT.has(kind.reaches) ? { allow_private: true, timeout: '10s' } : {}
  const notifier = createNotifier(
    { type: kind.type, name: 'under-test', options: { ...sample.options, ...forTests, ...options }, secrets },
    {
      http,
      clock: { now: () => NOW },
      out: (line) => void printed.push(line),
      allowExec: true,
      openUserRedis,
    },
  )
  const memoOf = createMemoryMemos()
  const render = async (of: WatchEvent | Occasion) => notifier.render('event' in of ? of : occasionOf(of))
  const forms = [canary, ...Object.values(sample.secrets)].flatMap(secretForms)
  return {
    notifier,
    canary,
    printed,
    render,
    send: async (event, { signal = new AbortController().signal, attempt = 1 } = {}) =>
      notifier.send(outgoing(event, await render(event), attempt), {
        signal,
        logger: logger(printed),
        memo: memoOf('under-test'),
      }),
    expectNoSecretIn(...texts) {
      for (const text of texts) {
        for (const form of forms) expect(text).not.toContain(form)
      }
    },
    close: () => http.close(),
  }
}

/** A small stand-in for the ledger: the key depends on the event alone. */
function outgoing(event: WatchEvent, body: string, attempt: number): OutgoingDelivery {
  return {
    delivery: { id: `${event.id}->under-test`, notifier: 'under-test', event },
    idempotencyKey: Buffer.from(event.id).toString('base64url'),
    body,
    attempt,
  }
}

function logger(printed: string[]): Logger {
  const write = (fields: object, message: string) => void printed.push(`${message} ${JSON.stringify(fields)}`)
  const self: Logger = { debug: write, info: write, warn: write, error: write, child: () => self }
  return self
}

/** Compares a text with its golden file; JSON is laid out so that people can read the file. */
export function expectGolden(kind: NotifierKind, name: string, text: string): void {
  const isJson = /^[[{]/.test(text)
  const laidOut = `${isJson ? JSON.stringify(JSON.parse(text), null, 2) : text}\n`
  const path = join(GOLDEN, kind.type, `${name}.${isJson ? 'json' : 'txt'}`)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, laidOut)
  }
  expect({ path, exists: existsSync(path) }).toEqual({ path, exists: true })
  expect(laidOut).toBe(readFileSync(path, 'utf8'))
}
