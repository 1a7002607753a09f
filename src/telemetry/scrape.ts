import { Registry } from 'prom-client'
import type { Meters } from '../domain/ports.js'
import { createMeters, type NamesInForce } from './meters.js'
import { registerProcessGauges } from './process-gauges.js'
import { createStandingGauges, type Standing } from './standing-gauges.js'

export interface ScrapeMeans {
  /** Of buildwatchd. */
  readonly version: string
  readonly names: () => NamesInForce
  /** Answers in time or rejects; a scrape waits for it. */
  readonly standing: () => Promise<Standing>
}

export interface Scrape {
  readonly meters: Meters
  /** All metrics as Prometheus reads them. Never rejects for Redis: what cannot be known then is left out. */
  text(): Promise<string>
  readonly contentType: string
}

/** One registry of its own, so that several daemons can live in one process. */
export function createScrape({ version, names, standing }: ScrapeMeans): Scrape {
  const registry = new Registry()
  const meters = createMeters(registry)
  const gauges = createStandingGauges(registry)
  registerProcessGauges(registry, version)
  return {
    meters,
    contentType: registry.contentType,
    async text() {
      const known = await standing().catch(() => undefined)
      meters.begin(names())
      gauges.show(known)
      return registry.metrics()
    },
  }
}
