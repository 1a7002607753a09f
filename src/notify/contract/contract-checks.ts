import type { BenchSource } from './contract-bench.js'
import { type ContractCheck, checkOf } from './contract-check.js'
import { DELIVERY_DUTIES, takesDelivery } from './delivery-duties.js'
import { MESSAGE_DUTIES } from './message-duties.js'
import { PATIENCE_DUTIES } from './patience-duties.js'

/** Every duty that can be checked of this notifier; where some cannot, the name of one says how many. */
export function contractChecks(source: BenchSource): readonly ContractCheck[] {
  const duties = [...MESSAGE_DUTIES, ...DELIVERY_DUTIES, ...PATIENCE_DUTIES]
  const possible = duties.filter(({ needs }) => needs === 'nothing' || source.reaches === 'http')
  const leftOut = duties.length - possible.length
  const checked = leftOut === 0 ? possible : [...possible, takesDelivery(leftOut)]
  return checked.map((duty) => checkOf(duty, source))
}
