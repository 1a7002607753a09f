/** The real sender before a real receiver, with a fixed clock, no proxy and any policy a test wants. */
import type { SendResult } from '../../../src/domain/delivery.js'
import {
  createHttpSender,
  type HttpSender,
  type HttpSenderDeps,
  type SendPolicy,
} from '../../../src/notify/http-sender.js'
import { type Receiver, startReceiver } from '../../support/notifier-contract-receiver.js'

const NOW = Date.UTC(2026, 2, 4, 10, 0, 0)

export interface SenderBench {
  readonly receiver: Receiver
  /** Replaces the sender by one with these dependencies. */
  use(deps: Partial<HttpSenderDeps>): void
  send(policy?: Partial<SendPolicy>, request?: Partial<RequestPart>): Promise<SendResult>
  close(): Promise<void>
}

interface RequestPart {
  readonly url: string
  readonly headers: Record<string, string>
}

export async function startSenderBench(): Promise<SenderBench> {
  const receiver = await startReceiver()
  const senders: HttpSender[] = [senderWith({})]
  return {
    receiver,
    use: (deps) => void senders.unshift(senderWith(deps)),
    async send(policy = {}, request = {}) {
      const message = { method: 'POST', headers: {}, body: 'the body', idempotencyKey: 'key-1' } as const
      const signal = new AbortController().signal
      const sender = senders[0] ?? senderWith({})
      return sender.send(
        { url: `${receiver.origin}/hook/long-path`, ...message, ...request },
        { allowPrivate: true, allowInsecure: false, signal, secrets: [], ...policy },
      )
    },
    async close() {
      await Promise.all(senders.map((sender) => sender.close()))
      await receiver.close()
    },
  }
}

function senderWith(deps: Partial<HttpSenderDeps>): HttpSender {
  return createHttpSender({ clock: { now: () => NOW }, userAgent: 'buildwatchd/test', env: {}, ...deps })
}
