/** I3: each event × route in force when it was recorded ends as exactly one of accepted, dead letter or suppressed. */
import { deliveryId, expectedDeliveries } from './expected-deliveries.js'
import { type Finding, groupBy, type History, type LedgerRow } from './history.js'

export function checkDeliveries(history: History): Finding[] {
  const { ledger, attempts } = history
  const expected = expectedDeliveries(history)
  const rows = groupBy(ledger, ({ id }) => id)
  const taken = new Set(
    attempts.filter(({ accepted }) => accepted).map(({ eventId, notifier }) => deliveryId(eventId, notifier)),
  )
  return [
    ...[...expected].flatMap((id) => checkRows(id, rows.get(id) ?? [], taken)),
    ...[...rows.keys()].filter((id) => !expected.has(id)).map((id) => unexpected('ledger', id)),
    ...checkStrays(history, expected),
  ]
}

function checkRows(id: string, rows: readonly LedgerRow[], taken: ReadonlySet<string>): Finding[] {
  const finding = (kind: Finding['kind'], where: Finding['where'], detail: string): Finding[] => [
    { invariant: 'I3', kind, where, subject: id, detail },
  ]
  const [row] = rows
  if (!row) return finding('lost', 'ledger', 'no row')
  if (rows.length > 1) return finding('duplicated', 'ledger', `${rows.length} rows`)
  if (row.state === 'pending') return finding('lost', 'ledger', 'never ended')
  if (row.state === 'accepted')
    return taken.has(id) ? [] : finding('lost', 'attempts', 'the ledger says accepted; nobody took it')
  const isNamed = ['dead_lettered', 'suppressed'].includes(row.state) && Boolean(row.reason)
  return isNamed ? [] : finding('mismatch', 'ledger', `ended as ${row.state} for ${row.reason}`)
}

/** What was sent before data was lost may belong to transitions that came and went meanwhile. */
function checkStrays({ attempts, faults }: History, expected: ReadonlySet<string>): Finding[] {
  const lostAt = Math.max(
    -Infinity,
    ...faults.filter(({ kind }) => kind === 'data_lost').map(({ until }) => until),
  )
  const sent = attempts.filter(({ startedAt }) => startedAt > lostAt)
  const ids = new Set(sent.map(({ eventId, notifier }) => deliveryId(eventId, notifier)))
  return [...ids].filter((id) => !expected.has(id)).map((id) => unexpected('attempts', id))
}

function unexpected(where: 'ledger' | 'attempts', id: string): Finding {
  return {
    invariant: 'I3',
    kind: 'unexpected',
    where,
    subject: id,
    detail: 'no recorded event and route ask for it',
  }
}
