import { expectedDeliveries } from './history-checker/expected-deliveries.js'
import type { History } from './history-checker/history.js'
import { createWanted } from './history-checker/wanted.js'

/** Every build that is to be told has ended, and everyone who is to hear of it has. */
export function isSettled(history: History): boolean {
  const { builds, events, ledger } = history
  const wanted = createWanted(history)
  const ended = new Set(events.filter(({ concluded }) => concluded).map(({ build }) => build))
  const states = new Map(ledger.map(({ id, state }) => [id, state]))
  const isTold = [...expectedDeliveries(history)].every((id) => (states.get(id) ?? 'pending') !== 'pending')
  return isTold && builds.every((build) => ended.has(build.key) || isOfNobody(build))

  function isOfNobody(build: History['builds'][number]): boolean {
    return build.outcome !== undefined && wanted.telling(build) !== 'must'
  }
}
