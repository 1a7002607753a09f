import type { WatchEvent } from './event.js'

/** What a message may say beyond its event. Each part is absent where it is unknown or not wanted. */
export interface Briefing {
  /** Where a person sees the build. */
  readonly link?: string
  /** What builds of this job or service usually take; ms. */
  readonly usualMs?: number
  /** The last lines of the log of a build that failed, oldest first; known secrets are hidden. */
  readonly logLines?: readonly string[]
}

/** Something to tell: one event, or several that were put together. */
export interface Occasion {
  /** The event of the delivery. */
  readonly event: WatchEvent
  /** The events that are told along with it, oldest first, itself included; empty where there are no others. */
  readonly together: readonly WatchEvent[]
  readonly briefing: Briefing
  /** The words of the route that asked, as a Liquid template; those of the notifier's settings otherwise. */
  readonly template?: string
}
