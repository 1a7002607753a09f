/** Deliveries of one notifier and one line, and what the ledger says of them. */
import type { Redis } from 'ioredis'
import type { Attempt } from '../../../src/domain/attempt.js'
import { deliveryId, type PlannedDelivery } from '../../../src/domain/delivery.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createDeliveryDesk } from '../../../src/store/delivery-desk.js'
import { createLedger } from '../../../src/store/ledger.js'
import { entryFor, KEYS, refOf, snapshotOf, testClock } from './store-fixtures.js'

export const LANE = 'shop/jobs/web|branch/main'

export function planned(
  build: string,
  status: string,
  facts: Partial<PlannedDelivery> = {},
): PlannedDelivery {
  const event = entryFor(UNRECORDED, snapshotOf({ status }, refOf(build))).change?.event
  if (!event) throw new Error('no transition')
  return { id: deliveryId(event.id, 'hook'), notifier: 'hook', event, lane: LANE, ...facts }
}

export const inOrder = (order: Attempt['order'], body?: string): Attempt => ({
  order,
  together: [],
  ...(body === undefined ? {} : { body }),
})

export function laneBench(redis: Redis) {
  const clock = testClock()
  const deps = { redis, keys: KEYS, clock }
  const ledger = createLedger(deps)
  return {
    clock,
    ledger,
    desk: createDeliveryDesk(deps),
    begin: ({ id }: PlannedDelivery, order: Attempt['order']) => ledger.begin(id, inOrder(order, 'body')),
    stateOf: ({ id }: PlannedDelivery) => redis.hmget(KEYS.delivery(id), 'state', 'reason', 'detail'),
    waiting: () => redis.lrange(KEYS.lane('hook', LANE), 0, -1),
  }
}
