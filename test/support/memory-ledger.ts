import type { Delivery, DeliveryEnd, PlannedDelivery } from '../../src/domain/delivery.js'
import type { Clock, Ledger, OpenDelivery } from '../../src/domain/ports.js'
import { POISON_ATTEMPTS } from '../../src/domain/retry.js'

interface Row {
  readonly delivery: Delivery
  readonly openedAt: number
  readonly notBefore?: number
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
  const acceptedAt = new Map<string, number>()
  const openRow = ({ suppressed, notBefore, ...delivery }: Delivery & Partial<PlannedDelivery>): void => {
    if (rows.has(delivery.id)) return
    const openedAt = clock.now()
    const due = notBefore === undefined ? {} : { notBefore }
    const row = {
      delivery,
      openedAt,
      attempts: 0,
      unended: 0,
      dueAt: Math.max(openedAt, notBefore ?? 0),
      ...due,
    }
    rows.set(delivery.id, suppressed ? { ...row, end: { kind: 'suppressed', reason: suppressed } } : row)
  }
  const openOf = ({ delivery, openedAt, notBefore, body }: Row): OpenDelivery => ({
    ...delivery,
    openedAt,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(body === undefined ? {} : { body }),
  })
  opened.forEach(openRow)
  return {
    async open(deliveries) {
      deliveries.forEach(openRow)
      return deliveries.filter(({ id }) => pendingRow(id))
    },
    async find(id) {
      const row = pendingRow(id)
      return row && openOf(row)
    },
    unbegun: async (notifier, limit) =>
      [...rows.values()]
        .filter(({ delivery, end, body, notBefore = 0 }) => {
          return delivery.notifier === notifier && !end && body === undefined && notBefore <= clock.now()
        })
        .map(openOf)
        .slice(0, limit),
    async begin(id, { body, together }) {
      const row = pendingRow(id)
      if (!row) return { kind: 'ended' }
      if (together.some((other) => pendingRow(other)?.body !== undefined || !pendingRow(other)))
        return { kind: 'changed' }
      for (const other of together) {
        const along = pendingRow(other)
        if (along) along.end = { kind: 'suppressed', reason: 'grouped', detail: id }
      }
      if (row.unended >= POISON_ATTEMPTS) return { kind: 'poison' }
      const frozen = row.body ?? body
      if (frozen === undefined) return { kind: 'free' }
      Object.assign(row, { attempts: row.attempts + 1, unended: row.unended + 1, body: frozen })
      return { kind: 'started', attempt: row.attempts, body: frozen }
    },
    async postpone(id, dueAt) {
      const row = pendingRow(id)
      if (row) Object.assign(row, { dueAt, unended: 0 })
    },
    async defer(id, dueAt) {
      const row = pendingRow(id)
      if (row) row.dueAt = dueAt
    },
    async release(id) {
      const row = pendingRow(id)
      if (row) Object.assign(row, { dueAt: clock.now(), unended: 0, attempts: row.attempts - 1 })
    },
    async end(id, end) {
      const row = pendingRow(id)
      if (row) row.end = end
      if (row && end.kind === 'accepted') acceptedAt.set(row.delivery.notifier, clock.now())
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
    acceptedAt: async (notifier) => acceptedAt.get(notifier),
    isSuspended: async (notifier) => suspended.has(notifier),
    endOf: (id: string): DeliveryEnd | undefined => rows.get(id)?.end,
    dueAt: (id: string): number | undefined => pendingRow(id)?.dueAt,
    ids: (): string[] => [...rows.keys()],
  } satisfies Ledger & Record<string, unknown>
}
