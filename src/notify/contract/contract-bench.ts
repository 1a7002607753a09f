/** What the checks need of a notifier under test, whether it is a plug-in in its thread or a kind of our own. */
import type { SendResult } from '../../domain/delivery.js'
import type { WatchEvent } from '../../domain/event.js'
import type { Occasion } from '../../domain/occasion.js'

/** A notifier made anew for one check, with everything that leaves it on record. */
export interface ContractBench {
  /** Every value that nobody may see. */
  readonly secrets: readonly string[]
  /** Lines of its log. */
  readonly logged: readonly string[]
  /** What the daemon grants one attempt; ms. */
  readonly limitMs: number
  render(event: WatchEvent): Promise<string>
  /** Renders the event and sends it. */
  send(event: WatchEvent, given?: { readonly attempt?: number; readonly signal?: AbortSignal }): Promise<Sent>
  close(): Promise<void>
}

export interface Sent {
  /** In its own words: nothing is hidden for it. */
  readonly result: SendResult
  readonly idempotencyKey: string
  /** What it threw in place of a result, which the daemon takes for `retry`. */
  readonly fault?: string
}

interface ContractPlace {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** Nothing will be answered: a short time limit, where it can be set, saves time. */
  readonly silent: boolean
}

export interface BenchSource {
  /** `other`: no HTTP endpoint, so nothing is known of what arrives. */
  readonly reaches: 'http' | 'other'
  open(place: ContractPlace): ContractBench
}

/** An event of which nothing else is known. */
export function occasionOf(event: WatchEvent): Occasion {
  return { event, together: [], briefing: {} }
}

/** What it said of the attempt besides its kind; empty for an accepted one without a detail. */
export function reasonIn(result: SendResult): string {
  return result.kind === 'accepted' ? (result.detail ?? '') : result.reason
}

/** The values of a sample, and what they were made of where it stands in one of them, as in a URL. */
export function secretsMadeOf(secret: string, values: readonly string[]): readonly string[] {
  return values.some((value) => value.includes(secret)) ? [secret, ...values] : values
}
