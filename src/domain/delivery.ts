import type { WatchEvent } from './event.js'

/** The duty to tell one notifier of one event. */
export interface Delivery {
  /** `<event id>-><notifier>` */
  readonly id: string
  readonly notifier: string
  readonly event: WatchEvent
}

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

/** What came of a due attempt: `postponed` is tried again, the others are ends. */
export const DELIVERY_RESULTS = ['accepted', 'postponed', 'dead_lettered'] as const
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number]

type DeadLetterReason =
  | 'refused'
  | 'gone'
  | 'suspended'
  | 'exhausted'
  | 'poison'
  | 'notifier_missing'
  | 'unrenderable'

export function deliveryId(eventId: string, notifier: string): string {
  return `${eventId}->${notifier}`
}

/** Computes base64url(sha256(text)); handed in because this room imports no Node built-in. */
export type Sha256 = (text: string) => string

/** One key for all attempts of a delivery, equal across restarts, replicas and a wiped Redis. */
export function idempotencyKey(delivery: Delivery, sha256: Sha256): string {
  return sha256(JSON.stringify(['v1', delivery.event.id, delivery.notifier]))
}
