import type { Delivery, DeliveryEnd } from '../../src/domain/delivery.js'
import type { Clock, Ledger } from '../../src/domain/ports.js'
import { POISON_ATTEMPTS } from '../../src/domain/retry.js'

interface Row {
  readonly delivery: Delivery
  body?: string
  attempts: number
  unended: number
  dueAt: number
  end?: DeliveryEnd
}

export function createMemoryLedger(clock: Clock, opened: readonly Delivery[] = []) {
  const rows = new Map<string, Row>()
  const suspended = new Map<string, string>()
  const queued = new Set<string>()
  const pendingRow = (id: string): Row | undefined => {
    const row = rows.get(id)
    return row?.end === undefined ? row : undefined
  }
  const openRow = (delivery: Delivery): void => {
    if (!rows.has(delivery.id))
      rows.set(delivery.id, { delivery, attempts: 0, unended: 0, dueAt: clock.now() })
  }
  opened.forEach(openRow)
  return {
    async open(deliveries) {
      deliveries.forEach(openRow)
      return deliveries.filter(({ id }) => pendingRow(id))
    },
    async find(id) {
      const row = pendingRow(id)
      return row && { ...row.delivery, ...(row.body === undefined ? {} : { body: row.body }) }
    },
    async begin(id, body) {
      const row = pendingRow(id)
      if (!row) return { kind: 'ended' }
      if (row.unended >= POISON_ATTEMPTS) return { kind: 'poison' }
      row.attempts += 1
      row.unended += 1
      row.body ??= body
      return { kind: 'started', attempt: row.attempts, body: row.body }
    },
    async postpone(id, dueAt) {
      const row = pendingRow(id)
      if (row) Object.assign(row, { dueAt, unended: 0 })
    },
    async release(id) {
      const row = pendingRow(id)
      if (row) Object.assign(row, { dueAt: clock.now(), unended: 0, attempts: row.attempts - 1 })
    },
    async end(id, end) {
      const row = pendingRow(id)
      if (row) row.end = end
    },
    pending: async () =>
      [...rows.values()]
        .filter((row) => row.end === undefined)
        .map(({ delivery: { id, notifier }, dueAt }) => ({ id, notifier, dueAt })),
    async queued(notifiers) {
      for (const notifier of notifiers) queued.add(notifier)
      return [...queued]
    },
    async unqueued(notifiers) {
      for (const notifier of notifiers) queued.delete(notifier)
    },
    async suspend(notifier, reason) {
      suspended.set(notifier, reason)
    },
    isSuspended: async (notifier) => suspended.has(notifier),
    endOf: (id: string): DeliveryEnd | undefined => rows.get(id)?.end,
    dueAt: (id: string): number | undefined => pendingRow(id)?.dueAt,
    ids: (): string[] => [...rows.keys()],
  } satisfies Ledger & Record<string, unknown>
}
