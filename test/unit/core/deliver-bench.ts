import { createHash } from 'node:crypto'
import { type DeliverPorts, type DeliverVerdict, deliver } from '../../../src/core/deliver.js'
import type { Attempt } from '../../../src/domain/attempt.js'
import { type Delivery, deliveryId, type SendResult } from '../../../src/domain/delivery.js'
import { isBuildEvent } from '../../../src/domain/event.js'
import type { Notifier, OutgoingDelivery } from '../../../src/domain/ports.js'
import { createMemoryLedger } from '../../support/memory-ledger.js'
import { createMemoryMemos } from '../../support/memory-memos.js'
import { createMemoryMeters } from '../../support/memory-meters.js'
import { createMemoryClock } from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { eventOf } from '../domain/fixtures.js'
import { NEVER_ABORTED } from './fixtures.js'

const EVENT = eventOf({ status: 'SUCCESS', concluded: true, success: true })
export const DELIVERY: Delivery = { id: deliveryId(EVENT.id, 'hook'), notifier: 'hook', event: EVENT }
export const ID = DELIVERY.id
const SCHEDULE = [1000, 2000]

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** A notifier to which the other side gives these answers; what reached the other side is in `received`. */
function scriptedNotifier(...answers: (SendResult | Error)[]) {
  const received: OutgoingDelivery[] = []
  const notifier: Notifier = {
    render: ({ event }) =>
      `${isBuildEvent(event) ? event.data.to : event.type}, rendered before attempt ${received.length + 1}`,
    async send(outgoing) {
      received.push(outgoing)
      const answer = answers.shift() ?? { kind: 'accepted' }
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  return { notifier, received }
}

/** A ledger with one open delivery. */
export function deliverBench(...answers: (SendResult | Error)[]) {
  const clock = createMemoryClock()
  const ledger = createMemoryLedger(clock, [DELIVERY])
  const logger = createRecordingLogger()
  const meters = createMemoryMeters()
  const { notifier, received } = scriptedNotifier(...answers)
  const ports: DeliverPorts = {
    ledger,
    deliveries: { hasten: async () => undefined },
    notifierNamed: (name) => (name === 'hook' ? notifier : undefined),
    retrySchedule: SCHEDULE,
    briefing: async () => ({}),
    groupMsOf: () => 0,
    rateOf: () => undefined,
    memoOf: createMemoryMemos(),
    sha256,
    clock,
    random: () => 0.5,
    logger,
    meters,
  }
  return {
    ledger,
    logger,
    meters,
    clock,
    notifier,
    received,
    attempt: (changed: Partial<DeliverPorts> = {}, signal = NEVER_ABORTED): Promise<DeliverVerdict> =>
      deliver(ID, signal, { ...ports, ...changed }),
  }
}

export const attemptOf = (body: string): Attempt => ({ body, order: 'any', together: [] })

export const retry = (retryAfterMs?: number): SendResult => ({
  kind: 'retry',
  reason: 'HTTP 503',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})
