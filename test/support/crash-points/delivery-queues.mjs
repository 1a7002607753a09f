import * as real from '../../../dist/queue/delivery-queues.js'
import { dying } from './dying.mjs'

export * from '../../../dist/queue/delivery-queues.js'

export function createDeliveryQueues(settings) {
  return dying('deliveries', real.createDeliveryQueues(settings), ['add'])
}
