/**
 * How things stand in Redis, as gauges that are set anew for each scrape. What is not known has no sample: an old value, or a
 * 0, would be taken for the truth.
 */
import { Gauge, type Registry } from 'prom-client'

/** Instants of it are those of the scrape. */
export interface Standing {
  readonly accounts: readonly AccountStanding[]
  /** Entries of the event log. */
  readonly events: number
  readonly deliveries: { readonly pending: number; readonly dead: number }
}

/** Nothing but the name is known of an account before its first request. Requests of the present window. */
export interface AccountStanding {
  readonly account: string
  readonly limit?: number
  readonly remaining?: number
  readonly reserve?: number
  readonly spentByUs?: number
  readonly spentByOthers?: number
  readonly resetInMs?: number
  /** What one more request has to save. */
  readonly priceS?: number
}

export interface StandingGauges {
  /** `undefined` where Redis does not answer. */
  show(standing: Standing | undefined): void
}

const UP = '1 where Redis has answered this scrape, else 0.'

export function createStandingGauges(registry: Registry): StandingGauges {
  const up = gauge(registry, { name: 'redis_up', help: UP, labelNames: [] })
  const log = logGauges(registry)
  const accounts = accountGauges(registry)
  return {
    // All at once: scrapes may overlap, and neither may see half of it.
    show(standing) {
      up.set(standing ? 1 : 0)
      set(log.events, {}, standing?.events)
      set(log.pending, {}, standing?.deliveries.pending)
      set(log.dead, {}, standing?.deliveries.dead)
      for (const each of Object.values(accounts)) each.reset()
      for (const account of standing?.accounts ?? []) showAccount(account, accounts)
    },
  }
}

function showAccount({ account, ...facts }: AccountStanding, gauges: ReturnType<typeof accountGauges>): void {
  const { resetInMs } = facts
  set(gauges.limit, { account }, facts.limit)
  set(gauges.remaining, { account }, facts.remaining)
  set(gauges.reserve, { account }, facts.reserve)
  set(gauges.spent, { account, by: 'us' }, facts.spentByUs)
  set(gauges.spent, { account, by: 'others' }, facts.spentByOthers)
  set(gauges.reset, { account }, resetInMs === undefined ? undefined : resetInMs / 1000)
  set(gauges.price, { account }, facts.priceS)
}

function set(to: Gauge, labels: Readonly<Record<string, string>>, value: number | undefined): void {
  if (value === undefined) to.remove(labels)
  else to.set(labels, value)
}

function logGauges(registry: Registry) {
  const of = (name: string, help: string) => gauge(registry, { name, help, labelNames: [] })
  return {
    events: of('event_log_length', 'Events in the event log.'),
    pending: of('deliveries_pending', 'Deliveries that have not ended.'),
    dead: of('deliveries_dead', 'Dead letters that are kept.'),
  }
}

function accountGauges(registry: Registry) {
  const of = (name: string, help: string, ...more: string[]) =>
    gauge(registry, { name, help, labelNames: ['account', ...more] })
  return {
    limit: of('budget_limit_requests', 'Requests that the account has in a window.'),
    remaining: of('budget_remaining_requests', 'Requests left in this window, those under way taken off.'),
    reserve: of('budget_reserve_requests', 'Requests left to everyone else on the account.'),
    spent: of('budget_spent_requests', 'Requests of this window, by who made them.', 'by'),
    reset: of('budget_reset_seconds', 'Until the window ends.'),
    price: of('request_price_seconds', 'Seconds of waiting that one more request has to save.'),
  }
}

interface GaugeText {
  /** Without the prefix of all metrics. */
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
}

function gauge(registry: Registry, { name, ...text }: GaugeText): Gauge {
  return new Gauge({ name: `buildwatchd_${name}`, ...text, registers: [registry] })
}
