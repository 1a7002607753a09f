import type { Clock, Logger, Meters, Random } from '../domain/ports.js'
import type { LiveConfiguration } from './live-configuration.js'
import type { StoreParts } from './store-parts.js'

/** What all that works is made of. */
export interface WorkMeans {
  readonly live: LiveConfiguration
  readonly url: string
  readonly store: StoreParts
  /** What the heartbeat tells beside what it always tells. */
  readonly facts: () => Record<string, unknown>
  readonly meters: Meters
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}
