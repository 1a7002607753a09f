import * as real from '../../../dist/store/event-log.js'
import { dying } from './dying.mjs'

export * from '../../../dist/store/event-log.js'

export function createEventLog(deps) {
  return dying('eventLog', real.createEventLog(deps), ['next', 'acknowledge'])
}
