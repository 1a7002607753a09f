import type { WatchEvent } from './event.js'

/** The duty to tell one notifier of one event. */
export interface Delivery {
  /** `<event id>-><notifier>` */
  readonly id: string
  readonly notifier: string
  readonly event: WatchEvent
  /** The words of the route that asked for it, as a Liquid template. */
  readonly template?: string
}

/** Why a delivery that was due to be made is not. */
type Suppression = 'silence' | 'quiet_hours' | 'once_per' | 'grouped' | 'superseded'

/** A delivery as dispatch opens it. */
export interface PlannedDelivery extends Delivery {
  /** Deliveries of one notifier in one lane can be kept in order; see `Notifier.order`. */
  readonly lane: string
  /** Epoch ms; not before this instant. */
  readonly notBefore?: number
  /** It is opened and ended at once. */
  readonly suppressed?: Suppression
  /** The first event that comes with this claim on this notifier is told; those after it are suppressed as `once_per`. */
  readonly once?: string
}

/** `accepted` and `suppressed` are found by their build or their id only: nothing lists all that went well. */
export const DELIVERY_STATES = ['pending', 'dead_lettered', 'accepted', 'suppressed'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** What one attempt to deliver came to. The notifier knows whether trying again helps; nobody else guesses. */
export type SendResult =
  | { readonly kind: 'accepted'; readonly detail?: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The endpoint says it is gone for good (HTTP 410): this delivery ends and the notifier is suspended. */
  | { readonly kind: 'gone'; readonly reason: string }

/** How a delivery ended. Each ends exactly once. */
export type DeliveryEnd =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'dead_lettered'; readonly reason: DeadLetterReason; readonly detail?: string }
  | { readonly kind: 'suppressed'; readonly reason: Suppression; readonly detail?: string }

/** What came of a due attempt: `postponed` is tried again, the others are ends. */
export const DELIVERY_RESULTS = ['accepted', 'postponed', 'dead_lettered', 'suppressed'] as const
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number]

type DeadLetterReason =
  | 'refused'
  | 'gone'
  | 'suspended'
  | 'exhausted'
  | 'poison'
  | 'notifier_missing'
  | 'unrenderable'
  /** A person gave it up. */
  | 'dropped'

export function deliveryId(eventId: string, notifier: string): string {
  return `${eventId}->${notifier}`
}

/** Computes base64url(sha256(text)); handed in because this room imports no Node built-in. */
export type Sha256 = (text: string) => string

/** One key for all attempts of a delivery, equal across restarts, replicas and a wiped Redis. */
export function idempotencyKey(delivery: Delivery, sha256: Sha256): string {
  return sha256(JSON.stringify(['v1', delivery.event.id, delivery.notifier]))
}
