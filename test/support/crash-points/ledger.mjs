import * as real from '../../../dist/store/ledger.js'
import { dying } from './dying.mjs'

export * from '../../../dist/store/ledger.js'

const STEPS = ['open', 'find', 'isSuspended', 'begin', 'postpone', 'end']

export function createLedger(deps) {
  return dying('ledger', real.createLedger(deps), STEPS)
}
