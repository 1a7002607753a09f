/**
 * What this process counts, for Prometheus. Labels hold names from the settings and words of fixed lists alone: a label for
 * each build, branch or job would grow without end. Counters begin at 0 for every name in force, because a series that
 * begins at 1 hides its first increase.
 */
import { Counter, Histogram, type Registry } from 'prom-client'
import { DELIVERY_RESULTS } from '../domain/delivery.js'
import { accountOf, type BuildEvent, isConcluded } from '../domain/event.js'
import { OUTCOMES } from '../domain/outcome.js'
import type { Meters } from '../domain/ports.js'

/** What is named in the configuration in force. */
export interface NamesInForce {
  readonly accounts: Iterable<string>
  readonly notifiers: Iterable<string>
}

export interface RegisteredMeters extends Meters {
  /** Begins the series of these names; those that have begun go on. */
  begin(names: NamesInForce): void
}

/** Seconds: from what one request can save to what the longest pause costs, and an hour of blindness. */
const LATENCY_BUCKETS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]

export function createMeters(registry: Registry): RegisteredMeters {
  const { latency, probes, requests, concluded, deliveries } = registered([registry])
  const observed = new Set<string>()

  function conclude(event: BuildEvent): void {
    const account = accountOf(event)
    const { outcome = 'unknown', detectedAfterMs } = event.data
    concluded.inc({ account, outcome })
    if (detectedAfterMs === undefined) return
    observed.add(account)
    latency.observe({ account }, detectedAfterMs / 1000)
  }

  /** Unlike a counter, a histogram that is begun again has lost what it held. */
  function beginLatency(account: string): void {
    if (!observed.has(account)) latency.zero({ account })
    observed.add(account)
  }

  return {
    probed(account, { why, requests: asked, saw }) {
      probes.inc({ account, why, result: saw.kind })
      requests.inc({ account }, asked)
    },
    recorded(event) {
      if (isConcluded(event)) conclude(event)
    },
    delivered(notifier, result) {
      deliveries.inc({ notifier, result })
    },
    begin({ accounts, notifiers }) {
      for (const account of accounts) {
        beginLatency(account)
        requests.inc({ account }, 0)
        for (const outcome of OUTCOMES) concluded.inc({ account, outcome }, 0)
      }
      for (const notifier of notifiers)
        for (const result of DELIVERY_RESULTS) deliveries.inc({ notifier, result }, 0)
    },
  }
}

function registered(registers: Registry[]) {
  return {
    latency: new Histogram({
      name: 'buildwatchd_detection_latency_seconds',
      help: 'From the end of a build, as the API tells it, to its observation.',
      labelNames: ['account'],
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    probes: new Counter({
      name: 'buildwatchd_probes_total',
      help: 'Probes by why they were made then, and by what they came to.',
      labelNames: ['account', 'why', 'result'],
      registers,
    }),
    requests: new Counter({
      name: 'buildwatchd_requests_total',
      help: 'HTTP requests of all probes, retries and further pages included.',
      labelNames: ['account'],
      registers,
    }),
    concluded: new Counter({
      name: 'buildwatchd_builds_concluded_total',
      help: 'Ends of builds that were recorded and told.',
      labelNames: ['account', 'outcome'],
      registers,
    }),
    deliveries: new Counter({
      name: 'buildwatchd_deliveries_total',
      help: 'Attempts to deliver by what came of them.',
      labelNames: ['notifier', 'result'],
      registers,
    }),
  }
}
