/** A plug-in under test: in a thread of its own as in the daemon, but with nothing hidden of what it says. */
import { createHash, randomBytes } from 'node:crypto'
import { deliveryId, idempotencyKey } from '../../domain/delivery.js'
import type { WatchEvent } from '../../domain/event.js'
import type { Logger } from '../../domain/ports.js'
import { createHiddenValues } from '../hidden-values.js'
import { createPlugInCalls, type PlugInCalls } from '../plug-in-calls.js'
import { sendResultOf } from '../plug-in-result.js'
import { type ContractBench, occasionOf, type Sent, secretsMadeOf } from './contract-bench.js'

const NAME = 'under-test'
/** Beyond the limit, so that what ends by itself and what has to be ended are not mistaken for one another; ms. */
const GRACE_MS = 500

export interface PlugInSample {
  readonly options: Readonly<Record<string, unknown>>
  /** By the names that the plug-in declares. */
  readonly secrets: Readonly<Record<string, string>>
}

interface PlugInUnderTest {
  /** `file:` URL. */
  readonly module: string
  readonly sample: (endpoint: string, secret: string) => PlugInSample
  readonly limitMs: number
}

/** The secret is base64 of 32 bytes, anew for each bench. */
export function openPlugIn({ module, sample, limitMs }: PlugInUnderTest, origin: string): ContractBench {
  const canary = randomBytes(32).toString('base64')
  const { options, secrets } = sample(origin, canary)
  const calls = createPlugInCalls({ module, name: NAME, options }, limitMs + GRACE_MS)
  const logged: string[] = []
  const means = { secrets, logger: loggerInto(logged) }
  const frozen = new Map<string, Promise<string>>()
  const render = (event: WatchEvent) => calls.render(occasionOf(event))
  // As in the daemon, whose deliveries keep the text of their first attempt.
  const bodyOf = (event: WatchEvent) => {
    const body = frozen.get(event.id) ?? render(event)
    frozen.set(event.id, body)
    return body
  }
  return {
    secrets: secretsMadeOf(canary, Object.values(secrets)),
    logged,
    limitMs,
    render,
    async send(event, { attempt = 1, signal = new AbortController().signal } = {}) {
      const delivery = { event, body: await bodyOf(event), idempotencyKey: keyOf(event), attempt }
      return sentBy(calls, delivery, { ...means, signal })
    },
    close: () => calls.close(),
  }
}

async function sentBy(calls: PlugInCalls, ...given: Parameters<PlugInCalls['send']>): Promise<Sent> {
  const [{ idempotencyKey }] = given
  try {
    return { result: sendResultOf(await calls.send(...given), createHiddenValues([])), idempotencyKey }
  } catch (error) {
    const { message }: { message?: unknown } = Object(error)
    const fault = String(message)
    return { result: { kind: 'retry', reason: fault }, idempotencyKey, fault }
  }
}

function keyOf(event: WatchEvent): string {
  const delivery = { id: deliveryId(event.id, NAME), notifier: NAME, event }
  return idempotencyKey(delivery, (text) => createHash('sha256').update(text).digest('base64url'))
}

function loggerInto(lines: string[]): Logger {
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger }
  return logger
}
